"""What is said where a picture is not taken for one digit; other modules and pages word no doubt."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.serving import Doubt
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


def reason(doubt: Doubt, *, is_wide: bool = False) -> str:
    """Why a picture is not taken for one digit, and what to do if it should be.

    Args:
        doubt: about the picture.
        is_wide: whether its ink is, so that it may be several digits without gaps.
    """
    if doubt.kind == "flat":
        return _("This does not look like one digit: it lies flat, like a minus sign or a line of print.")
    if doubt.kind == "several":
        return ngettext(
            "This does not look like one digit: there is {count} separate one.",
            "This does not look like one digit: there are {count} separate ones.",
            doubt.segments,
        ).format(count=doubt.segments)
    unlike = _("This does not look like one digit: it is unlike any digit the models know.")
    if len(doubt.models) == 1:
        unlike = _("This does not look like one digit: it is unlike any digit the {model} knows.")
    return _unlike(unlike, doubt, is_wide)


def reason_below_headline(doubt: Doubt, *, is_wide: bool = False) -> str:
    """The same below `headline` or `headline_of_one`."""
    if doubt.kind == "flat":
        return _("It lies flat, like a minus sign or a line of print.")
    if doubt.kind == "several":
        sentence = ngettext("There is {count} separate one.", "There are {count} separate ones.", doubt.segments)
        return sentence.format(count=doubt.segments)
    unlike = _("It is unlike any digit the models know.")
    if len(doubt.models) == 1:
        unlike = _("It is unlike any digit the {model} knows.")
    return _unlike(unlike, doubt, is_wide)


def _unlike(sentence: str, doubt: Doubt, is_wide: bool) -> str:
    sentences = [sentence.format(model=doubt.models[0].upper())]
    if is_wide:
        sentences.append(_("If these are several digits, leave a gap between them."))
    return " ".join(sentences)


def headline() -> str:
    """Above the cards, where no model takes the drawing for one digit."""
    return _("This does not look like one digit")


def headline_of_one(digit: int, doubter: str) -> str:
    """Above the cards, where one model doubts what the other says."""
    return _("{digit}? {model} doubts it").format(digit=digit, model=doubter.upper())


# ---- instead of a confidence, which would read as certainty


def short(digit: int) -> str:
    """An answer that is not believed, in a few characters."""
    return _("{digit}?").format(digit=digit)


def in_full(digit: int) -> str:
    """An answer that is not believed, in a line of text."""
    return _("{digit}? (doubted)").format(digit=digit)


def beside(digit: int) -> str:
    """Beside an answer that is not believed."""
    return _("if it were a digit: {digit}").format(digit=digit)


def below() -> str:
    """Below one of several digits that is not believed."""
    return _("doubted")


def card(name: str, digit: int) -> str:
    """The card of a model that doubts, for screen readers."""
    return _("{model} doubts that this is a digit; if it were one: {digit}").format(model=name, digit=digit)


def bars() -> str:
    """The ten bars on that card, for screen readers."""
    return _("If it were a digit")


def along(model: str) -> str:
    """Below the timeline, of a model by its name as it is to be shown."""
    return _("{model} doubts that it is a digit").format(model=model)


# ---- on a phone, and with an explanation


def all_doubt() -> str:
    """On a phone, where no model takes the drawing for a digit."""
    return _("Both doubt that this is a digit.")


def one_doubts(name: str, digit: int, doubter: str) -> str:
    """On a phone, where one model doubts what the other says."""
    sentence = _("{model} says {digit}. {doubter} doubts that this is a digit.")
    return sentence.format(model=name.upper(), digit=digit, doubter=doubter.upper())


def explained(doubters: Sequence[str]) -> str:
    """Above the explanation of answers; empty if none of them is doubted."""
    if not doubters:
        return ""
    if len(doubters) > 1:
        return _("Both doubt that this is one digit. Below, they answer as if it were one.")
    sentence = _("The {model} doubts that this is one digit. Below, it answers as if it were one.")
    return sentence.format(model=doubters[0].upper())


def explained_line() -> str:
    """The same in the command line's explanation of one model."""
    return _("Below is what it would say if it were one digit:")
