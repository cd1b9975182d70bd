"""Segmentation: finds out which ink belongs together, so that several digits on a drawing can be read one by one.

Only positions and sizes decide. Connected ink is one piece. A piece that is much less tall than the tallest one and
close to another is a mark, such as the bar of a 5, and belongs to the nearest tall piece. Pieces that overlap in width,
as the two strokes of an open 4 may, are one digit. Whether the drawing reads better as one digit than as several is
decided later, by `serving.read`.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from digitlab.ink.mnist_format import ROOM

JOINED = 0.25  # ink that joins pieces: hairlines, and faint strokes where they meet dark ones, are lighter in places
SPECK = 0.03  # a piece with less than this share of the largest piece's area is a slip of the pen
BODY = 0.45  # a piece with less than this share of the greatest height is a mark ...
NEAR = 0.3  # ... if its distance to a tall piece is at most this share of the greatest height
MOST = 40  # a picture with more pieces is not a drawing and is not segmented
INSIDE = 0.5  # pieces belong together if they overlap by this share of the narrower one's width
SAME_LINE = 0.4  # pieces are on the same line if they overlap by this share of the less tall one's height


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


class Segment(NamedTuple):
    """The ink of one digit: its `box` in the picture; its `place`, a larger box with room for soft edges; and its own
    `ink` in that place, (height, width) float32 in [0, 1]."""

    box: Box
    place: Box
    ink: np.ndarray


def segments(ink: np.ndarray) -> list[Segment]:
    """The separate digits of a drawing, line by line, each line from the left.

    Args:
        ink: (h, w) float32 in [0, 1], as `foreground.find_ink` gives it.

    Returns:
        The digits; an empty list where no pixel is at least half ink.
    """
    labels, count = ndimage.label(ink >= JOINED, structure=np.ones((3, 3)))
    # Soft edges belong to the nearest piece.
    nearest = _spread(labels) if count > 1 else labels
    labels = np.where(ink >= 0.5, labels, 0)
    areas = np.bincount(labels[labels > 0], minlength=count + 1)[1:]
    if not areas.any():
        return []
    boxes = [_box(place) for place in ndimage.find_objects(labels, count)]
    pieces = [piece for piece in range(count) if areas[piece] >= SPECK * areas.max()]
    members = _together(pieces, boxes) if len(pieces) <= MOST else [pieces]
    found = []
    for segment in members:
        box = functools.reduce(Box.around, (boxes[piece] for piece in segment))
        place = box.grown(math.ceil(ROOM * max(box.width, box.height)), ink.shape)
        own = ink[place.top : place.bottom, place.left : place.right]
        if count > 1:
            near = nearest[place.top : place.bottom, place.left : place.right]
            own = np.where(np.isin(near, [piece + 1 for piece in segment]), own, 0.0)
        found.append(Segment(box, place, own.astype(np.float32)))
    return _in_reading_order(found)


def _together(pieces: list[int], boxes: list[Box]) -> list[list[int]]:
    """Group the pieces by digit: for each digit, the pieces that make it up."""
    highest = max(boxes[piece].height for piece in pieces)
    tall = [piece for piece in pieces if boxes[piece].height >= BODY * highest]

    def gap_to(mark: int, piece: int) -> float:
        return _gap(boxes[mark], boxes[piece])

    marks = [
        piece for piece in pieces if piece not in tall and min(gap_to(piece, body) for body in tall) <= NEAR * highest
    ]
    found: list[list[int]] = []
    for piece in pieces:
        if piece in marks:
            continue
        apart, joined = [], [piece]
        for digit in found:
            if any(_entangled(boxes[piece], boxes[other]) for other in digit):
                joined += digit
            else:
                apart.append(digit)
        found = [*apart, joined]
    home = {piece: digit for digit in found for piece in digit}
    for mark in marks:
        home[min(tall, key=lambda body: gap_to(mark, body))].append(mark)
    return found


def _box(place: tuple[slice, ...] | None) -> Box:
    if place is None:  # a piece without solid ink
        return Box(0, 0, 0, 0)
    rows, columns = place
    return Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)


def _entangled(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across >= INSIDE * min(one.width, other.width) and _beside(one, other)


def _gap(one: Box, other: Box) -> float:
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return float(np.hypot(max(across, 0), max(down, 0)))


def _spread(labels: np.ndarray) -> np.ndarray:
    """The label of the nearest piece, for every pixel."""
    rows, columns = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return labels[rows, columns]


def _in_reading_order(found: list[Segment]) -> list[Segment]:
    """Sort segments line by line from the top. A line may rise or fall: only neighbours must be side by side."""
    lines: list[list[Segment]] = []
    for segment in sorted(found, key=lambda segment: segment.box.left):
        beside = [line for line in lines if _beside(line[-1].box, segment.box)]
        if beside:
            max(beside, key=lambda line: line[-1].box.right).append(segment)
        else:
            lines.append([segment])
    lines.sort(key=lambda line: np.mean([segment.box.top + segment.box.height / 2 for segment in line]))
    return [segment for line in lines for segment in line]


def _beside(one: Box, other: Box) -> bool:
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return down >= SAME_LINE * min(one.height, other.height)
