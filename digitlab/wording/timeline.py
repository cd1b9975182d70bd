"""The timeline of a drawing: from when on each model gave its answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from digitlab.wording import answers, doubts, parts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral


def caption() -> str:
    """Above the timeline, how sure each model was of its answer after each part of the drawing."""
    return _("Certainty as you drew")


def slider() -> str:
    """The slider below it, for screen readers."""
    return _("Replay the drawing")


def place() -> str:
    """A place on the slider, for screen readers; the browser fills in the `{share}`."""
    return _("{share} of the drawing")


def knew(model: str, digit: int, since: float | None) -> str:
    """From when on a model gave its answer.

    Args:
        model: its name, as it is to be shown.
        digit: its answer to the finished drawing.
        since: the share of the drawing from which on it gave this answer; None if it doubts that it is a digit.
    """
    if since is None:
        return doubts.along(model)
    return _("{model} settled on {digit} at {share}").format(model=model, digit=digit, share=numeral(since, ".0%"))


def how_to_read(shares: Mapping[str, np.ndarray]) -> str:
    """How sure models were along a drawing.

    Args:
        shares: by the models' names, as shown: the probability of their final answer after each equal part of the path.
    """
    axes = _(
        "From the left to the right your pen moves on. The higher a line, the surer the model already was of its "
        "final answer."
    )
    told = []
    for name, share in shares.items():
        middle = float(share[len(share) // 2 - 1])
        sentence = _("Halfway, {model} gave it {share}.")
        told.append(sentence.format(model=name, share=answers.per_cent(middle)))
    return parts.sentences(axes, *told)
