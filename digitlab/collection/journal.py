"""Changes to the collection that wait until the database answers, in a small file of SQLite's.

SQLite gives what a file that is killed, filled up and shared needs: whole entries or none, on disk when a function
returns, one writer at a time, and a largest size.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from digitlab import database, settings
from digitlab.collection.change import Change, from_json
from digitlab.database.file import File

MOST_BYTES = 16_000_000  # about 4,000 drawings
BUSY_S = 0.5  # how long to wait for another process that writes
_PAGE = 4096
_SQLITE = "sqlite:///"
_BROKEN = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_log = logging.getLogger("digitlab.collection")


def place() -> Path:
    """Where the journal of the database that the settings name lies: beside SQLite's file, else beside the models.

    Raises:
        InvalidValue: `DIGITLAB_DATABASE` is no address.
    """
    chosen = settings.load()
    # SQLite's file is known without loading SQLAlchemy, which a server that only draws does without.
    if chosen.database is None:
        return Path(f"{chosen.collection_path}.waiting")
    if chosen.database.startswith(_SQLITE):
        return Path(f"{chosen.database.removeprefix(_SQLITE).partition('?')[0]}.waiting")
    url = database.address()
    which = hashlib.sha256(f"{url.host}:{url.port}/{url.database}?{url.query}".encode()).hexdigest()[:8]
    return chosen.collection_path.with_name(f".collection-{which}.waiting")


def waiting() -> int:
    """How many changes wait.

    Raises:
        OSError, sqlite3.Error: the journal cannot be read.
        InvalidValue: as `place`.
    """
    return Journal(place()).count()


class Journal:
    """The changes that wait, the oldest first, and only the newest state of each drawing. Processes may share it."""

    def __init__(self, path: Path) -> None:
        """Prepare a journal; the file is made by the first change that has to wait."""
        self.path = path
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self._file: File | None = None

    def add(self, change: Change) -> None:
        """Let a change wait; it is on disk when this returns.

        Raises:
            OSError, sqlite3.Error: the disk or the journal is full or cannot be written.
        """
        with self._open() as opened:
            row = opened.execute("SELECT change FROM waiting WHERE token = ?", (change.token,)).fetchone()
            merged = change.after(None if row is None else from_json(row[0]))
            values = change.token, merged.as_json()
            opened.execute("INSERT OR REPLACE INTO waiting (token, change) VALUES (?, ?)", values)

    def first(self, most: int) -> list[tuple[int, Change]]:
        """The changes that have waited longest, each with its number.

        Raises:
            OSError, sqlite3.Error: the file cannot be read.
        """
        if not self.path.exists():
            return []
        with self._open() as opened:
            rows = opened.execute("SELECT number, change FROM waiting ORDER BY number LIMIT ?", (most,)).fetchall()
        return [(number, from_json(change)) for number, change in rows]

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove changes that were stored; one that was replaced meanwhile has another number, and stays.

        Raises:
            OSError, sqlite3.Error: the file cannot be written; the changes will be stored again, which changes nothing.
        """
        with self._open() as opened:
            opened.executemany("DELETE FROM waiting WHERE number = ?", [(number,) for number in numbers])

    def count(self) -> int:
        """How many changes wait.

        Raises:
            OSError, sqlite3.Error: the file cannot be read.
        """
        if not self.path.exists():
            return 0
        with self._open() as opened:
            return int(opened.execute("SELECT count(*) FROM waiting").fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, in a transaction that is committed on leaving."""
        with self._lock:
            if self._opened is None or self._file is None or not self._file.is_here():
                self._close()
                self._opened, self._file = self._connect(), File(self.path)
            try:
                with self._opened:
                    self._opened.execute("BEGIN IMMEDIATE")
                    yield self._opened
                if not self._file.is_here():
                    raise FileNotFoundError(f"{self.path} was deleted while it was in use")
            except sqlite3.Error:
                self._close()  # what it is will be found out anew
                raise

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _connect(self) -> sqlite3.Connection:
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _BROKEN:
                raise
            aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
            self.path.rename(aside)
            _log.error("The journal of waiting drawings is damaged (%s), and now stands aside as %s.", error, aside)
            return _connect(self.path)


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)  # SQLite's own files beside it get the same rights
    opened = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        opened.execute("PRAGMA auto_vacuum = FULL")  # so that the file is small again once nothing waits
        opened.execute("PRAGMA journal_mode = WAL")  # a drawing waits for the disk only once
        opened.execute("PRAGMA synchronous = FULL")  # what was told to wait survives a power cut
        opened.execute(f"PRAGMA max_page_count = {MOST_BYTES // _PAGE}")
        opened.execute(
            "CREATE TABLE IF NOT EXISTS waiting "
            "(number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT UNIQUE, change TEXT)"
        )
    except BaseException:
        opened.close()
        raise
    return opened
