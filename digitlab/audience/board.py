"""The rounds that this server takes part in: in its memory, or in the PostgreSQL that it shares with others."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from digitlab import database
from digitlab.audience.rounds import Event, State

if TYPE_CHECKING:
    from digitlab.audience.shared_board import SharedBoard


class Board:
    """The rounds in memory; safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._state = State()

    def record(self, event: Event) -> bool:
        """Let an event happen now; return whether it has changed anything."""
        with self._lock:
            return self._state.apply(replace(event, at=time.monotonic()))

    @contextmanager
    def look(self) -> Iterator[tuple[State, float]]:
        """The state and the present time, while nothing changes."""
        with self._lock:
            yield self._state, time.monotonic()

    def phones(self, here: int) -> int:
        """How many phones are connected to all servers; `here` are those of this one."""
        return here


@functools.lru_cache(maxsize=1)
def board() -> Board | SharedBoard:
    """The rounds of this server: in PostgreSQL if that is named, shared by all servers that name it, else in memory."""

    def shared() -> SharedBoard:
        from digitlab.audience.shared_board import SharedBoard  # SQLAlchemy takes 30 MB

        return SharedBoard()

    return database.shared_or_own(shared, Board)
