"""Collection: the drawings of the room that their authors allowed to be kept, and what they really were.

Lives here: the table of drawings and its migrations, in SQLite or PostgreSQL; keeping, labelling, deleting, exporting.
Door: `keep`, `label`, `delete` and `search` of `Drawing`s, `digits` for what is labelled; the module `export`.
May import: files, settings and errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab.collection import export
    from digitlab.collection.database import address, prepare
    from digitlab.collection.drawings import (
        ASIDE,
        TEACHABLE,
        Drawing,
        check_token,
        count,
        delete,
        delete_all,
        digits,
        forget,
        is_aside,
        is_keeping,
        keep,
        label,
        label_of,
        mark,
        search,
        set_keeping,
    )

__all__ = [
    "ASIDE",
    "TEACHABLE",
    "Drawing",
    "address",
    "check_token",
    "count",
    "delete",
    "delete_all",
    "digits",
    "export",
    "forget",
    "is_aside",
    "is_keeping",
    "keep",
    "label",
    "label_of",
    "mark",
    "prepare",
    "search",
    "set_keeping",
]


def __getattr__(name: str) -> Any:
    """Load the room when it is first entered: SQLAlchemy and Alembic take 30 MB, and who only draws never does."""
    if name == "export":
        return importlib.import_module("digitlab.collection.export")
    if name in __all__:
        module = "database" if name in {"address", "prepare"} else "drawings"
        return getattr(importlib.import_module(f"digitlab.collection.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
