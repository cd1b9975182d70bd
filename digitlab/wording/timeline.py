"""The timeline of a drawing: from when on each model knew its answer."""

from __future__ import annotations

from digitlab.wording import doubts
from digitlab.wording.language import gettext as _


def caption() -> str:
    """Above the timeline."""
    return _("Along the drawing")


def slider() -> str:
    """The slider below it, for screen readers."""
    return _("Go through the drawing again")


def place() -> str:
    """A place on the slider, for screen readers; the browser fills in the `{share}`."""
    return _("{share} of the drawing")


def knew(model: str, digit: int, since: float | None) -> str:
    """From when on a model knew its answer.

    Args:
        model: its name, as it is to be shown.
        digit: its answer to the finished drawing.
        since: the share of the drawing from which on it gave this answer; None if it takes the drawing for no digit.
    """
    if since is None:
        return doubts.along(model)
    return _("{model} knew it was a {digit} from {share} on").format(model=model, digit=digit, share=f"{since:.0%}")
