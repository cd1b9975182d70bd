"""A drawing as the strokes of the pen, which can be read from JSON and redrawn at any size and width.

A broad brush fills the loops of a small drawing, and they cannot be recovered from a picture. The strokes still have
them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from scipy import ndimage

from digitlab.errors import NothingDrawn, OnlyADot, UnreadablePicture
from digitlab.ink.mnist_format import SMALLEST_PX, STROKE_SHARE, WORKING_SIDE

CANVAS_PX, BRUSH_PX = 280, 20  # the side of a canvas, and the brush that people find on it
PEN = Path(__file__).with_name("pen.js")  # draws on the app's pages
LARGEST_SIDE = 10_000  # px: the longest side of a drawing
# Limits for one drawing, so that nobody can fill a server's memory with a message of a few bytes.
MOST_POINTS = 10_000  # over a minute of a pen that never pauses
MOST_LENGTH = 1_000  # length of the pen's path, as a multiple of the drawing's extent and of the canvas's side
MOST_BRUSHES = 50  # different widths
LEAST_REACH = 0.5  # strokes whose extent is less than this many widths of the brush are a dot
EXPECTED = f'{{"width": {CANVAS_PX}, "height": {CANVAS_PX}, "brush": {BRUSH_PX}, "strokes": [[[x, y], ...], ...]}}'


@dataclass(frozen=True)
class Strokes:
    """What the pen did on a canvas.

    Attributes:
        width, height: of the canvas in px.
        lines: for each stroke, (n, 2) float in px: x to the right, y down; n at least 1.
        brushes: for each stroke, the width of the brush in px.
    """

    width: int
    height: int
    lines: tuple[np.ndarray, ...]
    brushes: tuple[float, ...]

    def only(self, chosen: list[int]) -> Strokes:
        """The same canvas with only some of its strokes."""
        return replace(
            self, lines=tuple(self.lines[at] for at in chosen), brushes=tuple(self.brushes[at] for at in chosen)
        )

    def fitted(self, side: int) -> Strokes:
        """The same drawing on a canvas whose longer side is at most `side` px."""
        factor = side / max(self.width, self.height)
        if factor >= 1:
            return self
        return Strokes(
            max(1, round(self.width * factor)), max(1, round(self.height * factor)),
            tuple(line * factor for line in self.lines), tuple(brush * factor for brush in self.brushes),
        )  # fmt: skip


def parse(data: bytes) -> Strokes:
    """Read strokes from JSON text of the form `EXPECTED`; see `from_json`, which takes decoded JSON.

    Raises:
        UnreadablePicture: the text has another form; the message says what was expected and what was found.
    """
    try:
        decoded = json.loads(data)
    except UnicodeDecodeError as error:
        raise _unreadable("this is not JSON (it is not even text)") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"this is not JSON ({error})") from error
    if not isinstance(decoded, dict):
        raise _unreadable("this is no object")
    return from_json(decoded)


def from_json(fields: dict[str, Any]) -> Strokes:
    """Read strokes from a decoded JSON object of the form `EXPECTED`; `brush` may also be a list, one width per stroke.

    Raises:
        UnreadablePicture: as `parse`.
    """
    width, height = (_number(fields, name, 1, LARGEST_SIDE) for name in ("width", "height"))
    strokes = fields.get("strokes")
    if not isinstance(strokes, list):
        raise _unreadable("strokes are missing" if strokes is None else f"strokes are {_abridged(strokes)}")
    side = max(width, height)
    lines = [_line(stroke, number) for number, stroke in enumerate(strokes, 1)]
    if sum(map(len, lines)) > MOST_POINTS:
        raise _unreadable(f"there are more than {MOST_POINTS:,} points")
    if lines:
        extent = np.ptp(np.concatenate(lines), axis=0).max()
        if sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines) > MOST_LENGTH * min(extent, side):
            raise _unreadable(f"the pen goes more than {MOST_LENGTH:,} times across")
    return Strokes(round(width), round(height), tuple(map(smooth, lines)), _brushes(fields, len(lines), side))


def _brushes(fields: dict[str, Any], count: int, side: float) -> tuple[float, ...]:
    brush = fields.get("brush")
    if not isinstance(brush, list):
        return (_number(fields, "brush", 0.1, side),) * count
    if len(brush) != count:
        raise _unreadable(f"brush has {len(brush)} widths for {count} strokes")
    brushes = tuple(_number({"brush": width}, "brush", 0.1, side) for width in brush)
    if len(set(brushes)) > MOST_BRUSHES:
        raise _unreadable(f"there are more than {MOST_BRUSHES} widths of the brush")
    return brushes


def _line(stroke: Any, number: int) -> np.ndarray:
    try:
        points = np.array(stroke, dtype=float)
    except (ValueError, TypeError, OverflowError):
        points = np.empty(0)
    is_readable = points.ndim == 2 and points.shape[1] == 2 and np.isfinite(points).all()
    if not is_readable or not all(map(_is_number, chain.from_iterable(stroke))):
        raise _unreadable(f"stroke {number} is {_abridged(stroke)}, not a list of [x, y] points, two numbers each")
    if np.abs(points).max() > LARGEST_SIDE:
        raise _unreadable(f"stroke {number} leaves the canvas by more than {LARGEST_SIDE:,} px")
    return points


def _number(fields: dict[str, Any], name: str, least: float, most: float) -> float:
    value = fields.get(name)
    try:
        number = float(value) if _is_number(value) else math.nan
    except OverflowError:  # a whole number of hundreds of digits
        number = math.nan
    if not math.isfinite(number):
        raise _unreadable(f"{name} is missing" if value is None else f"{name} is {_abridged(value)}")
    if not least <= number <= most:
        raise _unreadable(f"{name} is {number:g}, not {least:g} to {most:g}")
    return number


def _is_number(value: Any) -> TypeGuard[float]:
    """Whether JSON has a number here. To Python true is one, too, and to NumPy also "140"."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unreadable(what: str) -> UnreadablePicture:
    return UnreadablePicture(f"These strokes cannot be read: {what}. Expected {EXPECTED}.")


