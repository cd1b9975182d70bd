"""Which wall this server has: one of its own, or the one that it shares with others."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from digitlab import collection, database
from digitlab.audience.wall import SHOWN, Wall
from digitlab.errors import DigitlabError

if TYPE_CHECKING:
    from digitlab.audience.shared_wall import SharedWall


@functools.lru_cache(maxsize=1)
def wall() -> Wall | SharedWall:
    """The one wall of this server. It hangs in PostgreSQL where that is named, for all servers that name it.

    Otherwise it hangs in memory, after a restart with what the collection has of the latest drawings.
    """
    made = Wall()
    try:
        if database.is_shared():
            from digitlab.audience.shared_wall import SharedWall  # SQLAlchemy takes 30 MB

            return SharedWall()
        kept = collection.search(newest=SHOWN)
    except DigitlabError:  # the Collection page says what is wrong
        kept = []
    for drawing in kept:
        made.hang(f"kept {drawing.id}", drawing.pixels, drawing.answers)
        if drawing.label is not None:
            made.label(f"kept {drawing.id}", drawing.label)
    return made
