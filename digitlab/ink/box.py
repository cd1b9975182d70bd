"""Rectangles in a picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """A rectangle in a picture, in px: its first column and row, its width and height."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of the rectangle."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row below the rectangle."""
        return self.top + self.height

    @property
    def longer_side(self) -> int:
        """The longer one of width and height."""
        return max(self.width, self.height)

    @property
    def slices(self) -> tuple[slice, slice]:
        """The rectangle's rows and columns, to cut it out of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def moved(self, right: int, down: int) -> Box:
        """The box moved by so many px."""
        return self._replace(left=self.left + right, top=self.top + down)

    def around(self, other: Box) -> Box:
        """The smallest box that contains both boxes."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Box(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)

    def grown(self, by: int, shape: tuple[int, ...]) -> Box:
        """The box with so many px more on each side, within a picture of this height and width."""
        left, top = max(self.left - by, 0), max(self.top - by, 0)
        return Box(left, top, min(self.right + by, shape[1]) - left, min(self.bottom + by, shape[0]) - top)

    def scaled(self, small: tuple[int, int], large: tuple[int, int]) -> Box:
        """The same rectangle in a larger picture, never beyond its edges.

        Args:
            small, large: width and height of this picture and of the larger one, in px. Their proportions may differ:
                no side of a picture is made smaller than 1 px.
        """
        across, down = large[0] / small[0], large[1] / small[1]
        left, top = round(self.left * across), round(self.top * down)
        width, height = round(self.width * across), round(self.height * down)
        return Box(left, top, min(width, large[0] - left), min(height, large[1] - top))

    def mapped(self, homography: np.ndarray, size: tuple[int, int]) -> Box:
        """The smallest box around this rectangle in another picture, never beyond its edges and never empty.

        Args:
            homography: (3, 3), from px of this picture to px of the other one.
            size: width and height of the other one, in px.
        """
        corners = (
            np.array([[x, y, 1.0] for x in (self.left, self.right) for y in (self.top, self.bottom)]) @ homography.T
        )
        places = corners[:, :2] / corners[:, 2:]
        low = np.clip(np.round(places.min(axis=0)), 0, np.array(size) - 1).astype(int)
        high = np.clip(np.round(places.max(axis=0)), low + 1, size).astype(int)
        return Box(*map(int, low), *map(int, high - low))


def from_slices(rows: slice, columns: slice) -> Box:
    """The box with these rows and columns."""
    return Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)


def extent(mask: np.ndarray) -> Box:
    """The smallest box that holds every marked pixel of an (h, w) bool mask; at least one must be marked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return from_slices(slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
