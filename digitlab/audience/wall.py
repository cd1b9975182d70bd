"""The wall: the latest drawings of the room, in the memory of one server, for every window that shows them."""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
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
        version: of the wall when the drawing, its label or its place last changed.
        approved: whether it may be shown; if not, it waits.
        hidden: whether the presenter has taken it off the wall, where its author's next stroke does not bring it back.
    """

    number: int
    pixels: np.ndarray
    answers: Mapping[str, Mapping[str, Any]]
    label: int | None = None
    version: int = 0
    approved: bool = True
    hidden: bool = False

    def is_right(self, name: str) -> bool | None:
        """Whether a model read the drawing right; None without a label or an answer."""
        return self._right.get(name)

    @functools.cached_property  # a score counts thousands of drawings, several times a second
    def _right(self) -> dict[str, bool]:
        if self.label is None:
            return {}
        return {name: collection.is_right(answer, self.label) for name, answer in self.answers.items()}


@dataclass(frozen=True)
class Sight:
    """What a wall shows at one moment.

    Attributes:
        version: grows with every change.
        whole: whoever knows only an older version than this must look at all entries anew.
        entries: the drawings that hang, newest first; pages show `SHOWN` of them, and the score counts all.
        waiting: the drawings that wait for approval, oldest first.
        is_frozen: whether the wall is frozen.
        approval: whether drawings are shown only after a presenter has approved them.
    """

    version: int
    whole: int
    entries: tuple[Entry, ...]
    waiting: tuple[Entry, ...]
    is_frozen: bool
    approval: bool


def sight(
    entries: Iterable[Entry], frozen: Collection[Entry] | None, version: int, whole: int, *, approval: bool
) -> Sight:
    """What a wall shows.

    Args:
        entries: everything that was drawn, in the order of the numbers, also what waits or is hidden.
        frozen: what hung when the wall was frozen, in the same order; None if it is not frozen.
        version, whole, approval: as of `Sight`.
    """
    there = [entry for entry in entries if not entry.hidden]
    waiting = tuple(entry for entry in there if not entry.approved)
    if frozen is None:
        hung = [entry for entry in there if entry.approved]
    else:
        visible = {entry.number for entry in there}
        hung = [entry for entry in frozen if entry.number in visible]
    return Sight(version, whole, tuple(hung[::-1]), waiting, frozen is not None, approval)


class Wall:
    """The wall in memory; safe to share between threads. While it is frozen, it keeps showing what it showed then."""

    is_stale = False  # whether the wall may be out of date, which a wall in memory never is

    def __init__(self, hidden: Collection[str] = (), *, approval: bool = False) -> None:
        """Make an empty wall.

        Args:
            hidden: the tokens of drawings that were hidden before, and stay hidden.
            approval: as of `Sight`.
        """
        self._lock = threading.Lock()
        unseen = np.zeros((28, 28), np.uint8)
        self._entries: OrderedDict[str, Entry] = OrderedDict(  # by token, the oldest first
            (token, Entry(number, unseen, {}, hidden=True)) for number, token in enumerate(hidden, 1)
        )
        self._count = self._cleared = len(hidden)
        self._frozen: list[Entry] | None = None
        self._approval = approval
        # After a restart, versions must not begin anew: no wall changes a thousand times a second.
        self._version = self._whole = int(1000 * time.time())
        self._sight: Sight | None = None

    def hang(self, token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int:
        """Show a new drawing, or the newest state of one that hangs, in its old place and without its label.

        While drawings need approval, it waits for one. A hidden drawing stays hidden.

        Returns:
            The drawing's number.
        """
        with self._lock:
            before = self._entries.get(token)
            if before is None:
                self._count += 1
            number = self._count if before is None else before.number
            entry = Entry(number, pixels, answers, None, self._version + 1, approved=not self._approval)
            if before is not None and before.hidden:
                self._entries[token] = replace(entry, version=before.version, hidden=True)
                return number
            self._entries[token] = entry
            while len(self._entries) > KEPT:
                self._entries.popitem(last=False)
            self._changed()
            return number

    def label(self, token: str, digit: int) -> bool:
        """Label a drawing; return whether it is here."""
        with self._lock:
            before = self._entries.get(token)
            if before is None:
                return False
            # What is not shown keeps its version, which tells what a presenter has seen, or when it was hidden.
            version = self._version + 1 if before.approved and not before.hidden else before.version
            self._entries[token] = replace(before, label=digit, version=version)
            self._changed()
            return True

    def hide(self, number: int) -> None:
        """Take one drawing off the wall, or refuse one that waits; its author's next stroke does not bring it back."""
        with self._lock:
            self._change(lambda entry: entry.number == number and not entry.hidden, hidden=True)

    def unhide(self) -> int | None:
        """Take back the last hiding that was not taken back; return the drawing's number, or None if there is none."""
        with self._lock:
            hidden = [entry for entry in self._entries.values() if entry.hidden and entry.number > self._cleared]
            if not hidden:
                return None
            last = max(hidden, key=lambda entry: entry.version).number
            self._change(lambda entry: entry.number == last, hidden=False)
            return last

    def clear(self) -> None:
        """Remove all drawings; hidden ones stay hidden."""
        with self._lock:
            for token in [token for token, entry in self._entries.items() if not entry.hidden]:
                del self._entries[token]
            self._cleared, self._frozen = self._count, None
            self._changed(whole=True)

    def freeze(self, on: bool) -> None:
        """Freeze the wall, so that new drawings do not appear, or let it go on."""
        with self._lock:
            self._frozen = list(self._look().entries[::-1]) if on else None
            self._changed(whole=True)

    def require_approval(self, on: bool) -> None:
        """Show drawings that are new or change only after `approve`, or at once; what waits goes on waiting."""
        with self._lock:
            self._approval = on
            self._changed()

    def approve(self, numbers: Collection[int], seen: int) -> None:
        """Show drawings that wait.

        Args:
            numbers: of the drawings.
            seen: the version of the wall at which a presenter saw them; what was drawn on since goes on waiting.
        """
        with self._lock:
            seen_now = {entry.number for entry in self._look().waiting if entry.version <= seen}.intersection(numbers)
            self._change(lambda entry: entry.number in seen_now, approved=True)

    @property
    def is_frozen(self) -> bool:
        """Whether the wall is frozen."""
        return self.look().is_frozen

    def entries(self) -> list[Entry]:
        """All drawings that hang, newest first, as of `Sight`."""
        return list(self.look().entries)

    def look(self) -> Sight:
        """What the wall shows now."""
        with self._lock:
            return self._look()

    def hidden(self) -> list[str]:
        """The tokens of the drawings that are hidden, the oldest first."""
        with self._lock:
            return [token for token, entry in self._entries.items() if entry.hidden]

    def _look(self) -> Sight:
        if self._sight is None:
            self._sight = sight(
                self._entries.values(), self._frozen, self._version, self._whole, approval=self._approval
            )
        return self._sight

    def _change(self, which: Callable[[Entry], bool], **values: Any) -> None:
        """Change the drawings that match."""
        matching = [token for token, entry in self._entries.items() if which(entry)]
        for token in matching:
            self._entries[token] = replace(self._entries[token], version=self._version + 1, **values)
        if matching:
            self._changed()

    def _changed(self, *, whole: bool = False) -> None:
        self._version += 1
        self._whole = self._version if whole else self._whole
        self._sight = None
