"""The part of the ink because of which a model says what it says, checked by asking the model; none if that fails.

Parts of the ink that have a name, such as the bar at the top, are erased one at a time. A part is the reason if the
model says another digit without it or loses most of its confidence, and if the attribution map points at it as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy import ndimage

from digitlab.explain.attribution import INK
from digitlab.serving import Classifier

LEAST_SHARE, MOST_SHARE = 0.05, 0.4  # share of the ink: a smaller part is a speck, a larger one nearly the whole digit
CLEAR = 0.5  # a loss is clear if the new answer has at least this probability, or the old one loses at least this much
ELONGATED = 2.5  # a part is a stroke if it is at least this many times as long as wide, judged by its spread
UPRIGHT_DEG = 25  # a stroke is called a bar or upright if it deviates less than this from the axis
NARROW_PX = 8  # in a digit narrower than this, left and right are not distinguished
THIRD = 0.36  # a part is at the top if its middle is within this share of the ink's box
# Windows in the ink's box, as shares of its rows and columns: thirds and halves, and the four quarters.
_WINDOWS = [
    *((low, high, 0.0, 1.0) for low, high in ((0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1), (0, 1 / 2), (1 / 2, 1))),
    *((0.0, 1.0, low, high) for low, high in ((0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1), (0, 1 / 2), (1 / 2, 1))),
    *((row, row + 1 / 2, column, column + 1 / 2) for row in (0, 1 / 2) for column in (0, 1 / 2)),
]
# Straight pieces of ink, longer than a stroke is wide: horizontal, vertical and along both diagonals.
_LINES = [np.ones((1, 8), bool), np.ones((8, 1), bool), np.eye(6, dtype=bool), np.eye(6, dtype=bool)[::-1]]


class Part(NamedTuple):
    """What a part of the ink is called: its shape, "ink" if it is no straight stroke, and its place within all the ink,
    None for the middle."""

    shape: Literal["bar", "upright", "slanted", "ink"]
    row: Literal["top", "bottom"] | None
    column: Literal["left", "right"] | None


@dataclass(frozen=True)
class Reason:
    """A part of the ink without which a model does not give its answer.

    Attributes:
        name: of the model.
        digit, confidence: its answer to the whole drawing, and the probability of that digit.
        pixels: (28, 28) bool, the part of the ink.
        part: what it is called.
        digit_without: the answer without the part.
        confidence_without: the probability of `digit` without the part.
    """

    name: str
    digit: int
    confidence: float
    pixels: np.ndarray
    part: Part
    digit_without: int
    confidence_without: float

    @property
    def flips(self) -> bool:
        """Whether the model says another digit without the part."""
        return self.digit_without != self.digit


def find(model: Classifier, pixels: np.ndarray, digit_map: np.ndarray) -> Reason | None:
    """The best part whose loss clearly changes the answer; None if there is none or the model sees no digit.

    Parts that flip the answer come first, then named strokes, then smaller parts.

    Args:
        model: the model to ask, in one call.
        pixels: (28, 28) float32 in [0, 1].
        digit_map: (28, 28), the attribution map of the model's answer, from `attribution.maps`.
    """
    parts = _parts(pixels)
    asked = model.answer(np.concatenate([pixels[None], *(np.where(part, 0, pixels)[None] for part in parts)]))
    whole, *without = asked.probabilities
    digit = int(whole.argmax())
    if asked.scores[0] < 0:
        return None
    ink = pixels > INK
    found = []
    for part, probabilities in zip(parts, without, strict=True):
        # The map must also point at this part more strongly than at the rest of the ink.
        if digit_map[part].mean() <= digit_map[ink & ~part].mean():
            continue
        other, left = int(probabilities.argmax()), float(probabilities[digit])
        if (probabilities[other] if other != digit else whole[digit] - left) >= CLEAR:
            found.append(Reason(model.name, digit, float(whole[digit]), part, _named(part, ink), other, left))
    # A stroke is clearer than "the ink", and a smaller part says more.
    return min(found, key=lambda cause: (not cause.flips, cause.part.shape == "ink", cause.pixels.sum()), default=None)


def _parts(pixels: np.ndarray) -> list[np.ndarray]:
    """(28, 28) bool each: the ink in each window and each straight piece of ink, if it has a suitable size."""
    ink = pixels > INK
    if not ink.any():
        return []
    (top, bottom), (left, right) = (
        (lines[0], lines[-1] + 1) for lines in (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    )
    rows, columns = np.mgrid[:28, :28]
    row = (rows + 0.5 - top) / (bottom - top)
    column = (columns + 0.5 - left) / (right - left)
    parts = [
        ink & (row >= above) & (row < below) & (column >= before) & (column < after)
        for above, below, before, after in _WINDOWS
    ]
    for line in _LINES:
        lines, count = ndimage.label(ndimage.binary_opening(ink, line), np.ones((3, 3)))
        parts += [lines == number for number in range(1, count + 1)]
    return [part for part in parts if LEAST_SHARE <= pixels[part].sum() / pixels.sum() <= MOST_SHARE]


def _named(part: np.ndarray, ink: np.ndarray) -> Part:
    down, across = (_share(part, ink, axis) for axis in (1, 0))
    return Part(
        _shape(part),
        "top" if down < THIRD else "bottom" if down > 1 - THIRD else None,
        "left" if across < THIRD else "right" if across > 1 - THIRD else None,
    )


def _shape(part: np.ndarray) -> Literal["bar", "upright", "slanted", "ink"]:
    if ndimage.label(part, np.ones((3, 3)))[1] > 1:
        return "ink"
    rows, columns = np.nonzero(part)
    spreads, axes = np.linalg.eigh(np.cov(columns, rows))
    if len(rows) < 3 or spreads[1] < ELONGATED**2 * spreads[0]:
        return "ink"
    along_x, along_y = np.abs(axes[:, 1])
    steep = np.rad2deg(np.arctan2(along_y, along_x))
    return "bar" if steep < UPRIGHT_DEG else "upright" if steep > 90 - UPRIGHT_DEG else "slanted"


def _share(part: np.ndarray, ink: np.ndarray, axis: int) -> float:
    """Where the middle of the part lies within the ink, in [0, 1]: from the top with axis 1, from the left with 0."""
    all_lines, own = np.flatnonzero(ink.any(axis=axis)), np.nonzero(part)[1 - axis]
    low, high = all_lines[0], all_lines[-1] + 1
    return 0.5 if axis == 0 and high - low < NARROW_PX else float((own.mean() + 0.5 - low) / (high - low))
