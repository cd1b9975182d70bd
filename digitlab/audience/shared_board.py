"""The rounds that several servers share: events in PostgreSQL, from which each server makes the same state."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from digitlab import database
from digitlab.audience.rounds import FROM_PHONES, Event, State
from digitlab.database.tables import RoundEventRow, RoundServerRow
from digitlab.errors import DatabaseUnavailable

CHECK_S = 0.35  # seconds between two looks at the database, however many phones play
MOST_EVENTS = 50_000  # beyond which phones only watch, until the rounds are cleared
COUNTED_S = 10.0  # how long it counts what a server has told last of its phones
_LOCK = 0x726F756E6473  # of the database: events get their numbers and their times one after the other


class SharedBoard:
    """Like `board.Board`, for all servers that name the same database, whose clock rules. While it does not answer,
    phones see what was known last, and send what they have until it arrives."""

    def __init__(self, check_s: float = CHECK_S) -> None:
        """Prepare; the database is not read yet.

        Args:
            check_s: seconds for which the state in memory counts as up to date.
        """
        self._check_s = check_s
        self._lock = threading.Lock()
        self._state = State()
        self._count = self._seen = self._ahead = 0.0  # by how much the database's clock is ahead of this one
        self._looked = self._told = -COUNTED_S
        self._id, self._phones = secrets.token_hex(8), 0

    def record(self, event: Event) -> bool:
        """Let an event happen now; return whether it has changed anything.

        Raises:
            DatabaseUnavailable: it has not happened.
        """
        with self._lock:
            self._read()
            is_too_much = event.what in FROM_PHONES and self._count >= MOST_EVENTS
            if is_too_much or not self._state.takes(replace(event, at=self._now())):
                return False
            with database.session(patient=False) as opened:
                opened.execute(text("SET LOCAL synchronous_commit TO off"))  # a round is not worth a wait for the disk
                opened.execute(select(func.pg_advisory_xact_lock(_LOCK)))
                if event.what == "cleared":
                    opened.execute(delete(RoundEventRow))
                at = func.extract("epoch", func.clock_timestamp())
                opened.execute(insert(RoundEventRow).values(at=at, event=asdict(event)))
            version = self._state.version
            self._read()
            return self._state.version != version

    @contextmanager
    def look(self) -> Iterator[tuple[State, float]]:
        """The state and the database's time, while nothing changes."""
        with self._lock:
            if time.monotonic() - self._looked >= self._check_s:
                with suppress(DatabaseUnavailable):  # the wall says so
                    self._read()
            yield self._state, self._now()

    def phones(self, here: int) -> int:
        """How many phones are connected to all servers; `here` are those of this one."""
        with self._lock, suppress(DatabaseUnavailable):
            if time.monotonic() - self._told >= COUNTED_S / 4:
                self._told = time.monotonic()
                with database.session(patient=False) as opened:
                    mine = {"phones": here, "at": self._now()}
                    told = insert(RoundServerRow).values(server=self._id, **mine)
                    opened.execute(told.on_conflict_do_update(index_elements=["server"], set_=mine))
                    opened.execute(delete(RoundServerRow).where(RoundServerRow.at < self._now() - COUNTED_S))
                    others = select(func.sum(RoundServerRow.phones)).where(RoundServerRow.server != self._id)
                    self._phones = opened.scalar(others) or 0
        return here + self._phones

    def _now(self) -> float:
        return time.monotonic() + self._ahead

    def _read(self) -> None:
        """Apply what has happened since."""
        self._looked = time.monotonic()
        with database.session(patient=False) as opened:
            clock = func.extract("epoch", func.clock_timestamp())
            latest, self._count, now = opened.execute(
                select(func.coalesce(func.max(RoundEventRow.id), 0), func.count(RoundEventRow.id), clock)
            ).one()
            self._ahead = float(now) - time.monotonic()
            if latest == self._seen:
                return
            if latest < self._seen:  # another database, or an older copy of it
                self._state, self._seen = State(), 0
            query = select(RoundEventRow).where(RoundEventRow.id > self._seen).order_by(RoundEventRow.id)
            rows = list(opened.scalars(query))
        for row in rows:
            self._state.apply(replace(Event(**row.event), at=row.at))
            self._seen = row.id
