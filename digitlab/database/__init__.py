"""Database: SQLite beside the models, or the PostgreSQL that `DIGITLAB_DATABASE` names.

Lives here: the database's address, sessions with it, all tables, and the migrations that create them.
Door: `load`, `is_shared`, `shared_or_own`, `address`, `is_there`, `session`, `prepare`; the modules `tables` and
`advisory`.
May import: settings and errors.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from digitlab import settings
from digitlab.errors import DigitlabError

if TYPE_CHECKING:
    from digitlab.database.connection import *  # noqa: F403

Shared = TypeVar("Shared")
Own = TypeVar("Own")


def is_shared() -> bool:
    """Whether the settings name a PostgreSQL, which several machines can share.

    Raises:
        InvalidValue: `DIGITLAB_DATABASE` is not an address that SQLAlchemy knows.
    """
    if (settings.load().database or "sqlite:").startswith("sqlite"):
        return False  # known without loading SQLAlchemy
    return bool(__getattr__("address")().get_backend_name() == "postgresql")


def shared_or_own(shared: Callable[[], Shared], own: Callable[[], Own]) -> Shared | Own:
    """What all servers share that name the same PostgreSQL, made by `shared`; else this server's own.

    An address that cannot be used counts as none here: the Collection page reports it.
    """
    try:
        return shared() if is_shared() else own()
    except DigitlabError:
        return own()


def load() -> ModuleType:
    """Load SQLAlchemy and Alembic, 30 MB that drawing alone does not need, before anything else imports them.

    Threads that load this one module wait for each other. Modules of SQLAlchemy import each other: if two threads began
    at different ones, both would find half of it, and it would be broken until the process ends.
    """
    return importlib.import_module("digitlab.database.connection")


def __getattr__(name: str) -> Any:
    """What is in `connection`, loaded on first use."""
    return getattr(load(), name)
