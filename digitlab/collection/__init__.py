"""Collection: drawings of the room that their authors allowed to be kept, with their labels.

Lives here: keeping, labelling, deleting and exporting drawings.
Door: `keep`, `label`, `delete` and `search` for `Drawing`s, `digits` for the labelled ones; the module `export`.
May import: database, files, settings and errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab.collection import export
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
    "search",
    "set_keeping",
]


def __getattr__(name: str) -> Any:
    """Load the room's modules on first use: a server whose visitors only draw needs no database."""
    if name == "export":
        return importlib.import_module("digitlab.collection.export")
    if name in __all__:
        return getattr(importlib.import_module("digitlab.collection.drawings"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
