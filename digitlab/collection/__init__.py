"""Collection: drawings of the room that their authors allowed to be kept, with their labels.

Lives here: keeping, labelling, deleting and exporting drawings.
Door: the functions of `drawings`, as `collection.keep`; the module `export`.
May import: database, files, settings and errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab.collection import export as export
    from digitlab.collection.drawings import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Load the room's modules on first use: a server whose visitors only draw needs no database."""
    if name == "export":
        return importlib.import_module("digitlab.collection.export")
    return getattr(importlib.import_module("digitlab.collection.drawings"), name)
