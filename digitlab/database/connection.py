"""Connects to the database: SQLite beside the models, or what `DIGITLAB_DATABASE` names."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import URL, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from digitlab import settings
from digitlab.database.file import File
from digitlab.errors import DatabaseUnavailable, InvalidValue, first_line
from digitlab.language import N_

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_S = 1  # how long SQLite's writers wait for each other
CONNECT_S = 2  # how long a server may take to accept a connection, and to answer where somebody waits for a page
ANSWER_S = 10.0  # how long it may take for a statement where nobody waits
LOCK_S = 1.5  # how long a statement waits for others; shorter, so that the server says why
AWAY_S = 1.0  # how long a server that could not be reached is not asked again, since every attempt may take `CONNECT_S`
_preparing = threading.Lock()
_patience: ContextVar[float | None] = ContextVar("patience", default=ANSWER_S)  # in seconds; None for any time
_prepared: dict[URL, File | None] = {}  # the databases that were migrated; SQLite's with its file
_away: dict[URL, tuple[float, DatabaseUnavailable]] = {}  # when a server could last not be reached, and why


UNREACHED = N_("The database at {address} cannot be reached: {error}. python -m digitlab doctor says what to do.")
_UNOPENED = N_("The database at {address} cannot be opened: {error}. python -m digitlab doctor says what to do.")
_UNUSABLE = N_("The database at {address} cannot be used: {error}. python -m digitlab doctor says what to do.")


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
            N_(
                "DIGITLAB_DATABASE must be an address such as postgresql://user:password@host/name or "
                "sqlite:///file, but is not ({error})."
            ),
            error=type(error).__name__,
        ) from error
    return url


def is_there() -> bool:
    """Whether there may be anything to read: False if SQLite's file is missing, which reading would create."""
    url = address()
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


@contextmanager
def session(url: URL | None = None, *, patient: bool = True) -> Iterator[Session]:
    """A session with the database, which is migrated first if necessary; committed on leaving.

    Args:
        url: of the database; None for that of the settings.
        patient: whether a server may take long to answer, or somebody waits for it who can do without.

    Raises:
        DatabaseUnavailable: the database cannot be reached, read or written, or does not answer in time.
    """
    url = url or address()
    token = _patience.set(_seconds(url, ANSWER_S if patient else CONNECT_S))
    try:
        with Session(prepare(url), expire_on_commit=False) as opened, opened.begin():
            yield opened
        if (file := _prepared.get(url)) is not None:
            file.check(BUSY_S)
    except SQLAlchemyError as error:
        raise _unavailable(_UNUSABLE, error, url) from error
    finally:
        _patience.reset(token)


def prepare(url: URL | None = None) -> Engine:
    """The database's engine; the database is created and migrated first if necessary.

    Raises:
        DatabaseUnavailable, InvalidValue: as `session` and `address`.
    """
    url = url or address()
    if _is_ready(url):
        return _engine(url)
    if not _preparing.acquire(timeout=_seconds(url, ANSWER_S)):
        raise DatabaseUnavailable(
            N_("The database at {address} is still being prepared."), address=url.render_as_string()
        )
    try:
        if not _is_ready(url):  # another thread may have been faster
            _prepared[url] = _prepare(url)
    except (SQLAlchemyError, CommandError, OSError) as error:
        raise _unavailable(_UNOPENED, error, url) from error
    finally:
        _preparing.release()
    return _engine(url)


def _is_ready(url: URL) -> bool:
    since, why = _away.get(url, (-AWAY_S, DatabaseUnavailable()))
    if time.monotonic() - since < AWAY_S:
        raise DatabaseUnavailable(*why.args, **why.values)
    if url not in _prepared:
        return False
    file = _prepared[url]
    return file is None or file.is_here()


def _prepare(url: URL) -> File | None:
    """Create and migrate a database, or one that came to the place of another; returns SQLite's file."""
    engine = _engine(url)
    if url.get_backend_name() != "sqlite" or not url.database:
        migrate(engine)
        return None
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    if url in _prepared:
        _let_go(engine)
    # Another process may be starting as well.
    with FileLock(path.with_name(f"{path.name}.lock"), timeout=ANSWER_S, mode=0o600):
        _keep_private(path)
        migrate(engine)
        return File(path)


