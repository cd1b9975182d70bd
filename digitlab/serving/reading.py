"""What models read in a drawing: one digit, several, or none; segmentation and the models decide it together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from digitlab import ink
from digitlab.ink import Box, Ink
from digitlab.serving.classifier import Answers, Classifier

NOT_ONE = "This does not look like one digit"
FLAT = f"{NOT_ONE}: it lies flat, like a minus sign or a line of print."
SURE = 0.9  # separate segments count as one digit only if every model gives that digit at least this probability
MOSTLY = 0.5  # segments are several digits if some model believes at least this share of them


def per_cent(share: float) -> str:
    """A probability as text; never 100% or 0%, since rounding would claim a certainty that no model has."""
    if share > 0.999:
        return "> 99.9%"
    if share < 0.001:
        return "< 0.1%"
    return f"{share:.1%}"


def said(digit: int, *, is_digit: bool) -> str:
    """An answer in a few characters: "4", or "4?" where it is not believed."""
    return f"{digit}" if is_digit else f"{digit}?"


def in_words(digit: int, confidence: float, *, is_digit: bool) -> str:
    """An answer in a line of text: "4 (99.2%)"; "4? (doubted)" where it is not believed, with no confidence, which
    would read as certainty."""
    return f"{digit} ({per_cent(confidence)})" if is_digit else f"{digit}? (doubted)"


@dataclass(frozen=True)
class Verdict:
    """What a model says of a picture when it reads it as one digit.

    Attributes:
        digit: its best guess, even if it should not be believed.
        probabilities: (10,) float32, summing to 1.
        is_digit: whether the guess should be believed.
        reason: why it should not, as a sentence; None if it should.
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

    @property
    def said(self) -> str:
        """The best guess as text: "4", or "4?" where it is not believed."""
        return said(self.digit, is_digit=self.is_digit)


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

    def number(self, name: str) -> str:
        """What a model reads, digit by digit: "42", or "4?2" where the 4 is not believed."""
        return "".join(digit.verdicts[name].said for digit in self.digits)

    def doubt(self) -> str | None:
        """The first reason why one of the separate digits is not believed; None if all are."""
        verdicts = [verdict for digit in self.digits for verdict in digit.verdicts.values()]
        return next((verdict.reason for verdict in verdicts if not verdict.is_digit), None)


def read(drawing: Ink, models: list[Classifier]) -> Reading:
    """Let models read a drawing as one digit and, if it has several segments, each segment as well.

    Args:
        drawing: as `ink.read` gives it.
        models: any number, from `load`.
    """
    whole = {model.name: model.answer(drawing.pixels[None]) for model in models}
    each = {}
    if drawing.segments:
        images = np.stack([segment.pixels for segment in drawing.segments])
        each = {model.name: model.answer(images) for model in models}
    reason = FLAT if ink.lies_flat(drawing.pixels) else None
    digits: tuple[Digit, ...] = ()
    if each and not _are_one_digit(whole):
        flat = [ink.lies_flat(segment.pixels) for segment in drawing.segments]
        believed = ~np.array(flat) & np.any([answers.scores >= 0 for answers in each.values()], axis=0)
        if believed.mean() >= MOSTLY:
            reason = f"{NOT_ONE}: there are {len(drawing.segments)} separate ones."
            digits = tuple(
                Digit(segment.box, _verdicts(each, at, FLAT if flat[at] else None))
                for at, segment in enumerate(drawing.segments)
            )
        elif reason is None:  # such as the separate strokes of a letter, or print
            reason = _unlike(whole)
    verdicts = _verdicts(whole, 0, reason)
    return Reading(verdicts, digits or (Digit(drawing.box, verdicts),))


def _are_one_digit(whole: dict[str, Answers]) -> bool:
    """Whether separate segments make one digit, as the strokes of an open 4 may.

    They do if every model that can tell scores the whole as a digit, and gives one digit at least the probability
    `SURE`. That the segments are digits, too, says little: any straight stroke is a 1. Two digits side by side, on the
    other hand, hardly ever look like one.
    """
    able = [answers for answers in whole.values() if answers.scores[0] != 0]
    return bool(able) and all(answers.scores[0] >= 0 and answers.probabilities.max() >= SURE for answers in able)


def _verdicts(given: Mapping[str, Answers], at: int, reason: str | None = None) -> dict[str, Verdict]:
    """What each model says of the picture number `at`; a reason that is given holds for all of them."""
    doubters = [name for name, answers in given.items() if answers.scores[at] < 0]
    everybody = len(doubters) == len(given)
    verdicts = {}
    for name, answers in given.items():
        why = _unlike(given if everybody else [name]) if reason is None and name in doubters else reason
        probabilities = answers.probabilities[at]
        elapsed_s = answers.elapsed_s / len(answers.probabilities)
        verdicts[name] = Verdict(int(probabilities.argmax()), probabilities, why is None, why, elapsed_s)
    return verdicts


def _unlike(doubters: Collection[str]) -> str:
    """Why ink is refused, as far as can be said, by all of the models or by one of them."""
    knows = "the models know" if len(doubters) > 1 else f"the {next(iter(doubters)).upper()} knows"
    return f"{NOT_ONE}: it is unlike any digit {knows}. If these are several digits, leave a gap between them."
