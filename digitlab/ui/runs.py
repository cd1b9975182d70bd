"""Whose script runs next, so that nobody who opens many windows makes others wait.

Scripts that run at once share Python's one lock, and whatever else the server does waits for each of them, again and
again (docs/decisions/0030-turns.md).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from digitlab.access import network

TURN_S = 0.2  # after which the next may begin, too: most runs take less, and what takes longer mostly waits


class Line:
    """Lets one run begin after the other: each client's in the order in which they came, and the clients in turn."""

    def __init__(self, turn_s: float = TURN_S) -> None:
        """Make an empty line.

        Args:
            turn_s: seconds after which the next may begin though the one before has not ended.
        """
        self._turn_s = turn_s
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, deque[threading.Event]] = OrderedDict()  # by client, who comes next first
        self._running: threading.Event | None = None  # the last that began, unless it has ended
        self._until = 0.0

    @contextmanager
    def turn(self, client: str) -> Iterator[None]:
        """Wait for a turn, and hold it within the block.

        Args:
            client: who asks.
        """
        mine = threading.Event()
        with self._lock:
            self._waiting.setdefault(client, deque()).append(mine)
            self._give()
        while not mine.wait(self._turn_s / 2):
            with self._lock:
                self._give()
        try:
            yield
        finally:
            with self._lock:
                if self._running is mine:
                    self._running = None
                self._give()

    def _give(self) -> None:
        """Let the next begin, unless one has its turn."""
        if not self._waiting or (self._running is not None and time.monotonic() < self._until):
            return
        client, waiting = self._waiting.popitem(last=False)
        self._running, self._until = waiting.popleft(), time.monotonic() + self._turn_s
        if waiting:
            self._waiting[client] = waiting
        self._running.set()


_line = Line()


@contextmanager
def turn() -> Iterator[None]:
    """A turn for this thread's script, by the address that its window came from."""
    with _line.turn(network.one_client(st.context.ip_address or "")):
        yield
