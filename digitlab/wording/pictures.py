"""Pictures that are read: which part or turn of them, and which of several in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


class Turn(NamedTuple):
    """The button that turns a picture: its label, its label where that turn would help, and its help."""

    label: str
    offer: str
    help: str


def turn(degrees: int) -> Turn:
    """The button that turns a picture by 90, 180 or 270 degrees, clockwise."""
    if degrees == 90:
        return Turn(_("Right"), _("Turn it to the right"), _("Turn the picture to the right"))
    if degrees == 180:
        return Turn(_("Upside down"), _("Turn it upside down"), _("Turn the picture upside down"))
    return Turn(_("Left"), _("Turn it to the left"), _("Turn the picture to the left"))


def turn_helps(degrees: int, digit: int, names: Sequence[str]) -> str:
    """On the page: all these models would read a digit of which they are not sure if the picture were turned so far."""
    where = {90: _("to the right"), 180: _("upside down"), 270: _("to the left")}[degrees]
    sentence = _("It may be turned: {where}, both models would read {digit}.")
    if len(names) == 1:
        sentence = _("It may be turned: {where}, {model} would read {digit}.")
    return sentence.format(where=where, model=names[0].upper(), digit=digit)


def turn_option_helps(degrees: int, digit: int, names: Sequence[str]) -> str:
    """The same for the command line."""
    sentence = _("It may be turned: with --turn {degrees}, all read {digit}.")
    if len(names) == 1:
        sentence = _("It may be turned: with --turn {degrees}, {model} reads {digit}.")
    elif len(names) == 2:
        sentence = _("It may be turned: with --turn {degrees}, both read {digit}.")
    return sentence.format(degrees=degrees, model=names[0], digit=digit)


def page(number: int, count: int) -> str:
    """Which of several pictures in a file is read."""
    return _("Picture {number} of {count} in the file: the first with ink.").format(number=number, count=count)


def page_option(number: int, count: int) -> str:
    """The same for the command line, after the name of the file."""
    return _("(picture {number} of {count} in the file)").format(number=number, count=count)


def outlined(count: int) -> str:
    """A picture with its digits outlined, for screen readers."""
    sentence = ngettext(
        "The picture, with {count} digit outlined", "The picture, with {count} digits outlined", count
    )  # fmt: skip
    return sentence.format(count=count)


def how_to_choose(*, is_outlined: bool) -> str:
    """What people can do with a picture, and what is outlined on it."""
    drag = _("Drag a box around a digit to read only that.")
    return " ".join([_("Outlined: what was read."), drag]) if is_outlined else drag


def unreadable(problem: str) -> str:
    """Why a file could not be read, if digitlab did not expect that."""
    return _("This file could not be read: {problem}").format(problem=problem)


def some_unreadable(failed: int, count: int) -> str:
    """How many files could not be read."""
    sentence = ngettext(
        "{failed} of {count} file could not be read.", "{failed} of {count} files could not be read.", count
    )
    return sentence.format(failed=failed, count=count)
