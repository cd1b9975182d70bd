"""Where the lecture is: one place for all its windows, which the presenter's keys and remote control change."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from digitlab import database
from digitlab.errors import InvalidValue
from digitlab.ui.lecture import script
from digitlab.ui.lecture.walk import Move, Place
from digitlab.wording import lecture as words

if TYPE_CHECKING:
    from digitlab.ui.lecture.shared_place import SharedPlace


class OwnPlace:
    """The place in this server's memory; safe to share between threads."""

    def __init__(self) -> None:
        """Begin at the first step."""
        self._lock = threading.Lock()
        self._place = Place()

    def look(self) -> Place:
        """The place now."""
        return self._place

    def change(self, move: Move) -> Place:
        """Change the place; return the new one."""
        with self._lock:
            self._place = move(self._place)
            return self._place


def state() -> dict[str, Any]:
    """The script, and where in it the lecture is: `steps`, `at`, `view` (another one than the step's), `moves`."""
    return _told(chosen().look())


def move(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Move all windows.

    Args:
        asked: `by`, a number of steps; or `view`, to show that one.

    Returns:
        What `state` gives.

    Raises:
        InvalidValue: there is no such view.
    """
    view, by, last = asked.get("view"), asked.get("by"), len(script.steps()) - 1
    if by in (1, -1):
        return _told(chosen().change(lambda place: place.step(by, last)))
    if view not in script.VIEWS:
        raise InvalidValue(words.no_act(str(view)[:40]))
    return _told(chosen().change(lambda place: place.show(view)))


@functools.lru_cache(maxsize=1)
def chosen() -> OwnPlace | SharedPlace:
    """The place that this server shows: in PostgreSQL if that is named, shared by all servers that name it."""

    def shared() -> SharedPlace:
        from digitlab.ui.lecture.shared_place import SharedPlace  # SQLAlchemy takes 30 MB

        return SharedPlace()

    return database.shared_or_own(shared, OwnPlace)


def _told(place: Place) -> dict[str, Any]:
    steps = script.steps()
    return {
        "at": min(place.at, len(steps) - 1),  # the script may have become shorter
        "view": place.view,
        "moves": place.moves,
        "steps": [[step.view, step.argument, step.words] for step in steps],
    }
