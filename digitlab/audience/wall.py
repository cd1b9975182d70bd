"""The wall: the latest drawings of the room, in the memory of one server, for every window that shows them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from digitlab import collection

SHOWN = 200  # how many drawings a page shows
KEPT = 5000  # how many drawings are remembered for the score, about 10 MB


@dataclass(frozen=True)
class Entry:
    """A drawing on the wall.

    Attributes:
        number: a running number, by which a drawing is hidden or opened.
        pixels: (28, 28) uint8, white ink on black.
        answers: by model name: `digit`, `confidence` in [0, 1], `is_digit`, `shares` (ten probabilities).
        label: what its author says it is, in 0..9 or `collection.NOT_A_DIGIT`; None until then.
    """

    number: int
    pixels: np.ndarray
    answers: Mapping[str, Mapping[str, Any]]
    label: int | None = None

    def is_right(self, name: str) -> bool | None:
        """Whether a model read the drawing right; None without a label or an answer."""
        if self.label is None or name not in self.answers:
            return None
        return collection.is_right(self.answers[name], self.label)


class Wall:
    """The wall in memory; safe to share between threads. While it is frozen, it keeps showing what it showed then."""

    problem: str | None = None  # why the wall may be out of date, which a wall in memory never is

    def __init__(self) -> None:
        """Make an empty wall."""
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()  # by token, the oldest first
        self._count = 0
        self._frozen: list[Entry] | None = None

    def hang(self, token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int:
        """Show a new drawing, or the newest state of one that hangs, in its old place and without its label.

        Returns:
            The drawing's number.
        """
        with self._lock:
            before = self._entries.get(token)
            if before is None:
                self._count += 1
            number = self._count if before is None else before.number
            self._entries[token] = Entry(number, pixels, answers)
            while len(self._entries) > KEPT:
                self._entries.popitem(last=False)
            return number

    def label(self, token: str, digit: int) -> bool:
        """Label a drawing; return whether it hangs here."""
        with self._lock:
            if token not in self._entries:
                return False
            self._entries[token] = replace(self._entries[token], label=digit)
            return True

    def hide(self, number: int) -> None:
        """Remove one drawing."""
        with self._lock:
            self._drop(lambda _, entry: entry.number == number)

    def clear(self) -> None:
        """Remove all drawings."""
        with self._lock:
            self._drop(lambda *_: True)
            self._frozen = None

    def freeze(self, on: bool) -> None:
        """Freeze the wall, so that new drawings do not appear, or let it go on."""
        with self._lock:
            self._frozen = list(self._entries.values()) if on else None

    @property
    def is_frozen(self) -> bool:
        """Whether the wall is frozen."""
        return self._frozen is not None

    def entries(self) -> list[Entry]:
        """All drawings that hang, newest first; pages show `SHOWN` of them, and the score counts all."""
        with self._lock:
            return (list(self._entries.values()) if self._frozen is None else self._frozen)[::-1]

    def _drop(self, which: Any) -> None:
        gone = {entry.number for token, entry in self._entries.items() if which(token, entry)}
        for token in [token for token, entry in self._entries.items() if entry.number in gone]:
            del self._entries[token]
        if self._frozen is not None:
            self._frozen = [entry for entry in self._frozen if entry.number not in gone]
