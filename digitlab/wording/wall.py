"""The wall in the lecture, and the approval of drawings on the presenter's phone."""

from __future__ import annotations

from digitlab.collection import NOT_A_DIGIT
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


def page() -> dict[str, str]:
    """The words that `wall.js` and `approve.js` use, by name."""
    return {
        "empty_wall": _("No drawings yet. Scan the code and draw the first one."),
        "hide": _("hide the drawing under the pointer, or the open one"),
        "unhide": _("take back the last hiding"),
        "approval": _("show drawings only after approval, or at once"),
        "clear_wall": _("take all drawings off the wall"),
        "hide_one": _("Hide drawing {number}"),
        "no_reason": _("No part of the ink alone decides the answer."),
        "choose_first": _("Point at a drawing first, or go to it with Tab."),
        "clear_really": _("Press C again to take all drawings off the wall."),
        "frozen_wall": _("FROZEN"),
        "needs_approval": _("Only after approval"),
        "author": _("author"),
        "score": _("Score"),
        "histogram": _("How often each digit was drawn"),
        "approve": _("Approve"),
        "reject": _("Reject"),
        "approve_all": _("Approve all of these"),
    }


def stale() -> str:
    """On a wall that several servers share, while their database does not answer."""
    return _("The database is away: the wall shows what it last knew, and catches up by itself.")


def waiting(count: int) -> str:
    """On the wall, how many drawings wait for approval; empty if none does."""
    return (
        ngettext("{count} waits for approval", "{count} wait for approval", count).format(count=count) if count else ""
    )


def says(label: int | None) -> str:
    """Below an open drawing, what its author says it is."""
    if label is None:
        return _("Its author has not said what it is.")
    if label == NOT_A_DIGIT:
        return _("Its author says: not a digit")
    return _("Its author says: {label}").format(label=label)


def nothing_hidden() -> str:
    """To a presenter who takes back a hiding where none is left."""
    return _("Nothing is hidden.")


def nothing_hangs() -> str:
    """To a presenter who hides the newest drawing of an empty wall."""
    return _("The wall is empty.")


def gone(number: int) -> str:
    """To whoever asks for a drawing that does not hang."""
    return _("Drawing {number} is no longer on the wall.").format(number=number)


def expected(what: str) -> str:
    """To a program that asks for something else than the wall can do."""
    return {
        "number": _("Expected the number of a drawing."),
        "numbers": _("Expected the numbers of at most 200 drawings."),
        "on": _("Expected on: true or false."),
    }[what]
