"""Collection: the drawings of the room that their authors allowed to be kept, and what they really were.

Lives here: keeping, labelling, deleting and exporting drawings.
Door: `keep`, `label`, `delete` and `search` of `Drawing`s, `digits` for what is labelled; the module `export`.
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
    """Load the room when it is first entered: who only draws never needs a database."""
    if name == "export":
        return importlib.import_module("digitlab.collection.export")
    if name in __all__:
        return getattr(importlib.import_module("digitlab.collection.drawings"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
