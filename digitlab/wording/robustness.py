"""How well models withstand distortions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digitlab.analysis.confusion import Pair
from digitlab.explain import Distortion
from digitlab.explain.robustness import Crossing
from digitlab.wording import confusion
from digitlab.wording.language import gettext
from digitlab.wording.parts import measured


def measuring(models: Sequence[str], ways: int) -> str:
    """What is being measured of some models."""
    return gettext("{models}: 1,000 digits, distorted {ways:,} ways …").format(models=", ".join(models), ways=ways)


def distortion(of: Distortion) -> str:
    """A distortion by its name."""
    return gettext(of.name)


def axis(quantity: str) -> str:
    """What a chart shows: "accuracy" or "confidence"."""
    return {"accuracy": gettext("accuracy"), "confidence": gettext("mean confidence")}[quantity]


def title(quantity: str, of: Distortion) -> str:
    """A chart of models under a distortion, for screen readers."""
    return gettext("{quantity} by {distortion}.").format(quantity=gettext(quantity), distortion=distortion(of))


def crossings(left: str, right: str, of: Distortion, crossed: Sequence[Crossing]) -> str:
    """Where two models' curves cross, as Markdown."""
    if not crossed:
        said = gettext("**Where {left} and {right} cross:** nowhere by a point or more.")
        return said.format(left=left, right=right)
    places = [
        gettext("beyond {value}, {leader} is right more often").format(
            value=measured(of, cross.value), leader=cross.leader
        )
        for cross in crossed
    ]
    return gettext("**Where {left} and {right} cross:** {places}.").format(
        left=left, right=right, places="; ".join(places)
    )


def worst(model: str, mistakes: Sequence[Pair]) -> str:
    """A model's commonest mistakes over the range of a distortion, as Markdown."""
    return gettext("**{model}**, worst over the whole range: {mistakes}.").format(
        model=model, mistakes=confusion.pairs(mistakes)
    )


def wrong(model: str, of: Distortion, value: float, count: int, digits: int, shown: int) -> str:
    """How many digits a model gets wrong at one point of its curve, of which `shown` at most are shown."""
    if count > shown:
        said = gettext(
            "{model}, {distortion} {value}: {count:,} of {digits:,} digits are wrong, the first {shown} shown"
        )
    else:
        said = gettext("{model}, {distortion} {value}: {count:,} of {digits:,} digits are wrong")
    return said.format(
        model=model, distortion=distortion(of), value=measured(of, value), count=count, digits=digits, shown=shown
    )


def curve(model: str, of: Distortion, values: Iterable[float], shares: Iterable[float]) -> str:
    """A model's curve for screen readers: its share in [0, 1] at each value."""
    points = (
        gettext("{share:.1%} at {value}").format(share=share, value=measured(of, value))
        for value, share in zip(values, shares, strict=True)
    )
    return gettext("{model}: {points}.").format(model=model, points=", ".join(points))
