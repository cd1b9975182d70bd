"""What the lecture and its remote control say."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.wording import wall
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


def page() -> dict[str, str]:
    """The words that `lecture.js`, its views and `remote.js` use, by name."""
    return {
        **wall.page(),
        "title": _("Lecture"),
        "join": _("Join"),
        "stage": _("Stage"),
        "wall": _("Wall"),
        "rounds": _("Rounds"),
        "train": _("Train"),
        "reveal": _("Reveal"),
        "on": _("on"),
        "back": _("back"),
        "go_to": _("to a view"),
        "keys": _("show or hide the keys"),
        "language": _("Language"),
        "full": _("full screen"),
        "leave": _("leave the lecture"),
        "freeze": _("freeze the wall, or let it move again"),
        "unlock": _("unlock: give the presenter's password"),
        "locked": _("Read-only: press L to unlock"),
        "public": _("Read-only: this server has no presenter's password"),
        "lost": _("No connection. Trying again …"),
        "scan": _("Scan the code, draw a digit"),
        "this_machine": _("This machine only"),
        "code": _("QR code of the address"),
        "no_phone": _("No phone yet"),
        "one_phone": _("1 phone"),
        "phones": _("{count} phones"),
        "clear": _("clear the canvas"),
        "undo": _("take back a stroke"),
        "swap": _("swap the two networks"),
        "explain": _("explain the answers, or show them again"),
        "canvas": _("Canvas"),
        "prompt": _("Draw a digit"),
        "explaining": _("Looking for the reason …"),
        "nothing_to_explain": _("Draw a digit first; then its answer can be explained."),
        "password": _("Password"),
        "give": _("Unlock"),
        "close": _("Close"),
        "frozen": _("Frozen"),
        "remote": _("Remote control"),
        "next": _("Next"),
        "previous": _("Back"),
        "freeze_wall": _("Freeze the wall"),
        "unfreeze": _("Let the wall move again"),
        "hide_newest": _("Hide the newest"),
    }


def only_here() -> str:
    """On Join, where phones cannot reach the server."""
    return _("Phones cannot reach this server: it listens on this machine only. Start it with this command instead:")


def one_digit_only() -> str:
    """On the stage, where several digits are to be explained."""
    return _("Draw one digit: an explanation is about one.")


def no_act(act: str) -> str:
    """To a program that asks for what no view can do."""
    return _("No view of the lecture can do “{act}”.").format(act=act)


def expected_act() -> str:
    """To a program that asks for nothing that can be read."""
    return _("Expected what to do, as JSON.")


def no_file() -> str:
    """To a browser that asks for a file of the lecture that there is not."""
    return _("There is no such file.")


def steps(count: int) -> str:
    """How long a script is."""
    return ngettext("{count} step", "{count} steps", count).format(count=count)


def script_too_long(most: int) -> str:
    """Of a script."""
    return _("A script has at most {most} characters.").format(most=most)


def no_view(line: int, found: str, views: Sequence[str]) -> str:
    """Of a line of a script."""
    return _("Line {line}: expected one of {views}, then a colon and what the hall reads; found “{found}”.").format(
        line=line, views=", ".join(views), found=found[:40]
    )


def script_steps(found: int, most: int) -> str:
    """Of a script with no step, or too many."""
    return _("Expected 1 to {most} steps, a line each; found {found}.").format(most=most, found=found)