def _abridged(value: Any) -> str:
    """The beginning of a value as JSON. No more is written: the rest may be nested too deep for that."""
    text = ""
    for piece in json.JSONEncoder().iterencode(value):
        text += piece
        if len(text) > 40:
            return f"{text[:37]}..."
    return text


def smooth(line: np.ndarray) -> np.ndarray:
    """A stroke as the canvas draws it: along quadratic curves through the midpoints between the reported points.

    Args, returns: (n, 2) float in px; the result has more points.
    """
    if len(line) < 3:
        return line
    middles = (line[:-1] + line[1:]) / 2
    start, control, end = (points[:, None] for points in (middles[:-1], line[1:-1], middles[1:]))
    share = np.linspace(0, 1, 6)[:, None]  # six points to a quadratic Bézier curve, its ends included
    curves = (1 - share) ** 2 * start + 2 * share * (1 - share) * control + share**2 * end
    return np.concatenate([line[:1], curves.reshape(-1, 2), line[-1:]])


def as_drawn(strokes: Strokes) -> np.ndarray:
    """(height, width) float32 in [0, 1]: the ink as it is on the canvas; 1 where a pixel is full ink."""
    ink = np.zeros((strokes.height, strokes.width), np.float32)
    for brush in set(strokes.brushes):
        lines = [line for line, width in zip(strokes.lines, strokes.brushes, strict=True) if width == brush]
        np.maximum(ink, _around(np.concatenate([dense(line) for line in lines]), brush, ink.shape), out=ink)
    return ink


def is_dot(strokes: Strokes) -> bool:
    """Whether strokes, one or more, hardly leave their place."""
    reach, brush = float(np.ptp(np.concatenate(strokes.lines), axis=0).max()), max(strokes.brushes)
    return reach < LEAST_REACH * brush or reach + brush < SMALLEST_PX


def redrawn(strokes: Strokes) -> np.ndarray:
    """The strokes redrawn as MNIST would have them: `WORKING_SIDE` px on the longer side, strokes an eighth as wide.

    Returns:
        (h, w) float32 in [0, 1], with some room around the ink.

    Raises:
        NothingDrawn: there are no strokes.
        OnlyADot: the strokes hardly leave one place.
    """
    if not strokes.lines:
        raise NothingDrawn()
    if is_dot(strokes):
        raise OnlyADot()
    points = np.concatenate(strokes.lines)
    low, high = points.min(axis=0), points.max(axis=0)
    width = WORKING_SIDE * STROKE_SHARE
    factor, room = (WORKING_SIDE - width) / float((high - low).max()), width / 2 + 2
    across, down = np.ceil((high - low) * factor + 2 * room).astype(int)
    path = np.concatenate([dense((line - low) * factor + room) for line in strokes.lines])
    return _around(path, width, (int(down), int(across)))


def _around(path: np.ndarray, width: float, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) float32 in [0, 1]: everything within half a width of a dense path, cut off at the edges."""
    margin = math.ceil(width / 2) + 1  # a path just outside the picture still paints inside
    on_path = np.zeros((shape[0] + 2 * margin, shape[1] + 2 * margin), dtype=bool)
    columns, rows = np.floor(path).astype(int).T + margin
    inside = (rows >= 0) & (rows < on_path.shape[0]) & (columns >= 0) & (columns < on_path.shape[1])
    on_path[rows[inside], columns[inside]] = True
    if not on_path.any():
        return np.zeros(shape, np.float32)
    distance = ndimage.distance_transform_edt(~on_path)
    painted = np.clip(width / 2 + 0.5 - distance, 0, 1).astype(np.float32)
    return painted[margin:-margin, margin:-margin]


def dense(line: np.ndarray) -> np.ndarray:
    """Points along a stroke that are less than half a px apart."""
    if len(line) == 1:
        return line
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    places = np.linspace(0, along[-1], max(2, math.ceil(2.5 * along[-1])))
    return np.stack([np.interp(places, along, axis) for axis in line.T], axis=1)
