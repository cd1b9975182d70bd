"""Locks that PostgreSQL keeps for whoever holds a connection: they are free as soon as process or machine is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from digitlab.database.connection import address, session
from digitlab.errors import DatabaseUnavailable

TRAINING, WORKERS = 1, 2  # which lock
_SPACE = int.from_bytes(b"digi", "big")  # the first half of every key: others may use locks in the same database
# Either end notices within about ten seconds that the other one's machine or the network is gone.
_CLIENT = {
    "connect_timeout": 10,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SERVER = ("tcp_keepalives_idle = 4", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")


class Advisory:
    """A lock, on a connection of its own: as long as that lives, the lock is held."""

    def __init__(self, number: int, *, shared: bool = False) -> None:
        """Prepare; nothing is asked of the database yet.

        Args:
            number: which lock.
            shared: whether others may hold it as well, as long as nobody holds it alone.
        """
        kind = "_shared" if shared else ""
        self._take = f"SELECT pg_try_advisory_lock{kind}({_SPACE}, {number})"
        self._give_back = f"SELECT pg_advisory_unlock{kind}({_SPACE}, {number})"
        self._connection: Connection | None = None
        self._held = False
        self._using = threading.Lock()  # a connection answers one thread at a time

    def take(self) -> bool:
        """Whether it is held now.

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
                raise DatabaseUnavailable(
                    f"The database at {address().render_as_string()} does not answer: "
                    f"{str(getattr(error, 'orig', None) or error).strip().splitlines()[0]}"
                ) from error
            return self._held

    def is_held(self) -> bool:
        """Whether its connection lives, by asking; a connection that broke is not made again, its lock is lost."""
        with self._using:
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                except SQLAlchemyError:
                    self._drop()
            return self._held

    def release(self) -> None:
        """Give it back, and the connection; on return others can take it, unless the database is out of reach."""
        with self._using:
            if self._connection is not None and self._held:
                with suppress(SQLAlchemyError):  # asked for, since a closed connection is noticed only a little later
                    self._connection.execute(text(self._give_back))
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()  # closed, whatever state it is in
                self._connection.close()
        self._connection, self._held = None, False


def _connect() -> Connection:
    url = address()
    # A server set up in the C locale would answer in bytes.
    options = {**_CLIENT, "client_encoding": "utf8"} if url.get_driver_name().startswith("psycopg") else {}
    connection = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options).connect()
    for setting in _SERVER:
        connection.execute(text(f"SET {setting}"))
    return connection


def holders(number: int) -> int:
    """How many hold a lock; looking does not disturb who takes it.

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
    """Hold a lock inside the block, if nobody else does; yields whether it is held."""
    with session() as opened:
        yield bool(opened.scalar(text(f"SELECT pg_try_advisory_xact_lock({_SPACE}, {number})")))
