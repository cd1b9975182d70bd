"""Database: SQLite beside the models, or the PostgreSQL that `DIGITLAB_DATABASE` names.

Lives here: its address, sessions with it, all tables, and the migrations that make them.
Door: `address`, `is_there`, `session`, `prepare`; the modules `tables` and `advisory`.
May import: settings and errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab.database import tables
    from digitlab.database.connection import MIGRATIONS, address, is_there, migrate, prepare, session

__all__ = ["MIGRATIONS", "address", "is_there", "migrate", "prepare", "session", "tables"]


def __getattr__(name: str) -> Any:
    """Load the room when it is first entered: SQLAlchemy and Alembic take 30 MB, and who only draws never does."""
    if name in {"tables", "connection"}:
        return importlib.import_module(f"digitlab.database.{name}")
    if name in __all__:
        return getattr(importlib.import_module("digitlab.database.connection"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
