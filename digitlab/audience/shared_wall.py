"""The wall that several servers share: rows in PostgreSQL, which each server copies into its memory."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from digitlab import database
from digitlab.audience.wall import KEPT, SHOWN, Entry, Sight, sight
from digitlab.database.tables import WallRow, WallStateRow
from digitlab.errors import DatabaseUnavailable

CHECK_S = 0.35  # seconds between two looks at the database, however many windows show the wall
WAIT_S = 0.25  # how long a phone waits for its drawing's number
PRUNE = 100  # every hundredth new drawing deletes the rows beyond `KEPT`
_log = logging.getLogger("digitlab.audience")


class SharedWall:
    """Like `Wall`, for all servers that name the same database; each sees the others' changes within `CHECK_S`.

    One small query asks for the wall's revision; only if that has changed, the changed rows are read. While the
    database does not answer, the wall shows what it last knew, `is_stale` says so, and new drawings are hung up later.
    A server that starts while the wall is frozen shows drawings in their present state, not in that of the freeze.
    """

    def __init__(self, check_s: float = CHECK_S) -> None:
        """Prepare a wall; the database is not read yet.

        Args:
            check_s: seconds for which the copy in memory counts as up to date.
        """
        self.is_stale = False
        self._check_s, self._checked = check_s, -check_s
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}  # by token
        self._frozen: list[Entry] | None = None
        self._frozen_at: int | None = None
        self._sight = sight((), None, 0, 0, approval=False)
        # Changes not yet made in the database, each with what it will return; made by one thread at a time.
        self._late: deque[tuple[Callable[[], Any], Future[Any]]] = deque(maxlen=2 * SHOWN)
        self._changing = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "wall")
        self._trying: Future[None] | None = None
        self._is_slow = False  # whether somebody has waited in vain since a change was last made

    def hang(self, token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int | None:
        """Show a new drawing, or the newest state of one that hangs, in its old place and without its label.

        While drawings need approval, it waits for one. A hidden drawing stays hidden.

        Returns:
            The drawing's number; None while the database does not answer, for which nobody has to wait.
        """
        return self._now_or_later(lambda: self._hang(token, pixels, answers))

    def label(self, token: str, digit: int) -> bool:
        """Label a drawing; return whether it is here, or False while the database does not answer."""
        return bool(self._now_or_later(lambda: self._label(token, digit)))

    def hide(self, number: int) -> None:
        """Take one drawing off the wall, or refuse one that waits; its author's next stroke does not bring it back.

        Raises:
            DatabaseUnavailable: nothing has changed. So it is with every change by a presenter.
        """
        with _change() as (opened, state):
            which = update(WallRow).where(WallRow.number == number, ~WallRow.hidden)
            opened.execute(which.values(hidden=True, revision=state.revision))
        self._look(at_once=True)

    def unhide(self) -> int | None:
        """Take back the last hiding that was not taken back; return the drawing's number, or None if there is none."""
        with _change() as (opened, state):
            hidden = select(WallRow).where(WallRow.hidden, WallRow.number > state.cleared)
            last = opened.scalars(hidden.order_by(WallRow.revision.desc()).limit(1)).first()
            if last is not None:
                last.hidden, last.revision = False, state.revision
        self._look(at_once=True)
        return None if last is None else last.number

    def clear(self) -> None:
        """Remove all drawings; hidden ones stay hidden."""
        with _change() as (opened, state):
            state.cleared, state.frozen = _newest(opened, state), None
            opened.execute(delete(WallRow).where(~WallRow.hidden))
        with self._changing:
            self._late.clear()
        self._look(at_once=True)

    def freeze(self, on: bool) -> None:
        """Freeze the wall, so that new drawings do not appear, or let it go on."""
        with _change() as (opened, state):
            if not on:
                state.frozen = None
            elif state.frozen is None:
                state.frozen = _newest(opened, state)
        self._look(at_once=True)

    def require_approval(self, on: bool) -> None:
        """Show drawings that are new or change only after `approve`, or at once; what waits goes on waiting."""
        with _change() as (_, state):
            state.approval = on
        self._look(at_once=True)

    def approve(self, numbers: Collection[int], seen: int) -> None:
        """Show drawings that wait.

        Args:
            numbers: of the drawings.
            seen: the version of the wall at which a presenter saw them; what was drawn on since goes on waiting.
        """
        with _change() as (opened, state):
            which = update(WallRow).where(~WallRow.hidden, ~WallRow.approved, WallRow.revision <= seen)
            which = which.where(WallRow.number.in_(numbers))
            opened.execute(which.values(approved=True, revision=state.revision))
        self._look(at_once=True)

    @property
    def is_frozen(self) -> bool:
        """Whether the wall is frozen."""
        return self.look().is_frozen

    def entries(self) -> list[Entry]:
        """All drawings that hang, newest first, as of `Sight`."""
        return list(self.look().entries)

    def look(self) -> Sight:
        """What the wall shows now."""
        self._look()
        return self._sight

    # ---- changes

    def _now_or_later(self, change: Callable[[], Any]) -> Any:
        """Make a change after those that wait; return None if it has to wait, too: for its result nobody waits longer
        than `WAIT_S`, and not at all while the database is slow or away."""
        made: Future[Any] = Future()
        self._late.append((change, made))
        if not self.is_stale and not self._is_slow:
            try:
                self._thread.submit(self._try).result(WAIT_S)
            except TimeoutError:
                self._is_slow = True
        elif self._trying is None or self._trying.done():
            self._trying = self._thread.submit(self._try)
        return made.result() if made.done() else None

    def _try(self) -> None:
        try:
            self._catch_up()
            self.is_stale, self._is_slow = False, False
        except DatabaseUnavailable as error:
            self._is_away(error)

    def _catch_up(self) -> None:
        """Make the changes that wait, in their order.

        Raises:
            DatabaseUnavailable: some still wait.
        """
        with self._changing:
            while self._late:
                change, made = self._late[0]
                result = change()
                if not made.done():
                    made.set_result(result)
                with suppress(ValueError):  # pushed out by newer ones
                    self._late.remove((change, made))

    def _is_away(self, error: DatabaseUnavailable) -> None:
        if not self.is_stale:
            _log.error("The wall stands still: %s", error)
        self.is_stale = True

    @staticmethod
    def _hang(token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int:
        with _change() as (opened, state):
            said = {name: dict(answer) for name, answer in answers.items()}
            seen = {"pixels": pixels.tobytes(), "answers": said, "label": None, "approved": not state.approval}
            new = insert(WallRow).values(
                token=token, number=_newest(opened, state) + 1, revision=state.revision, hidden=False, **seen
            )
            change = new.on_conflict_do_update(
                index_elements=["token"], set_={"revision": _if_shown(state, approved=True), **seen}
            )
            hung = int(opened.execute(change.returning(WallRow.number)).scalar_one())
            if hung % PRUNE == 0:
                opened.execute(delete(WallRow).where(WallRow.number <= hung - KEPT))
            return hung

    @staticmethod
    def _label(token: str, digit: int) -> bool:
        with _change() as (opened, state):
            change = update(WallRow).where(WallRow.token == token)
            changed = opened.execute(change.values(label=digit, revision=_if_shown(state, approved=WallRow.approved)))
            return bool(changed.rowcount)  # type: ignore[attr-defined]

    # ---- what the others changed

    def _look(self, at_once: bool = False) -> None:
        """Read what has changed, unless that was done within `check_s` or is being done for another window."""
        if not self._lock.acquire(blocking=at_once):
            return
        try:
            if not at_once and time.monotonic() - self._checked < self._check_s:
                return
            self._checked = time.monotonic()
            self._catch_up()
            self._read()
            self.is_stale = False
        except DatabaseUnavailable as error:
            self._is_away(error)
        finally:
            self._lock.release()

    def _read(self) -> None:
        with database.session(patient=False) as opened:
            state = opened.get_one(WallStateRow, 1)
            if state.revision == self._sight.version:
                return
            is_new = state.revision < self._sight.version  # another database, or an older copy of it
            query = select(WallRow).where(WallRow.revision > (0 if is_new else self._sight.version))
            # A row may be newer than the state that was just read; then the next look reads it once more.
            changed = list(opened.scalars(query))
        hung = {} if is_new else self._entries
        hung = {token: entry for token, entry in hung.items() if entry.number > state.cleared}
        hung |= {row.token: _entry(row) for row in changed if row.number > state.cleared}
        newest = max((entry.number for entry in hung.values()), default=0)
        self._entries = {token: entry for token, entry in hung.items() if entry.number > newest - KEPT}
        ordered = sorted(self._entries.values(), key=lambda entry: entry.number)
        is_whole = is_new or state.frozen != self._frozen_at
        if state.frozen is None:
            self._frozen = None
        elif is_whole:
            self._frozen = [
                entry for entry in ordered if entry.number <= state.frozen and entry.approved and not entry.hidden
            ]
        self._frozen_at = state.frozen
        whole = state.revision if is_whole else self._sight.whole
        self._sight = sight(ordered, self._frozen, state.revision, whole, approval=state.approval)


@contextmanager
def _change() -> Iterator[tuple[Session, WallStateRow]]:
    """A context for one change of the wall, with its new revision. Changes happen one at a time, in the order of their
    revisions."""
    with database.session(patient=False) as opened:
        # The wall may be lost if the database's machine fails, so that nobody waits for its disk.
        opened.execute(text("SET LOCAL synchronous_commit TO off"))
        change = update(WallStateRow).values(revision=WallStateRow.revision + 1)
        yield opened, opened.scalars(change.returning(WallStateRow)).one()


def _newest(opened: Session, state: WallStateRow) -> int:
    """The highest number that a drawing was ever given."""
    return max(opened.scalar(select(func.max(WallRow.number))) or 0, state.cleared)


def _if_shown(state: WallStateRow, *, approved: Any) -> ColumnElement[int]:
    """The revision of a row that its author changes: a new one, but what is hidden keeps its own, which tells when it
    was hidden, and what waits unless it was drawn on, since its revision tells what a presenter has seen."""
    return case((~WallRow.hidden & approved, state.revision), else_=WallRow.revision)


def _entry(row: WallRow) -> Entry:
    pixels = np.frombuffer(row.pixels, np.uint8).reshape(28, 28)
    return Entry(row.number, pixels, row.answers, row.label, row.revision, row.approved, row.hidden)
