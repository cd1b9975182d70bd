"""What models answer to a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from digitlab.serving import Reading, Verdict, first_doubt
from digitlab.wording import doubts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral

CLOSE = 0.10  # a runner-up with at least this probability is worth a mention
WIDE = 1.2  # ink of at least so many times its height may be several digits without gaps


def per_cent(share: float) -> str:
    """A probability as text; never 100% or 0%, since rounding would claim a certainty that no model has."""
    if share > 0.999:
        return f"> {numeral(0.999, '.1%')}"
    if share < 0.001:
        return f"< {numeral(0.001, '.1%')}"
    return numeral(share, ".1%")


def short(digit: int, *, is_digit: bool) -> str:
    """An answer in a few characters: "4", or "4?" where it is not believed."""
    return str(digit) if is_digit else doubts.short(digit)


def in_full(digit: int, confidence: float, *, is_digit: bool) -> str:
    """An answer in a line of text: "4 (99.2%)", or "4? (doubted)" where it is not believed."""
    return f"{digit} ({per_cent(confidence)})" if is_digit else doubts.in_full(digit)


def number(verdicts: Sequence[Verdict], between: str = "") -> str:
    """What a model reads, digit by digit: "42", or "4?2" where the 4 is not believed."""
    return between.join(short(verdict.digit, is_digit=verdict.is_digit) for verdict in verdicts)


class Outcome(NamedTuple):
    """What several models say of a drawing: a sign, a headline, and what is added below it, if anything."""

    sign: str
    headline: str
    note: str


def outcome(reading: Reading, names: Sequence[str]) -> Outcome:
    """Whether models agree, on what, and whether it is a digit at all.

    Args:
        reading: of the drawing.
        names: of one model or two, from the left; both may be the same.
    """
    left, right = names[0].upper(), names[-1].upper()
    if reading.is_several:
        return _outcome_of_several(reading, names)
    verdicts = {name: reading.whole[name] for name in names}
    doubters = {name: verdict.doubt for name, verdict in verdicts.items() if verdict.doubt is not None}
    if doubters:
        doubter, doubt = list(doubters.items())[-1]
        note = doubts.reason_below_headline(doubt, is_wide=_is_wide(reading))
        if len(doubters) == len(verdicts):
            return Outcome("✗", doubts.headline(), note)
        (digit,) = (verdict.digit for name, verdict in verdicts.items() if name != doubter)
        return Outcome("≠", doubts.headline_of_one(digit, doubter), note)
    first, last = verdicts[names[0]].digit, verdicts[names[-1]].digit
    if first != last:
        each = _("{left} says {left_digit}, {right} says {right_digit}")
        return _disagreement(each.format(left=left, left_digit=first, right=right, right_digit=last))
    headline = _("Both say {digit}") if len(names) > 1 else _("{model} says {digit}")
    return Outcome("✓", headline.format(model=left, digit=first), "")


def _is_wide(reading: Reading) -> bool:
    box = reading.digits[0].box
    return not reading.is_several and box.width >= WIDE * box.height


def _outcome_of_several(reading: Reading, names: Sequence[str]) -> Outcome:
    count, doubt = len(reading.digits), reading.doubt()
    counted = ngettext("{count} separate digit, one by one", "{count} separate digits, one by one", count)
    notes = [counted.format(count=count), *([] if doubt is None else [doubts.reason(doubt)])]
    first, last = (number([digit.verdicts[name] for digit in reading.digits]) for name in (names[0], names[-1]))
    left, right = names[0].upper(), names[-1].upper()
    if first != last:
        each = _("{left} reads {left_number}, {right} reads {right_number}")
        return _disagreement(each.format(left=left, left_number=first, right=right, right_number=last), *notes)
    headline = _("Both read {number}") if len(names) > 1 else _("{model} reads {number}")
    return Outcome("✓" if doubt is None else "✗", headline.format(model=left, number=first), ". ".join(notes))


def _disagreement(*notes: str) -> Outcome:
    return Outcome("≠", _("They disagree"), ". ".join(notes))


# ---- on a card


class Card(NamedTuple):
    """What stands on a model's card of one digit.

    Attributes:
        label: the card, for screen readers.
        beside: beside the digit: its confidence, or that it is not believed.
        runner_up: the second digit if it is close, else empty.
        bars: what the ten bars are, for screen readers.
    """

    label: str
    beside: str
    runner_up: str
    bars: str


def card(name: str, verdict: Verdict) -> Card:
    """What stands on a model's card of one digit."""
    digit, second = verdict.digit, int(np.argsort(verdict.probabilities)[-2])
    is_close = verdict.probabilities[second] >= CLOSE
    if not verdict.is_digit:
        runner_up = _("or {digit}").format(digit=second) if is_close else ""
        return Card(doubts.card(name, digit), doubts.beside(digit), runner_up, doubts.bars())
    share, label = per_cent(verdict.confidence), _("{model} answers {digit}, {share} sure")
    or_other = _("or {digit}: {share}").format(digit=second, share=per_cent(verdict.probabilities[second]))
    label = label.format(model=name, digit=digit, share=share)
    return Card(label, share, or_other if is_close else "", _("Probability of each digit"))


