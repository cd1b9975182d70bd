"""What models read in a drawing: one digit, several, or none; segmentation and the models decide it together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from digitlab import ink
from digitlab.ink import Box, Ink
from digitlab.serving.classifier import Answers, Classifier

SURE = 0.9  # separate segments count as one digit only if every model gives that digit at least this probability
MOSTLY = 0.5  # segments are several digits if some model believes at least this share of them


@dataclass(frozen=True)
class Doubt:
    """Why a picture is not taken for one digit; `wording.doubts` says it in words.

    Attributes:
        kind: "flat" if the ink lies flat, like a minus sign; "several" if there are several digits; "unlike" if models
            know no digit like it.
        segments: if several, how many.
        models: if unlike, the names of the models that know none.
    """

    kind: Literal["flat", "several", "unlike"]
    segments: int = 0
    models: tuple[str, ...] = ()


FLAT = Doubt("flat")


@dataclass(frozen=True)
class Verdict:
    """What a model says of a picture when it reads it as one digit.

    Attributes:
        digit: its best guess, even if it should not be believed.
        probabilities: (10,) float32, summing to 1.
        doubt: why it should not be believed; None if it should.
        elapsed_s: seconds the network took.
    """

    digit: int
    probabilities: np.ndarray
    doubt: Doubt | None
    elapsed_s: float

    @property
    def is_digit(self) -> bool:
        """Whether the guess should be believed."""
        return self.doubt is None

    @property
    def confidence(self) -> float:
        """Probability of the best guess."""
        return float(self.probabilities[self.digit])


@dataclass(frozen=True)
class Digit:
    """One of the digits on a drawing: where it stands, in px of the drawing, and each model's verdict by name."""

    box: Box
    verdicts: dict[str, Verdict]


@dataclass(frozen=True)
class Reading:
    """What models make of a drawing.

    Attributes:
        whole: each model's verdict on the drawing as one digit, by name.
        digits: the separate digits in reading order; a single one where the drawing is not read as several.
    """

    whole: dict[str, Verdict]
    digits: tuple[Digit, ...]

    @property
    def is_several(self) -> bool:
        """Whether the drawing is read as several digits."""
        return len(self.digits) > 1

    def doubt(self) -> Doubt | None:
        """The first reason why one of the separate digits is not believed; None if all are."""
        return first_doubt(verdict for digit in self.digits for verdict in digit.verdicts.values())


def first_doubt(verdicts: Iterable[Verdict]) -> Doubt | None:
    """The first reason why a verdict is not believed; None if all are."""
    return next((verdict.doubt for verdict in verdicts if verdict.doubt is not None), None)


def read(drawing: Ink, models: list[Classifier]) -> Reading:
    """Let models read a drawing as one digit and, if it has several segments, each segment as well.

    Args:
        drawing: as `ink.read` gives it.
        models: any number, from `load`.
    """
    whole = {model.name: model.answer_one(drawing.pixels) for model in models}
    each = {}
    if drawing.segments:
        images = np.stack([segment.pixels for segment in drawing.segments])
        each = {model.name: model.answer(images) for model in models}
    doubt = FLAT if ink.lies_flat(drawing.pixels) else None
    digits: tuple[Digit, ...] = ()
    if each and not _are_one_digit(whole):
        flat = [ink.lies_flat(segment.pixels) for segment in drawing.segments]
        believed = ~np.array(flat) & np.any([answers.scores >= 0 for answers in each.values()], axis=0)
        if believed.mean() >= MOSTLY:
            doubt = Doubt("several", segments=len(drawing.segments))
            digits = tuple(
                Digit(segment.box, _verdicts(each, at, FLAT if flat[at] else None))
                for at, segment in enumerate(drawing.segments)
            )
        elif doubt is None:  # such as the separate strokes of a letter, or print
            doubt = Doubt("unlike", models=tuple(whole))
    verdicts = _verdicts(whole, 0, doubt)
    return Reading(verdicts, digits or (Digit(drawing.box, verdicts),))


def _are_one_digit(whole: dict[str, Answers]) -> bool:
    """Whether separate segments make one digit, as the strokes of an open 4 may.

    They do if every model that can tell scores the whole as a digit, and gives one digit at least the probability
    `SURE`. That the segments are digits, too, says little: any straight stroke is a 1. Two digits side by side, on the
    other hand, hardly ever look like one.
    """
    able = [answers for answers in whole.values() if answers.scores[0] != 0]
    return bool(able) and all(answers.scores[0] >= 0 and answers.probabilities.max() >= SURE for answers in able)


def verdict(model: Classifier, pixels: np.ndarray) -> Verdict:
    """What a model says of (28, 28) float32 pixels in [0, 1]; the score alone decides whether they are a digit."""
    return _verdicts({model.name: model.answer_one(pixels)}, 0)[model.name]


def _verdicts(given: Mapping[str, Answers], at: int, doubt: Doubt | None = None) -> dict[str, Verdict]:
    """What each model says of the picture number `at`; a doubt that is given holds for all of them."""
    doubters = tuple(name for name, answers in given.items() if answers.scores[at] < 0)
    verdicts = {}
    for name, answers in given.items():
        own = doubt
        if doubt is None and name in doubters:
            own = Doubt("unlike", models=doubters if len(doubters) == len(given) else (name,))
        probabilities = answers.probabilities[at]
        elapsed_s = answers.elapsed_s / len(answers.probabilities)
        verdicts[name] = Verdict(int(probabilities.argmax()), probabilities, own, elapsed_s)
    return verdicts
