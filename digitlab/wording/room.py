"""Drawings of the room, on the wall and in the collection, with what the models said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digitlab.collection import NOT_A_DIGIT, Fate
from digitlab.wording import answers
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext

Stored = Mapping[str, Mapping[str, Any]]  # answers by model, as `audience.answers` gives them


def label(of: int) -> str:
    """A label in a list of labels: a digit, or that it is none."""
    return _("not a digit") if of == NOT_A_DIGIT else str(of)


def count(drawings: int) -> str:
    """How many drawings there are."""
    return ngettext("{count:,} drawing", "{count:,} drawings", drawings).format(count=drawings)


def on_the_wall(number: int, said: Stored, label: int | None) -> str:
    """A drawing on the wall, with its number there; its label is what its author says it is, if that is known."""
    says = _("{model} says {answer}")
    listed = ", ".join(says.format(model=name.upper(), answer=_in_full(one)) for name, one in said.items())
    if label is None:
        return _("Drawing {number}: {answers}").format(number=number, answers=listed)
    if label == NOT_A_DIGIT:
        return _("Drawing {number}: {answers}; it is not a digit").format(number=number, answers=listed)
    sentence = _("Drawing {number}: {answers}; it is a {label}")
    return sentence.format(number=number, answers=listed, label=label)


def in_the_collection(number: int, said: Stored, label: int | None) -> str:
    """A drawing of the collection, with its number there."""
    then = _("{model} said {answer}")
    listed = ", ".join(then.format(model=name, answer=_in_full(one)) for name, one in said.items()) or _("no answers")
    if label is None:
        return _("Drawing {number}, without a label: {answers}").format(number=number, answers=listed)
    if label == NOT_A_DIGIT:
        return _("Drawing {number}, not a digit: {answers}").format(number=number, answers=listed)
    return _("Drawing {number}, a {label}: {answers}").format(number=number, label=label, answers=listed)


def score(confirmed: int, drawn: int) -> str:
    """Below the score on the wall: how many drawings it counts, and how many there are."""
    return _("right of {confirmed} confirmed · {drawn} drawn").format(confirmed=confirmed, drawn=drawn)


def drawn(count: int, digit: int) -> str:
    """How often a digit was drawn, for screen readers."""
    return _("{count} of digit {digit}").format(count=count, digit=digit)


def kept(label: int, fate: Fate) -> str:
    """What becomes of a drawing whose author has said what it is."""
    if fate != "kept":
        return not_kept(fate)
    if label == NOT_A_DIGIT:
        return _("Kept as something that is not a digit, thank you.")
    return _("Kept as a {label}, thank you.").format(label=label)


def not_kept(fate: Fate) -> str:
    """Why a drawing, or its label, is not in the collection."""
    if fate == "waits":
        return waits()
    return {
        "nothing": _("Not kept: it is no longer in the collection."),
        "off": _("Keeping is switched off by the presenter."),
        "full": _("Not kept: there are more drawings than this server keeps."),
        "lost": _("Not kept: this server cannot store anything at the moment."),
    }[fate]


def waits() -> str:
    """What its author is told while the database does not answer."""
    return _("It will be kept as soon as the database answers.")


def not_forgotten(fate: Fate) -> str:
    """What its author is told who has taken back a drawing that cannot be deleted yet."""
    if fate == "waits":
        return _("It will be deleted as soon as the database answers.")
    return _("It could not be deleted: this server cannot store anything at the moment.")


def _in_full(one: Mapping[str, Any]) -> str:
    return answers.in_full(one["digit"], one["confidence"], is_digit=one["is_digit"])