def card_of_several(name: str, verdicts: Sequence[Verdict]) -> str:
    """A model's card of several digits for screen readers."""
    return _("{model} reads {digits}").format(model=name, digits=number(verdicts, " "))


def below(verdict: Verdict) -> str:
    """What stands below one of several digits: its confidence, or that it is not believed."""
    return per_cent(verdict.confidence) if verdict.is_digit else doubts.below()


def waiting(name: str) -> str:
    """A card without an answer for screen readers."""
    return _("{model} is waiting").format(model=name)


def awaited() -> str:
    """Where the picture that the models get will appear."""
    return _("Your digit appears here as the models see it")


def chosen_stroke() -> str:
    """The stroke that the arrow keys have chosen, for screen readers; the browser fills in `{number}` and `{count}`."""
    return _("Stroke {number} of {count}. Press Enter to erase it.")


def reading_order() -> str:
    """The row of a card's digits, for screen readers."""
    return _("Digits in reading order")


def seen() -> str:
    """Below the picture that the models get."""
    return _("What the models see: 28\u00a0×\u00a028\u00a0pixels")


def seen_one_by_one() -> str:
    """Below the pictures of several digits that the models get."""
    return _("What the models see, one by one")


def as_pixels() -> str:
    """The picture that the models get, for screen readers."""
    return _("The drawing as 28 by 28 pixels")


def digit_as_pixels(number: int) -> str:
    """One of the pictures of several digits that the models get, for screen readers."""
    return _("Digit {number} as 28 by 28 pixels").format(number=number)


def drawing_of(count: int) -> str:
    """A drawing of several digits, for screen readers."""
    return ngettext("The drawing, {count} digit", "The drawing, {count} digits", count).format(count=count)


def size(parameters: int) -> str:
    """How large a model is."""
    return ngettext("{count:,} parameter", "{count:,} parameters", parameters).format(count=parameters)


def described(run: Mapping[str, Any] | None) -> str:
    """What a model to choose is, how often it is right, and how large it is.

    Args:
        run: the contents of its `run.json`; None where it cannot be read.
    """
    if run is None:
        return _("cannot be read")
    metrics = run["metrics"]
    right = (metrics.get("test") or metrics["validation"])["accuracy"]
    sentence = _("{family}, {share:.2%} of held-out digits right, {size}")
    return sentence.format(family=run["family"], share=right, size=size(run["parameters"]))


# ---- on the command line


def line(reading: Reading, *, several: bool) -> str:
    """The answers in one line; if a model doubts that the drawing is one digit, the reason follows.

    Args:
        reading: of the drawing.
        several: whether separate digits are to be told one by one.
    """
    if several and reading.is_several:
        return "  ".join(
            f"{name} {' '.join(_in_full(digit.verdicts[name]) for digit in reading.digits)}" for name in reading.whole
        )
    said = "  ".join(f"{name} {_in_full(verdict)}" for name, verdict in reading.whole.items())
    doubt = first_doubt(reading.whole.values())
    if doubt is None:
        return said
    sentences = [doubts.reason(doubt, is_wide=_is_wide(reading))]
    if reading.is_several:
        sentences.append(_("With --several they are read one by one."))
    return f"{said}  {' '.join(sentences)}"


def _in_full(verdict: Verdict) -> str:
    return in_full(verdict.digit, verdict.confidence, is_digit=verdict.is_digit)
