"""Chooses the wall of this server: one of its own, or the one that it shares with others."""

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
    """The one wall of this server: in PostgreSQL if that is named, shared by all servers that name it, else in memory.

    After a restart, a wall in memory shows the latest drawings of the collection.
    """
    made = Wall()
    try:
        if database.is_shared():
            from digitlab.audience.shared_wall import SharedWall  # SQLAlchemy takes 30 MB

            return SharedWall()
        kept = collection.search(newest=SHOWN)
    except DigitlabError:  # the Collection page reports it
        kept = []
    for drawing in kept:
        made.hang(f"kept {drawing.id}", drawing.pixels, drawing.answers)
        if drawing.label is not None:
            made.label(f"kept {drawing.id}", drawing.label)
    return made
