"""Collection: drawings of the room that their authors allowed to be kept, with their labels.

Lives here: keeping, labelling, deleting and exporting drawings; the journal of those that wait for the database.
Door: `keeper` for authors, with the changes of `change`, their `Fate` and the label `NOT_A_DIGIT`; for pages, the
functions of `drawings`, as `collection.count`, and the module `export`; `journal.waiting`.
May import: database, settings, pixels and errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

from digitlab import database

if TYPE_CHECKING:
    from digitlab.collection import change as change
    from digitlab.collection import export as export
    from digitlab.collection import journal as journal
    from digitlab.collection import keeper as keeper
    from digitlab.collection.change import NOT_A_DIGIT as NOT_A_DIGIT
    from digitlab.collection.change import Fate as Fate
    from digitlab.collection.change import check_token as check_token
    from digitlab.collection.change import is_right as is_right
    from digitlab.collection.drawings import *  # noqa: F403

_OF_CHANGE = {"NOT_A_DIGIT", "Fate", "check_token", "is_right"}


def __getattr__(name: str) -> Any:
    """Load the room's modules on first use: a server whose visitors only draw needs no database."""
    is_module = name in {"change", "export", "journal", "keeper"}
    module = name if is_module else "change" if name in _OF_CHANGE else "drawings"
    if module not in {"change", "journal"}:
        database.load()
    loaded = importlib.import_module(f"digitlab.collection.{module}")
    return loaded if is_module else getattr(loaded, name)
