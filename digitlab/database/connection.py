"""Connects to the database: SQLite beside the models, or what `DIGITLAB_DATABASE` names."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from digitlab import settings
from digitlab.errors import DatabaseUnavailable, InvalidValue, first_line

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_S = 10  # how long one writer waits for another
CONNECT_S = 3  # how long a server may take to accept a connection
AWAY_S = 1.0  # how long a server that could not be reached is not asked again, since every attempt may take `CONNECT_S`
_preparing = threading.Lock()
_prepared: set[URL] = set()
_away: dict[URL, tuple[float, str]] = {}  # when a server could last not be reached, and why


def address() -> URL:
    """The database's address; its password is hidden wherever it is printed.

    Raises:
        InvalidValue: `DIGITLAB_DATABASE` is not an address that SQLAlchemy knows.
    """
    given = settings.load().database
    if given is None:
        return URL.create("sqlite", database=str(settings.load().collection_path))
    try:
        url = make_url(given)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise InvalidValue(
            "DIGITLAB_DATABASE must be an address such as postgresql://user:password@host/name or "
            f"sqlite:///file, but is not ({type(error).__name__})."
        ) from error
    return url


def is_there() -> bool:
    """Whether there may be anything to read: False if SQLite's file is missing, which reading would create."""
    url = address()
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


@contextmanager
def session() -> Iterator[Session]:
    """A session with the database, which is migrated first if necessary; committed on leaving.

    Raises:
        DatabaseUnavailable: the database cannot be reached, read or written.
    """
    try:
        with Session(prepare(), expire_on_commit=False) as opened, opened.begin():
            yield opened
    except SQLAlchemyError as error:
        raise _unavailable("used", error) from error


def prepare() -> Engine:
    """The database's engine; the database is created and migrated first if necessary.

    Raises:
        DatabaseUnavailable, InvalidValue: as `session` and `address`.
    """
    url = address()
    engine = _engine(url)
    since, why = _away.get(url, (-AWAY_S, ""))
    if time.monotonic() - since < AWAY_S:
        raise DatabaseUnavailable(why)
    if url in _prepared:
        return engine
    with _preparing:
        try:
            if url.get_backend_name() == "sqlite" and url.database:
                path = Path(url.database)
                path.parent.mkdir(parents=True, exist_ok=True)
                with FileLock(path.with_name(f"{path.name}.lock")):  # another process may be starting as well
                    _keep_private(path)
                    migrate(engine)
            else:
                migrate(engine)
        except (SQLAlchemyError, CommandError, OSError) as error:
            raise _unavailable("opened", error) from error
        _prepared.add(url)
    return engine


def _keep_private(path: Path) -> None:
    """Make a file that only its owner can read, since it will hold people's drawings; of one that is there already,
    take the rights of everybody else."""
    path.touch(0o600)
    mode = path.stat().st_mode
    if mode & 0o007:
        with suppress(OSError):  # somebody else's file
            path.chmod(mode & 0o770)


def unavailable(what: str, error: Exception) -> DatabaseUnavailable:
    """SQLAlchemy's or Alembic's error as a sentence; `what` could not be done, such as "reached"."""
    return DatabaseUnavailable(
        f"The database at {address().render_as_string()} cannot be {what}: {first_line(error)}. "
        "python -m digitlab doctor says what to do."
    )


def _unavailable(what: str, error: Exception) -> DatabaseUnavailable:
    """As `unavailable`; a server that could not be reached is not asked again for `AWAY_S`."""
    unanswered = unavailable(what, error)
    if isinstance(error, DBAPIError) and error.statement is None and address().get_backend_name() != "sqlite":
        _away[address()] = (time.monotonic(), str(unanswered))
    return unanswered


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision of `migrations/`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # another server may be starting as well
            connection.execute(text("SELECT pg_advisory_xact_lock(:digitlab)"), {"digitlab": 0x64696769746C6162})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def options(url: URL, **defaults: Any) -> dict[str, Any]:
    """How psycopg connects: as the address says, such as `?connect_timeout=20`, and otherwise by these defaults."""
    if not url.get_driver_name().startswith("psycopg"):
        return {}
    # A server that was set up in the C locale would otherwise answer in bytes.
    return {name: value for name, value in {"client_encoding": "utf8", **defaults}.items() if name not in url.query}


@functools.lru_cache(maxsize=4)
def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args=options(url, connect_timeout=CONNECT_S))
    engine = create_engine(url, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
        cursor.execute("PRAGMA synchronous = FULL")  # what an author was told to be kept survives a power cut
        cursor.close()

    return engine
