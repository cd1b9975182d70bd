"""Walking through a script: a place in it, and where the next key leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a lecture is.

    Attributes:
        at: the step of the script, from 0.
        view: another view than the step's; None for the step's.
        moves: how often the place has changed.
    """

    at: int = 0
    view: str | None = None
    moves: int = 0

    def step(self, by: int, last: int) -> Place:
        """The place so many steps later, within a script whose last step is `last`. From another view, one step back
        leads to the script again."""
        steps = by if self.view is None or by > 0 else 0
        return Place(min(max(0, min(self.at, last) + steps), last), None, self.moves + 1)

    def show(self, view: str) -> Place:
        """The same place of the script, with another view."""
        return Place(self.at, view, self.moves + 1)


Move = Callable[[Place], Place]
