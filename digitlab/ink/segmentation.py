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

from digitlab.ink.box import Box, from_slices
from digitlab.ink.mnist_format import ROOM

JOINED = 0.25  # ink that joins pieces: hairlines, and faint strokes where they meet dark ones, are lighter in places
SPECK = 0.03  # a piece with less than this share of the largest piece's area is a slip of the pen
BODY = 0.45  # a piece with less than this share of the greatest height is a mark ...
NEAR = 0.3  # ... if its distance to a tall piece is at most this share of the greatest height
MOST = 40  # a picture with more pieces is not a drawing and is not segmented
INSIDE = 0.5  # pieces belong together if they overlap by this share of the narrower one's width
_TOUCHES = np.ones((3, 3))  # pixels touch at edges and at corners
SAME_LINE = 0.4  # pieces are on the same line if they overlap by this share of the less tall one's height


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
    numbers, labels, boxes = numbered(ink)
    # Soft edges belong to the nearest piece.
    nearest = numbers[_spread(labels)] if len(numbers) > 2 else None
    digits = []
    for at, box in enumerate(boxes):
        place = box.grown(math.ceil(ROOM * box.longer_side), ink.shape)
        own = ink[place.slices] if nearest is None else np.where(nearest[place.slices] == at, ink[place.slices], 0.0)
        digits.append(Segment(box, place, own.astype(np.float32)))
    return digits


def numbered(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Box]]:
    """Which connected ink belongs to which of the separate digits of a drawing.

    Args:
        ink: as for `segments`.

    Returns:
        For each piece of connected ink the number of its digit, (n + 1,) int, -1 for a slip of the pen and for no ink;
        for each pixel the number of its piece, (h, w) int in 0..n, 0 for no ink; and for each digit the box of all
        pixels that are at least half ink. The digits are in reading order; there is none where no pixel is half ink.
    """
    labels, count = ndimage.label(ink >= JOINED, structure=_TOUCHES)
    solid = labels * (ink >= 0.5)
    areas = np.bincount(solid.ravel(), minlength=count + 1)[1:]
    if not areas.any():
        return np.full(count + 1, -1), labels, []
    large = np.flatnonzero(areas >= SPECK * areas.max()) + 1
    number = np.zeros(count + 1, int)  # of each label's piece, from 1; 0 for a slip of the pen
    number[large] = 1 if len(large) > MOST else np.arange(1, len(large) + 1)
    boxes = [from_slices(*place) for place in ndimage.find_objects(solid if count == 1 else number[solid])]
    groups = _grouped(list(range(len(boxes))), boxes)
    digits = [functools.reduce(Box.around, (boxes[piece] for piece in members)) for members in groups]
    order = _in_reading_order(digits)
    group = np.full(len(boxes) + 1, -1)
    for at, digit in enumerate(order):
        group[[piece + 1 for piece in groups[digit]]] = at
    return group[number], labels, [digits[digit] for digit in order]


def _grouped(pieces: list[int], boxes: list[Box]) -> list[list[int]]:
    """For each digit, the pieces that make it up."""
    highest = max(boxes[piece].height for piece in pieces)
    tall = [piece for piece in pieces if boxes[piece].height >= BODY * highest]

    def distance(mark: int, piece: int) -> float:
        return _distance(boxes[mark], boxes[piece])

    marks = [
        piece for piece in pieces if piece not in tall and min(distance(piece, body) for body in tall) <= NEAR * highest
    ]
    digits: list[list[int]] = []
    for piece in pieces:
        if piece in marks:
            continue
        apart, joined = [], [piece]
        for digit in digits:
            if any(_entangled(boxes[piece], boxes[other]) for other in digit):
                joined += digit
            else:
                apart.append(digit)
        digits = [*apart, joined]
    home = {piece: digit for digit in digits for piece in digit}
    for mark in marks:
        home[min(tall, key=lambda body: distance(mark, body))].append(mark)
    return digits


def _gaps(a: Box, b: Box) -> tuple[int, int]:
    """The px between two boxes, across and down; less than 0 by as much as they overlap."""
    return max(a.left, b.left) - min(a.right, b.right), max(a.top, b.top) - min(a.bottom, b.bottom)


def _entangled(a: Box, b: Box) -> bool:
    return -_gaps(a, b)[0] >= INSIDE * min(a.width, b.width) and _beside(a, b)


def _distance(a: Box, b: Box) -> float:
    return float(np.hypot(*np.maximum(_gaps(a, b), 0)))


def _spread(labels: np.ndarray) -> np.ndarray:
    """The label of the nearest piece, for every pixel."""
    rows, columns = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return labels[rows, columns]


def _in_reading_order(boxes: list[Box]) -> list[int]:
    """The places of boxes in a list, line by line from the top. A line may rise or fall: only neighbours must be side
    by side."""
    lines: list[list[int]] = []
    for at in sorted(range(len(boxes)), key=lambda at: boxes[at].left):
        beside = [line for line in lines if _beside(boxes[line[-1]], boxes[at])]
        if beside:
            max(beside, key=lambda line: boxes[line[-1]].right).append(at)
        else:
            lines.append([at])
    lines.sort(key=lambda line: np.mean([boxes[at].top + boxes[at].height / 2 for at in line]))
    return [at for line in lines for at in line]


def _beside(a: Box, b: Box) -> bool:
    return -_gaps(a, b)[1] >= SAME_LINE * min(a.height, b.height)
