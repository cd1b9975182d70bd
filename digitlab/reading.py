"""What models make of a drawing: one digit, several, or none; what the strokes say and what the models say together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.classifier import Answers, Classifier
from digitlab.ink import Ink, Part
from digitlab.several import Box

WIDE = 1.15  # refused ink at least so many times as wide as high may be digits that touch
SURE = 0.9  # separate strokes are one digit where all models take them for one, and give it this probability


@dataclass(frozen=True)
class Verdict:
    """What a model says of a picture as one digit.

    Attributes:
        digit: its best guess, whatever else is said.
        probabilities: (10,) float32, summing to 1.
        is_digit: whether it should be believed.
        reason: why not, as a sentence; None if it should.
        elapsed_s: seconds the network took.
    """

    digit: int
    probabilities: np.ndarray
    is_digit: bool
    reason: str | None
    elapsed_s: float

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
        digits: the separate digits in reading order; a single one where the drawing is not several.
    """

    whole: dict[str, Verdict]
    digits: tuple[Digit, ...]

    def number(self, name: str) -> str:
        """What a model reads, digit by digit: "42"."""
        return "".join(str(digit.verdicts[name].digit) for digit in self.digits)


def read(models: list[Classifier], ink: Ink) -> Reading:
    """Have models answer a drawing, as one digit and, where it holds several, one by one."""
    answers = {model.name: model.answer(ink.pixels[None]) for model in models}
    parts = {}
    if ink.parts:
        images = np.stack([part.pixels for part in ink.parts])
        parts = {model.name: model.answer(images) for model in models}
    if not ink.parts or _are_one_digit(list(answers.values()), list(parts.values())):
        whole = {name: _verdict(answer, 0, ink.box) for name, answer in answers.items()}
        return Reading(whole, (Digit(ink.box, whole),))
    reason = f"These are {len(ink.parts)} separate digits; each is read by itself."
    return Reading(
        {name: _verdict(answer, 0, ink.box, reason) for name, answer in answers.items()},
        tuple(_digit(part, at, parts) for at, part in enumerate(ink.parts)),
    )


def _are_one_digit(whole: list[Answers], parts: list[Answers]) -> bool:
    """Whether separate strokes make one digit, as those of an open 4 may: all models say so, and none that the strokes
    are digits by themselves."""
    return all(
        answer.scores[0] >= 0 and answer.probabilities.max() >= SURE and part.scores.min() < 0
        for answer, part in zip(whole, parts, strict=True)
    )


def _digit(part: Part, at: int, answers: dict[str, Answers]) -> Digit:
    return Digit(part.box, {name: _verdict(answer, at, part.box) for name, answer in answers.items()})


def _verdict(answers: Answers, at: int, box: Box, reason: str | None = None) -> Verdict:
    probabilities = answers.probabilities[at]
    if reason is None and answers.scores[at] < 0:
        why = "fewer than 3 in 100 digits look so unlike the others."
        if box.width >= WIDE * box.height:
            why = "it is too wide. If these are two digits, they touch; leave a gap between them."
        reason = f"This does not look like one digit: {why}"
    elapsed_s = answers.elapsed_s / len(answers.probabilities)
    return Verdict(int(probabilities.argmax()), probabilities, reason is None, reason, elapsed_s)
