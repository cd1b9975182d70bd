"""Where the lecture is: one place for all its windows, which the presenter's keys and remote control change."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from digitlab.errors import InvalidValue
from digitlab.ui.lecture import script
from digitlab.wording import lecture as words

_lock = threading.Lock()
_at = 0  # the step of the script
_view: str | None = None  # another view than the step's
_moves = 0  # how often the place has changed


def state() -> dict[str, Any]:
    """The script, and where in it the lecture is: `steps`, `at`, `view` (another one than the step's), `moves`."""
    steps = script.steps()
    with _lock:
        told = {"at": min(_at, len(steps) - 1), "view": _view, "moves": _moves}
    return {**told, "steps": [[step.view, step.argument, step.words] for step in steps]}


def move(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Move all windows.

    Args:
        asked: `by`, a number of steps; or `view`, to show that one.

    Returns:
        What `state` gives.

    Raises:
        InvalidValue: there is no such view.
    """
    global _at, _view, _moves  # noqa: PLW0603
    view, by, last = asked.get("view"), asked.get("by"), len(script.steps()) - 1
    if by not in (1, -1) and view not in script.VIEWS:
        raise InvalidValue(words.no_act(str(view)[:40]))
    with _lock:
        if by in (1, -1):
            # From another view, one step back leads to the script again.
            _at = min(max(0, _at + (by if _view is None or by > 0 else 0)), last)
            _view = None
        else:
            _view = view
        _moves += 1
    return state()
