"""Keeps drawings without letting their authors wait: in the database or, while that does not answer, in a journal.

Every database has a thread that alone makes its changes. Authors wait for it a moment at most. Then their change goes
into the journal, and so does every later one until the thread has stored all of them, so that their order stays.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress

from sqlalchemy import URL

from digitlab import database
from digitlab.collection import drawings, journal
from digitlab.collection.change import Change, Fate
from digitlab.collection.quota import Quota
from digitlab.errors import DatabaseUnavailable

WAIT_S = 0.25  # how long an author waits for the database
FIRST_S = 1.0  # and the first one, for whom it may have to be created
RETRY_S = 1.0  # how long a database that did not answer is left alone
IDLE_S = 5.0  # how long a thread without work goes on
TOGETHER = 50  # changes that are stored at once
_log = logging.getLogger("digitlab.collection")
_keepers: dict[URL, Keeper] = {}
_choosing = threading.Lock()
quota = Quota()


def ask(change: Change, client: str = "") -> Fate:
    """Make a change on behalf of an author, who waits a moment at most, and is told the truth about it.

    Args:
        change: as the functions of `change` make it.
        client: the author's address; "" if it is not known.

    Raises:
        InvalidValue: `DIGITLAB_DATABASE` is no address.
    """
    if change.drawing is None and not database.is_there() and not journal.place().exists():
        return Fate.NOTHING
    if not change.forget and not quota.allows(client, change.token):
        return Fate.FULL
    return _keeper().make(change)


def begin() -> None:
    """Store what has been waiting since the server was stopped."""
    _keeper().resume()


class Keeper:
    """Makes the changes to one database."""

    def __init__(self, url: URL) -> None:
        """Prepare a keeper; its thread starts with the first change."""
        self._url = url
        self._journal = journal.Journal(journal.place())
        self._asked: queue.SimpleQueue[tuple[Change, Future[Fate]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # for `_is_away` together with the journal, and for `_thread`
        self._is_away = self._anything_waits()  # whether changes go into the journal
        self._is_off = False  # whether keeping was last found switched off
        self._has_answered = False
        self._thread: threading.Thread | None = None
        self._problem = ""

    def make(self, change: Change) -> Fate:
        """As `ask`, without quota."""
        if not self._is_away:
            stored: Future[Fate] = Future()
            self._asked.put((change, stored))
            self.begin()
            wait_s = WAIT_S if self._has_answered else max(FIRST_S, WAIT_S)
            try:
                return stored.result(wait_s)
            except TimeoutError:
                self._tell(f"it has not answered for {wait_s:g} s")
            except DatabaseUnavailable as error:
                self._tell(str(error))
            stored.cancel()
        if self._is_off and change.drawing is not None:
            return Fate.OFF
        with self._lock:
            try:
                self._journal.add(change)
            except (OSError, sqlite3.Error) as error:
                _log.error("A drawing is lost: %s cannot be written, either: %s", self._journal.path, error)
                return Fate.LOST
            if not self._is_away:
                self._is_away = True
                self._asked.put(None)
        self.begin()
        return Fate.WAITS

    def resume(self) -> None:
        """Store what waits in the journal, which another process may have left."""
        with self._lock:
            self._is_away = self._anything_waits()
        self._asked.put(None)
        self.begin()

    def begin(self) -> None:
        """Start the thread unless it runs."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            asked = self._next(RETRY_S if self._is_away else IDLE_S)
            self._answer(asked)
            if self._is_away:
                self._catch_up()
            elif not asked:
                with self._lock:
                    if self._asked.empty() and not self._is_away:
                        self._thread = None
                        return

    def _next(self, wait_s: float) -> list[tuple[Change, Future[Fate]]]:
        """The next changes for whose storing somebody still waits; may be empty."""
        asked = []
        with suppress(queue.Empty):
            asked.append(self._asked.get(timeout=wait_s))  # None: look into the journal
            while len(asked) < TOGETHER:
                asked.append(self._asked.get_nowait())
        return [one for one in asked if one is not None and one[1].set_running_or_notify_cancel()]

    def _answer(self, asked: Sequence[tuple[Change, Future[Fate]]]) -> None:
        try:
            fates = self._store([change for change, _ in asked], most=drawings.MOST) if asked else []
        except Exception as error:  # whatever it is, the drawings must go into the journal
            for _, stored in asked:
                stored.set_exception(DatabaseUnavailable("{kind}: {error}", kind=type(error).__name__, error=error))
            return
        for (_, stored), fate in zip(asked, fates, strict=True):
            stored.set_result(fate)

    def _catch_up(self) -> None:
        """Store what waits in the journal, however much is kept already: it was promised."""
        try:
            while waiting := self._journal.first(TOGETHER):
                self._store([change for _, change in waiting], most=None)
                self._journal.remove([number for number, _ in waiting])
        except Exception as error:  # whatever it is, the thread tries again
            self._tell(f"{type(error).__name__}: {error}")
            return
        with self._lock:
            self._is_away = self._anything_waits()
        if not self._is_away:
            _log.warning("Everything that waited for the database is stored now.")
            self._problem = ""

    def _anything_waits(self) -> bool:
        try:
            return self._journal.count() > 0
        except (OSError, sqlite3.Error):
            return True

    def _store(self, changes: Sequence[Change], most: int | None) -> list[Fate]:
        fates = drawings.store(changes, self._url, most=most)
        self._has_answered = True
        kept = [fate for change, fate in zip(changes, fates, strict=True) if change.drawing is not None]
        if kept:
            self._is_off = kept[-1] is Fate.OFF
        return fates

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            _log.error("Drawings wait for the database: %s", problem)


def _keeper() -> Keeper:
    url = database.address()
    with _choosing:
        if url not in _keepers:
            _keepers[url] = Keeper(url)
        return _keepers[url]
