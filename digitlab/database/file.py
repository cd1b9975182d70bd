"""SQLite's file, which somebody may delete, replace or overwrite while it is open: SQLite would not notice, and would
go on to store what nobody will ever read."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

from digitlab.errors import DatabaseUnavailable
from digitlab.language import N_

WAL_BYTES = 4_000_000  # of SQLite's log; beyond, its pages are moved into the file


class File:
    """The file that an engine has open, as it was when only SQLite had written to it."""

    def __init__(self, path: Path) -> None:
        """Remember the file as it is now.

        Raises:
            OSError: there is none.
        """
        self._path, self._wal = path, path.with_name(f"{path.name}-wal")
        self._lock = threading.Lock()
        self._seen = self._stat()

    def is_here(self) -> bool:
        """Whether this very file is still at its place, with anything in it."""
        try:
            stat = self._stat()
        except OSError:
            return False
        return stat[:2] == self._seen[:2] and stat[2] > 0

    def check(self, busy_s: float) -> None:
        """Find out whether what was just stored can be read again by others; costs two looks at the folder.

        SQLite writes to its log, and to the file only when it empties the log; it does so here alone, so that any other
        change of the file is noticed. Then all of it is read once more.

        Args:
            busy_s: how long to wait for other processes.

        Raises:
            DatabaseUnavailable: the file was deleted, replaced or damaged.
        """
        with self._lock:
            if not self.is_here():
                raise DatabaseUnavailable(
                    N_("The database {path} was deleted or replaced while it was in use."), path=self._path
                )
            try:
                if self._stat() != self._seen:
                    self._verify(busy_s)
            except (OSError, sqlite3.Error) as error:
                raise DatabaseUnavailable(
                    N_("The database {path} cannot be read any more: {error}."), path=self._path, error=error
                ) from error
            self._empty_log()
            self._seen = self._stat()

    def _verify(self, busy_s: float) -> None:
        with closing(sqlite3.connect(self._path, timeout=busy_s)) as own:  # a new one, which has no pages in memory
            (found,) = own.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(str(found).strip().splitlines()[-1])

    def _empty_log(self) -> None:
        with suppress(OSError, sqlite3.Error):  # busy, or no log yet: the next change tries again
            if self._wal.stat().st_size > WAL_BYTES:
                with closing(sqlite3.connect(self._path, timeout=0)) as own:
                    own.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _stat(self) -> tuple[int, int, int, int]:
        stat = self._path.stat()
        return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
