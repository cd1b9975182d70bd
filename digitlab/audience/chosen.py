"""Chooses the wall of this server: one of its own, or the one that it shares with others."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING

from digitlab import collection, database
from digitlab.audience.wall import SHOWN, Wall
from digitlab.errors import DigitlabError

if TYPE_CHECKING:
    from digitlab.audience.shared_wall import SharedWall

_log = logging.getLogger("digitlab.audience")


@functools.lru_cache(maxsize=1)
def wall() -> Wall | SharedWall:
    """The one wall of this server: in PostgreSQL if that is named, shared by all servers that name it, else in memory.

    After a restart, a wall in memory shows the latest drawings of the collection, but nothing that was hidden before,
    and what waits for approval waits again.
    """
    try:
        if database.is_shared():
            from digitlab.audience.shared_wall import SharedWall  # SQLAlchemy takes 30 MB

            return SharedWall()
        return _as_before() if database.is_there() else _Remembered()
    except DigitlabError:  # the Collection page reports it
        return _Remembered()


class _Remembered(Wall):
    """A wall in memory; the database keeps which drawings are hidden, and whether drawings need approval."""

    def hide(self, number: int) -> None:
        """As `Wall.hide`."""
        super().hide(number)
        self._remember()

    def unhide(self) -> int | None:
        """As `Wall.unhide`."""
        number = super().unhide()
        self._remember()
        return number

    def require_approval(self, on: bool) -> None:
        """As `Wall.require_approval`."""
        super().require_approval(on)
        self._remember()

    def _remember(self) -> None:
        from sqlalchemy import delete

        from digitlab.database.tables import WallRow, WallStateRow

        hidden, approval = self.hidden(), self.look().approval
        try:
            with database.session(patient=False) as opened:
                opened.execute(delete(WallRow))
                opened.add_all(
                    WallRow(token=token, number=number, revision=0, pixels=b"", answers={}, hidden=True)
                    for number, token in enumerate(hidden, 1)
                )
                opened.get_one(WallStateRow, 1).approval = approval
        except DigitlabError as error:  # it holds until the next start
            _log.error("What is hidden will not be remembered: %s", error)


def _as_before() -> Wall:
    """The wall after a restart.

    Raises:
        DatabaseUnavailable: what was hidden is not known.
    """
    from sqlalchemy import select

    from digitlab.database.tables import DrawingRow, WallRow, WallStateRow

    kept = collection.search(newest=SHOWN)
    with database.session() as opened:
        hidden = opened.scalars(select(WallRow.token).where(WallRow.hidden).order_by(WallRow.number)).all()
        ids = select(DrawingRow.id, DrawingRow.token).where(DrawingRow.id.in_([drawing.id for drawing in kept]))
        tokens = {row.id: row.token for row in opened.execute(ids)}
        made = _Remembered(hidden, approval=opened.get_one(WallStateRow, 1).approval)
    for drawing in kept:
        token = tokens.get(drawing.id, f"kept {drawing.id}")
        made.hang(token, drawing.pixels, drawing.answers)
        if drawing.label is not None:
            made.label(token, drawing.label)
    return made
