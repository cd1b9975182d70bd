"""Locks that PostgreSQL ties to a connection: they become free when the process ends or its machine is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from digitlab.database.connection import UNREACHED, address, options, session, unavailable

TRAINING, WORKERS = 1, 2  # numbers of the locks
_SPACE = int.from_bytes(b"digi", "big")  # first half of every key, since other programs may use locks in this database
# With these, either end notices within about ten seconds that the other machine or the network is gone.
_CLIENT = {
    "connect_timeout": 10,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SERVER = ("tcp_keepalives_idle = 4", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")


class Advisory:
    """A lock on a connection of its own; once taken, it is held as long as the connection lives."""

    def __init__(self, number: int, *, shared: bool = False) -> None:
        """Prepare a lock; the database is not asked yet.

        Args:
            number: which lock.
            shared: whether several may hold it at once, as long as nobody holds it exclusively.
        """
        kind = "_shared" if shared else ""
        self._take = f"SELECT pg_try_advisory_lock{kind}({_SPACE}, {number})"
        self._give_back = f"SELECT pg_advisory_unlock{kind}({_SPACE}, {number})"
        self._connection: Connection | None = None
        self._held = False
        self._using = threading.Lock()  # a connection answers one thread at a time

    def take(self) -> bool:
        """Try to take the lock; return whether it is held now.

        Raises:
            DatabaseUnavailable: the database does not answer.
        """
        with self._using:
            if self._held:
                return True
            try:
                self._connection = self._connection or _connect()
                self._held = bool(self._connection.scalar(text(self._take)))
            except SQLAlchemyError as error:
                self._drop()
                raise unavailable(UNREACHED, error) from error
            return self._held

    def is_held(self) -> bool:
        """Whether the lock is still held: asks over its connection, since a broken connection means that it is lost."""
        with self._using:
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                except SQLAlchemyError:
                    self._drop()
            return self._held

    def release(self) -> None:
        """Release the lock and close the connection. On return others can take it, unless the database is away."""
        with self._using:
            if self._connection is not None and self._held:
                with suppress(SQLAlchemyError):  # explicitly, since PostgreSQL notices a closed connection a bit later
                    self._connection.execute(text(self._give_back))
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()  # closes it, whatever its state
                self._connection.close()
        self._connection, self._held = None, False


def _connect() -> Connection:
    url = address()
    how = options(url, **_CLIENT)
    connection = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=how).connect()
    for setting in _SERVER:
        connection.execute(text(f"SET {setting}"))
    return connection


def holders(number: int) -> int:
    """How many connections hold a lock; asking does not keep others from taking it.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
        "AND classid = :space AND objid = :number "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with session() as opened:
        return int(opened.execute(query, {"space": _SPACE, "number": number}).scalar_one())


@contextmanager
def briefly(number: int) -> Iterator[bool]:
    """Hold a lock within the block if nobody else holds it; yields whether it is held."""
    with session() as opened:
        yield bool(opened.scalar(text(f"SELECT pg_try_advisory_xact_lock({_SPACE}, {number})")))
