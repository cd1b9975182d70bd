"""Hints from the state of a page: one rule each, which says when there is something to say, and with which numbers.

`wording/hints.py` says it. A rule knows only its data: losses, answers, counts, the size of a drawing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from digitlab.analysis import evaluation
from digitlab.analysis.comparison import CHANCE, mcnemar
from digitlab.analysis.history import GUESSING, HARDLY, TURN

if TYPE_CHECKING:  # the Draw page needs no calibration
    from digitlab.analysis.calibration import Selective

WORSE = 1.5  # a training diverges if its loss is so many times its lowest one, or that of guessing
FEW_TRIALS = 5  # a sweep with fewer trials that have ended says nothing
WIDE = 0.06  # a 95% interval of more than six points is too wide to compare models by
SMALL = 0.3  # a drawing is small if its longer side takes up less than this share of the canvas


@dataclass(frozen=True)
class Hint:
    """Something that somebody should know.

    Attributes:
        rule: the name of the rule that found it.
        numbers: what the sentence about it needs, by name.
    """

    rule: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


def diverging(losses: Sequence[float], rate: float) -> Hint | None:
    """A training whose learning rate is too high: its loss becomes infinite or NaN, or rises far.

    Args:
        losses: training loss in nats, after each epoch so far.
        rate: the learning rate.
    """
    if not losses:
        return None
    last = losses[-1]
    if not all(map(math.isfinite, losses)):
        return Hint("broken", {"rate": rate, "less": rate / 10})
    lowest = min(losses)
    if last > WORSE * GUESSING or (last > WORSE * lowest and last > HARDLY * GUESSING):
        return Hint("diverging", {"rate": rate, "less": rate / 10, "loss": last, "guessing": GUESSING})
    return None


def crawling(losses: Sequence[float], rate: float, usual: float | None) -> Hint | None:
    """A training whose loss hardly falls below that of guessing, with a learning rate below the network's own.

    Args:
        losses, rate: as for `diverging`.
        usual: the learning rate of the network's own recipe; None if it cannot be compared.
    """
    if not losses or not all(map(math.isfinite, losses)) or usual is None or rate >= usual:
        return None
    if HARDLY * GUESSING < losses[-1] <= WORSE * GUESSING:
        return Hint("crawling", {"rate": rate, "usual": usual, "loss": losses[-1], "guessing": GUESSING})
    return None


def overfitting(losses: Sequence[float], validation: Sequence[float]) -> Hint | None:
    """A training whose validation loss has turned up while its training loss goes on falling.

    Args:
        losses, validation: loss in nats on training and on validation digits, after each epoch so far.
    """
    if len(losses) < 2 or not all(map(math.isfinite, [*losses, *validation])):
        return None
    lowest = min(range(len(validation)), key=validation.__getitem__)
    if validation[-1] > TURN * validation[lowest] and losses[-1] < losses[lowest]:
        return Hint("overfitting", {"epoch": lowest + 1, "least": validation[lowest], "last": validation[-1]})
    return None


def of_training(history: Sequence[Mapping[str, float]], rate: float, usual: float | None) -> list[Hint]:
    """What there is to say of a training, running or done.

    Args:
        history: epochs with `loss` and `val_loss`, as in `run.json`.
        rate, usual: as for `crawling`.
    """
    losses, validation = ([epoch[key] for epoch in history] for key in ("loss", "val_loss"))
    rules = (diverging(losses, rate), crawling(losses, rate, usual), overfitting(losses, validation))
    return [hint for hint in rules if hint is not None][:1]  # whichever is first explains the others


def prunes_everything(states: Sequence[str]) -> Hint | None:
    """A sweep in which no trial but the first gets to its end.

    Args:
        states: of its trials, in their order; the first has the published settings.
    """
    ended = [state for state in states[1:] if state in ("finished", "pruned", "failed")]
    if len(ended) < FEW_TRIALS or any(state != "pruned" for state in ended):
        return None
    return Hint("prunes_everything", {"count": len(ended)})


def never_wrong(curve: Selective) -> Hint | None:
    """A confidence from which on no answer is wrong, among the digits at hand; None if even the surest are wrong."""
    flawless = np.flatnonzero(curve.wrong == 0)
    if not len(flawless):
        return None
    place = flawless[-1]
    answered = int(curve.answered[place])
    # Of so many answers without a mistake, with 95% certainty at most this share is wrong.
    return Hint(
        "never_wrong",
        {"least": float(curve.least[place]), "count": answered, "most": 1 - 0.05 ** (1 / answered)},
    )


def too_few(right: int, count: int) -> Hint | None:
    """A share of right answers that so few digits leave too uncertain.

    Args:
        right: how many are right.
        count: of how many.
    """
    if not count:
        return None
    low, high = (float(end) for end in evaluation.wilson(right, count))
    return Hint("too_few", {"right": right, "count": count, "low": low, "high": high}) if high - low > WIDE else None


def within_chance(gained: int, lost: int, p_value: float) -> Hint | None:
    """A challenger that may differ from the model in service by chance alone (McNemar's exact test).

    Args:
        gained, lost: how many digits only the challenger reads right, and how many only the model in service.
        p_value: how often chance makes a difference at least as large.
    """
    if gained <= lost or p_value <= CHANCE:
        return None
    needed = gained
    while mcnemar(needed, lost) > CHANCE:
        needed += 1
    return Hint("within_chance", {"gained": gained, "lost": lost, "needed": needed})


def small_drawing(extent: tuple[float, float], canvas: tuple[float, float]) -> Hint | None:
    """A drawing that takes up little of its canvas.

    Args:
        extent: width and height of the ink, in px.
        canvas: width and height of the canvas, in px.
    """
    share = max(extent) / min(canvas)
    return Hint("small_drawing", {"share": share}) if 0 < share < SMALL else None
