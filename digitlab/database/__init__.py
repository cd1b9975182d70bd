"""Database: SQLite beside the models, or the PostgreSQL that `DIGITLAB_DATABASE` names.

Lives here: the database's address, sessions with it, all tables, and the migrations that create them.
Door: `is_shared`, `shared_or_own`, `address`, `is_there`, `session`, `prepare`; the modules `tables` and `advisory`.
May import: settings and errors.
"""

import importlib
from collections.abc import Callable
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


def __getattr__(name: str) -> Any:
    """Load `connection` on first use: SQLAlchemy and Alembic take 30 MB, which drawing alone does not need."""
    return getattr(importlib.import_module("digitlab.database.connection"), name)
