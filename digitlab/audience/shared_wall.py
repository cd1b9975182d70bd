"""The wall that several servers share: rows in PostgreSQL, which each server copies into its memory."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from digitlab import database
from digitlab.audience.wall import KEPT, SHOWN, Entry
from digitlab.database.tables import WallRow, WallStateRow
from digitlab.errors import DatabaseUnavailable

CHECK_S = 0.35  # seconds between two looks at the database, however many windows show the wall
WAIT_S = 0.25  # how long a phone waits for its drawing's number
PRUNE = 100  # every hundredth new drawing deletes the rows beyond `KEPT`
_log = logging.getLogger("digitlab.audience")


class SharedWall:
    """Like `Wall`, for all servers that name the same database; each sees the others' changes within `CHECK_S`.

    One small query asks for the wall's revision; only if that has changed, the changed rows are read. While the
    database does not answer, the wall shows what it last knew, `problem` says so, and new drawings are hung up later. A
    server that starts while the wall is frozen shows drawings in their present state, not in that of the freeze.
    """

    def __init__(self, check_s: float = CHECK_S) -> None:
        """Prepare a wall; the database is not read yet.

        Args:
            check_s: seconds for which the copy in memory counts as up to date.
        """
        self.problem: str | None = None
        self._check_s, self._checked = check_s, -check_s
        self._lock = threading.Lock()
        self._revision = 0
        self._entries: dict[str, Entry] = {}  # by token
        self._frozen: dict[str, Entry] | None = None
        self._shown: list[Entry] = []
        # Changes not yet made in the database, each with what it will return; made by one thread at a time.
        self._late: deque[tuple[Callable[[], Any], Future[Any]]] = deque(maxlen=2 * SHOWN)
        self._changing = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "wall")
        self._trying: Future[None] | None = None
        self._is_slow = False  # whether somebody has waited in vain since a change was last made

    def hang(self, token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int | None:
        """Show a new drawing, or the newest state of one that hangs, in its old place and without its label.

        Returns:
            The drawing's number; None while the database does not answer, for which nobody has to wait.
        """
        return self._now_or_later(lambda: self._hang(token, pixels, answers))

    def label(self, token: str, digit: int) -> bool:
        """Label a drawing; return whether it hangs here, or False while the database does not answer."""
        return bool(self._now_or_later(lambda: self._change_rows({"label": digit}, token=token)))

    def hide(self, number: int) -> None:
        """Remove one drawing.

        Raises:
            DatabaseUnavailable: nothing has changed.
        """
        self._change_rows({"hidden": True}, number=number)
        self._look(at_once=True)

    def clear(self) -> None:
        """Remove all drawings.

        Raises:
            DatabaseUnavailable: nothing has changed.
        """
        with _change() as (opened, state):
            state.cleared, state.frozen = _newest(opened, state), None
            opened.execute(delete(WallRow))
        with self._changing:
            self._late.clear()
        self._look(at_once=True)

    def freeze(self, on: bool) -> None:
        """Freeze the wall, so that new drawings do not appear, or let it go on.

        Raises:
            DatabaseUnavailable: nothing has changed.
        """
        with _change() as (opened, state):
            state.frozen = _newest(opened, state) if on else None
        self._look(at_once=True)

    @property
    def is_frozen(self) -> bool:
        """Whether the wall is frozen."""
        self._look()
        return self._frozen is not None

    def entries(self) -> list[Entry]:
        """All drawings that hang, newest first; pages show `SHOWN` of them, and the score counts all."""
        self._look()
        return list(self._shown)

    # ---- changes

    def _now_or_later(self, change: Callable[[], Any]) -> Any:
        """Make a change after those that wait; return None if it has to wait, too: for its result nobody waits longer
        than `WAIT_S`, and not at all while the database is slow or away."""
        made: Future[Any] = Future()
        self._late.append((change, made))
        if self.problem is None and not self._is_slow:
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
            self.problem, self._is_slow = None, False
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
        if self.problem is None:
            _log.error("The wall stands still: %s", error)
        self.problem = "The database is away: the wall shows what it last knew, and catches up by itself."

    @staticmethod
    def _hang(token: str, pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> int:
        with _change() as (opened, state):
            said = {name: dict(answer) for name, answer in answers.items()}
            seen = {"pixels": pixels.tobytes(), "answers": said, "label": None, "hidden": False}
            new = insert(WallRow).values(
                token=token, number=_newest(opened, state) + 1, revision=state.revision, **seen
            )
            number = case((WallRow.hidden, new.excluded.number), else_=WallRow.number)
            change = new.on_conflict_do_update(
                index_elements=["token"], set_={"number": number, "revision": state.revision, **seen}
            )
            hung = int(opened.execute(change.returning(WallRow.number)).scalar_one())
            if hung % PRUNE == 0:
                opened.execute(delete(WallRow).where(WallRow.number <= hung - KEPT))
            return hung

    @staticmethod
    def _change_rows(values: dict[str, Any], **which: object) -> bool:
        """Change the drawings that match; return whether there was any."""
        with _change() as (opened, state):
            change = update(WallRow).filter_by(hidden=False, **which).values(revision=state.revision, **values)
            return bool(opened.execute(change).rowcount)  # type: ignore[attr-defined]

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
            self.problem = None
        except DatabaseUnavailable as error:
            self._is_away(error)
        finally:
            self._lock.release()

    def _read(self) -> None:
        with database.session(patient=False) as opened:
            state = opened.get_one(WallStateRow, 1)
            if state.revision == self._revision:
                return
            is_new = state.revision < self._revision  # another database, or an older copy of it
            query = select(WallRow).where(WallRow.revision > (0 if is_new else self._revision))
            # A row may be newer than the state that was just read; then the next look reads it once more.
            changed = list(opened.scalars(query))
        hung = {} if is_new else self._entries
        hung = {token: entry for token, entry in hung.items() if entry.number > state.cleared}
        for row in changed:
            hung.pop(row.token, None)
            if not row.hidden and row.number > state.cleared:
                hung[row.token] = _entry(row)
        newest = max((entry.number for entry in hung.values()), default=0)
        self._entries = {token: entry for token, entry in hung.items() if entry.number > newest - KEPT}
        if state.frozen is None:
            self._frozen = None
        else:
            still = self._entries if self._frozen is None else self._frozen
            visible = {entry.number for entry in self._entries.values() if entry.number <= state.frozen}
            self._frozen = {token: entry for token, entry in still.items() if entry.number in visible}
        shown = self._entries if self._frozen is None else self._frozen
        self._shown = sorted(shown.values(), key=lambda entry: -entry.number)
        self._revision = state.revision


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


def _entry(row: WallRow) -> Entry:
    return Entry(row.number, np.frombuffer(row.pixels, np.uint8).reshape(28, 28), row.answers, row.label)
