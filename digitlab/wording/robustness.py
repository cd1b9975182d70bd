"""How well models withstand distortions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from digitlab.analysis.confusion import Pair
from digitlab.explain import Distortion
from digitlab.explain.robustness import Crossing
from digitlab.wording import confusion, parts
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


def how_to_read(
    values: np.ndarray, shares: Mapping[str, np.ndarray], distortion: Distortion, quantity: str, digits: int
) -> str:
    """Curves of many digits over the range of a distortion.

    Args:
        values: (k,) values of the distortion.
        shares: (k,) in [0, 1] by the models' names.
        distortion: the distortion.
        quantity: "accuracy" or "confidence".
        digits: how many digits each point stands for.
    """
    if quantity == "accuracy":
        axes = gettext(
            "Each point is the share of the same {digits:,} digits that a model still reads right at one strength."
        )
        told = gettext("**{model}**: {neutral:.1%} unchanged, and at worst {least:.1%}, at {value}.")
        end = gettext("Where two lines are less than about {points:.0f} points apart, it may be chance.")
    else:
        axes = gettext(
            "Each point is how sure a model is of its answers to the same {digits:,} digits, on average, at one "
            "strength."
        )
        told = gettext("**{model}**: {neutral:.1%} sure unchanged, and at least {least:.1%}, at {value}.")
        end = gettext("Compare with accuracy: a model that stays sure while it reads less right is over-confident.")
    neutral = int(np.abs(values - distortion.neutral).argmin())
    found = []
    for name, share in shares.items():
        worst = int(np.argmin(share))
        found.append(
            told.format(model=name, neutral=share[neutral], least=share[worst], value=distortion.text(values[worst]))
        )
    points = 100 * 1.96 * math.sqrt(0.5 / digits)  # of two shares near 50%, where chance is largest
    return parts.sentences(axes.format(digits=digits), *found, end.format(points=points))
