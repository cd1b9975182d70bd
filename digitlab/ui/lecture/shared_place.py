"""The lecture's place that several servers share: a row in PostgreSQL, which each server copies into its memory."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import text

from digitlab import database
from digitlab.database.tables import LecturePlaceRow
from digitlab.errors import DatabaseUnavailable
from digitlab.ui.lecture.walk import Move, Place

CHECK_S = 0.35  # seconds between two looks at the database, however many windows there are
WAIT_S = 0.25  # how long a window or a key waits for the database
FIRST_S = 5.0  # how long until the place is known at all: a window would jump to the first step and back
MOST_LATE = 1000  # moves that wait for the database
_log = logging.getLogger("digitlab.lecture")


class SharedPlace:
    """Like `OwnPlace`, for all servers that name the same database; each follows the others within `CHECK_S`.

    While the database does not answer, the place is what was last known, the keys move this server's windows from
    there, and what they did is done in the database later. Nobody waits for it then; only the log says so.
    """

    def __init__(self, check_s: float = CHECK_S) -> None:
        """Prepare; the database is not read yet.

        Args:
            check_s: seconds for which the copy in memory counts as up to date.
        """
        self._check_s, self._checked = check_s, -check_s
        self._lock = threading.Lock()
        self._known: Place | None = None  # as it was in the database
        self._late: list[Move] = []  # not yet made there
        self._thread = ThreadPoolExecutor(1, "place")
        self._trying: Future[None] | None = None
        self._is_slow = False  # whether somebody has waited in vain since the database last answered
        self._is_away = False

    def look(self) -> Place:
        """The place now."""
        self._agree()
        return self._shown()

    def change(self, move: Move) -> Place:
        """Change the place; return the new one."""
        with self._lock:
            self._late = [*self._late, move][-MOST_LATE:]
        self._agree(at_once=True)
        return self._shown()

    def _shown(self) -> Place:
        with self._lock:
            return _after(self._known or Place(), self._late)

    def _agree(self, at_once: bool = False) -> None:
        """Bring memory and database in step, unless that was done within `check_s` or is being done."""
        with self._lock:
            is_due = at_once or time.monotonic() - self._checked >= self._check_s
            is_trying = self._trying is not None and not self._trying.done()
            if not is_due or (is_trying and (self._is_slow or not at_once)):
                return
            self._checked = time.monotonic()
            trying = self._trying = self._thread.submit(self._try)
            most = 0.0 if self._is_slow else FIRST_S if self._known is None else WAIT_S
        try:
            trying.result(most)
        except TimeoutError:
            self._is_slow = True

    def _try(self) -> None:
        try:
            while True:
                with self._lock:
                    moves = self._late
                known = _in_database(moves)
                with self._lock:
                    self._known, self._late = known, self._late[len(moves) :]
                    self._is_slow = self._is_away = False
                    if not self._late:
                        return
        except DatabaseUnavailable as error:
            if not self._is_away:
                _log.error("The lecture's place is not shared with other servers: %s", error)
            self._is_slow = self._is_away = True


def _in_database(moves: Sequence[Move]) -> Place:
    """The place in the database after these moves.

    Raises:
        DatabaseUnavailable: they have not been made.
    """
    with database.session(patient=False) as opened:
        if moves:
            opened.execute(text("SET LOCAL synchronous_commit TO off"))  # a place is not worth a wait for the disk
        row = opened.get_one(LecturePlaceRow, 1, with_for_update=bool(moves) or None)
        place = _after(Place(row.at, row.view, row.moves), moves)
        row.at, row.view, row.moves = place.at, place.view, place.moves
    return place


def _after(place: Place, moves: Sequence[Move]) -> Place:
    return functools.reduce(lambda before, move: move(before), moves, place)