def _let_go(engine: Engine) -> None:
    """Close SQLite's connections to a file that is no longer at its place. Its log, which stays there, is emptied first
    into the file, wherever that was moved: it would be taken for the log of the next one."""
    pool = engine.pool
    if isinstance(pool, QueuePool) and pool.checkedin():  # a connection made now would not be to this file
        with suppress(SQLAlchemyError), engine.connect() as old:
            old.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def _keep_private(path: Path) -> None:
    """Make a file that only its owner can read, since it will hold people's drawings; of one that is there already,
    take the rights of everybody else."""
    path.touch(0o600)
    mode = path.stat().st_mode
    if mode & 0o007:
        with suppress(OSError):  # somebody else's file
            path.chmod(mode & 0o770)


def unavailable(what: str, error: Exception, url: URL | None = None) -> DatabaseUnavailable:
    """SQLAlchemy's or Alembic's error as a sentence: what could not be done, such as `UNREACHED`."""
    return DatabaseUnavailable(what, address=(url or address()).render_as_string(), error=first_line(error))


def _unavailable(what: str, error: Exception, url: URL) -> DatabaseUnavailable:
    """As `unavailable`; a server that could not be reached is not asked again for `AWAY_S`, and SQLite's file is looked
    at anew."""
    unanswered = unavailable(what, error, url)
    if url.get_backend_name() == "sqlite":
        if "locked" not in str(error):
            _prepared.pop(url, None)  # such as a file without tables, which somebody has emptied
            _let_go(_engine(url))
    elif isinstance(error, DBAPIError) and (error.statement is None or error.connection_invalidated):
        _away[url] = (time.monotonic(), unanswered)
    return unanswered


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision of `migrations/`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # another server may be starting as well
            connection.execute(text("SELECT pg_advisory_xact_lock(:digitlab)"), {"digitlab": 0x64696769746C6162})
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        config.attributes["connection"] = connection
        token = _patience.set(None)  # a large table may take long
        try:
            command.upgrade(config, revision)
        finally:
            _patience.reset(token)


def options(url: URL, **defaults: Any) -> dict[str, Any]:
    """How psycopg connects: as the address says, such as `?connect_timeout=20`, and otherwise by these defaults."""
    if not url.get_driver_name().startswith("psycopg"):
        return {}
    # A server that was set up in the C locale would otherwise answer in bytes.
    return {name: value for name, value in {"client_encoding": "utf8", **defaults}.items() if name not in url.query}


def _seconds(url: URL, usual: float) -> float:
    """How long to wait for a server, unless its address asks for more patience (`?connect_timeout=20`)."""
    asked = str(url.query.get("connect_timeout", ""))
    return max(usual, float(asked)) if asked.isdigit() else usual


@functools.lru_cache(maxsize=4)
def _engine(url: URL) -> Engine:
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)


def _server(url: URL) -> Engine:
    limits = {"lock_timeout": LOCK_S, "statement_timeout": ANSWER_S}
    how = options(
        url,
        connect_timeout=CONNECT_S,
        options=" ".join(f"-c {name}={_seconds(url, seconds) * 1000:.0f}" for name, seconds in limits.items()),
    )
    engine = create_engine(url, pool_pre_ping=True, connect_args=how)
    if not url.get_driver_name().startswith("psycopg"):
        return engine

    from digitlab.database.timed import Timed  # psycopg takes 10 MB

    def gave_up() -> None:
        _away[url] = (time.monotonic(), unavailable(UNREACHED, OSError("it does not answer"), url))

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, args: Any, more: dict[str, Any]) -> Timed:
        _is_ready(url)  # the ping of an older connection may just have waited in vain
        connection = Timed.connect(*args, **more)
        connection.patience, connection.gave_up = _patience.get, gave_up
        return connection

    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
        cursor.execute("PRAGMA wal_autocheckpoint = 0")  # `File` does that
        cursor.execute("PRAGMA synchronous = FULL")  # what an author was told to be kept survives a power cut
        cursor.close()

    return engine
