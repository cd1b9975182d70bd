"""A drawing as the strokes of the pen, which can be read from JSON and redrawn at any size and width.

A broad brush fills the loops of a small drawing, and they cannot be recovered from a picture. The strokes still have
them.
"""

from __future__ import annotations

import functools
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from digitlab.errors import NothingDrawn, OnlyADot, UnreadablePicture
from digitlab.ink.box import Box
from digitlab.ink.mnist_format import SMALLEST_PX, STROKE_SHARE, WORKING_SIDE
from digitlab.language import N_

CANVAS_PX, BRUSH_PX = 280, 20  # the side of a canvas, and the brush that people find on it
PEN = Path(__file__).with_name("pen.js")  # draws on the app's pages
PIXELS = Path(__file__).with_name("pixels.js")  # shows 28 x 28 pixels there
LARGEST_SIDE = 10_000  # px: the longest side of a drawing
# Limits for one drawing, so that what is small to send is small to read. Nobody draws more than that.
LARGEST_BYTES = 700_000  # of the JSON text of a drawing
MOST_POINTS = 15_000  # over a minute of a pen that never pauses and is seen 240 times a second
MOST_STROKES = 200  # a minute of a pen that is lifted three times a second
MOST_LENGTH = 1_000  # length of the pen's path, as a multiple of the drawing's extent and of the canvas's side
MOST_BRUSHES = 50  # different widths
# What a drawing within these limits may cost. One that would cost more is read more coarsely; no ordinary one is.
DENSE = 2.5  # places that are painted for each px of the path ...
MOST_PLACES = 40_000  # ... and in all: those of a path that goes 57 times across the app's canvas
MOST_REDRAWN = 10_000  # the same for a digit of MNIST's size, whose strokes are broad: 28 times across
LARGEST_AREA = 300_000  # px of the pictures painted, one for each width of the brush
LARGEST_PICTURE = 320  # px: longer side of the canvas on which it is decided which ink belongs together ...
BROADEST = 60  # px: ... and the broadest brush on it
MANY_POINTS = 4_000  # so many need no points between them to make curves
_SPARSE, _MOST_COMPARED = 10, 400  # one in so many places of a path is compared with other strokes, but no more in all
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

    def extent(self) -> tuple[float, float]:
        """Width and height in px of where the pen went."""
        points = np.concatenate(self.lines)
        width, height = points.max(axis=0) - points.min(axis=0)
        return float(width), float(height)

    def only(self, chosen: list[int]) -> Strokes:
        """The same canvas with only some of its strokes."""
        return replace(
            self, lines=tuple(self.lines[at] for at in chosen), brushes=tuple(self.brushes[at] for at in chosen)
        )

    def fitted(self) -> Strokes:
        """The same drawing on a canvas of at most `LARGEST_PICTURE`; a smaller one for many or broad brushes."""
        brushes = set(self.brushes)
        area = sum((self.width + brush) * (self.height + brush) for brush in brushes)
        factor = min(
            LARGEST_PICTURE / max(self.width, self.height), BROADEST / max(brushes, default=1),
            math.sqrt(LARGEST_AREA / max(area, 1)),
        )  # fmt: skip
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
    if len(data) > LARGEST_BYTES:
        raise _unreadable(f"they take more than {LARGEST_BYTES // 1000} kB")
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
    if len(strokes) > MOST_STROKES:
        raise _unreadable(f"there are more than {MOST_STROKES} strokes")
    count = sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
    if count > MOST_POINTS:
        raise _unreadable(f"there are more than {MOST_POINTS:,} points")
    side = max(width, height)
    lines = [_line(stroke, number) for number, stroke in enumerate(strokes, 1)]
    if lines:
        low, high = _corners(lines)
        if sum(_lengths(line).sum() for line in lines) > MOST_LENGTH * min((high - low).max(), side):
            raise _unreadable(f"the pen goes more than {MOST_LENGTH:,} times across")
    curves = tuple(smooth(line, 2 if count > MANY_POINTS else 6) for line in lines)
    return Strokes(round(width), round(height), curves, _brushes(fields, len(lines), side))


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
    points: np.ndarray = np.empty(0)
    # Checked before an array is made of them, since these may be lists in lists, and as large as a message.
    if isinstance(stroke, list) and set(map(type, stroke)) <= {list, tuple} and set(map(len, stroke)) == {2}:
        numbers = list(chain.from_iterable(stroke))
        if all(issubclass(kind, int | float) and kind is not bool for kind in set(map(type, numbers))):
            with suppress(OverflowError):  # a whole number of hundreds of digits
                points = np.array(numbers, dtype=float).reshape(-1, 2)
    if not points.size or not np.isfinite(points).all():
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
    return UnreadablePicture(
        N_("These strokes cannot be read: {what}. Expected {expected}."), what=what, expected=EXPECTED
    )


def _abridged(value: Any) -> str:
    """The beginning of a value as JSON. No more is written: the rest may be nested too deep for that."""
    text = ""
    for piece in json.JSONEncoder().iterencode(value):
        text += piece
        if len(text) > 40:
            return f"{text[:37]}..."
    return text


def smooth(line: np.ndarray, points: int = 6) -> np.ndarray:
    """A stroke as the canvas draws it: along quadratic curves through the midpoints between the reported points.

    Args:
        line: (n, 2) float in px.
        points: of each quadratic Bézier curve, its ends included.

    Returns:
        (m, 2) float in px, with more points.
    """
    if len(line) < 3:
        return line
    middles = (line[:-1] + line[1:]) / 2
    start, control, end = (points[:, None] for points in (middles[:-1], line[1:-1], middles[1:]))
    from_start, from_control, from_end = _bernstein(points)
    curves = from_start * start + from_control * control + from_end * end
    return np.concatenate([line[:1], curves.reshape(-1, 2), line[-1:]])


@functools.cache
def _bernstein(points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the three points of a quadratic Bézier curve count at places along it; each (points, 1)."""
    share = np.linspace(0, 1, points)[:, None]
    return (1 - share) ** 2, 2 * share * (1 - share), share**2


def cut(drawing: Strokes, share: float) -> Strokes:
    """The first part of a drawing.

    Args:
        drawing: with at least one stroke.
        share: of the whole length of its strokes, in (0, 1].
    """
    if share == 1:
        return drawing  # with the dots at its end, which have no length
    lengths = [np.hypot(*np.diff(line, axis=0).T) for line in drawing.lines]
    left = share * sum(float(steps.sum()) for steps in lengths)
    lines = []
    for line, steps in zip(drawing.lines, lengths, strict=True):
        travelled = np.concatenate([[0.0], np.cumsum(steps)])
        reached = int(np.searchsorted(travelled, left, side="right"))
        part = line[:reached]
        if reached < len(line):
            within = (left - travelled[reached - 1]) / steps[reached - 1]
            part = np.concatenate([part, [line[reached - 1] + within * (line[reached] - line[reached - 1])]])
        lines.append(part)
        left -= float(travelled[-1])
        if left <= 0:
            break
    return Strokes(drawing.width, drawing.height, tuple(lines), drawing.brushes[: len(lines)])


def as_drawn(strokes: Strokes) -> np.ndarray:
    """(height, width) float32 in [0, 1]: the ink as it is on the canvas; 1 where a pixel is full ink."""
    ink = np.zeros((strokes.height, strokes.width), np.float32)
    place, near = inked(strokes, dense(strokes.lines))
    ink[place.slices] = near
    return ink


def inked(strokes: Strokes, paths: Sequence[np.ndarray]) -> tuple[Box, np.ndarray]:
    """The part of the canvas that has any ink, perhaps none of it, and the ink there, as `as_drawn`.

    Args:
        strokes: the drawing.
        paths: what `dense` gives for it.
    """
    parts: list[tuple[Box, np.ndarray]] = []
    by_brush: defaultdict[float, list[np.ndarray]] = defaultdict(list)
    for path, brush in zip(paths, strokes.brushes, strict=True):
        by_brush[brush].append(path)
    for brush, alike in by_brush.items():
        parts += _around(np.concatenate(alike), brush, strokes.width, strokes.height)
    if len(parts) == 1:
        return parts[0]
    place = functools.reduce(Box.around, (box for box, _ in parts)) if parts else Box(0, 0, 0, 0)
    ink = np.zeros((place.height, place.width), np.float32)
    for box, own in parts:
        part = ink[box.moved(-place.left, -place.top).slices]
        np.maximum(part, own, out=part)
    return place, ink


def joined(strokes: Strokes, paths: Sequence[np.ndarray]) -> Box | None:
    """Where all ink is, if it can be told without painting it that it is in one piece; None if it cannot.

    Args:
        strokes: the drawing, with at least one stroke.
        paths: what `dense` gives for it.
    """
    if sum(map(len, paths)) >= MOST_PLACES:
        return None  # places of a path may be so far apart that they do not touch
    path = np.floor(np.concatenate(paths))
    starts = np.cumsum([0, *map(len, paths[:-1])])
    half = np.floor(np.divide(strokes.brushes, 2))[:, None]
    low, high = np.minimum.reduceat(path, starts), np.maximum.reduceat(path, starts)
    size = strokes.width, strokes.height
    if low.min() < 0 or (high >= size).any() or not _touch(strokes, paths):
        return None
    left, top = np.maximum((low - half).min(axis=0), 0).astype(int)
    right, bottom = np.minimum((high + half).max(axis=0) + 1, size).astype(int)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def _touch(strokes: Strokes, paths: Sequence[np.ndarray]) -> bool:
    """Whether every stroke certainly touches another, and all of them are in one piece."""
    if len(paths) == 1:
        return True
    some = [path[::_SPARSE] for path in paths]
    counts = [len(path) for path in some]
    if sum(counts) > _MOST_COMPARED:
        return False
    x, y = np.concatenate(some).astype(np.float32).T
    half = np.repeat(np.divide(strokes.brushes, 2), counts).astype(np.float32)
    # Two round spots that overlap by 1 px have a pixel in common.
    reach = np.maximum(np.add.outer(half, half) - 1, 0)
    near = np.square(np.subtract.outer(x, x)) + np.square(np.subtract.outer(y, y)) < np.square(reach)
    starts = np.cumsum([0, *counts[:-1]])
    touches = np.logical_or.reduceat(np.logical_or.reduceat(near, starts), starts, axis=1)
    reached = touches[0]
    for _path in paths:
        reached = touches[reached].any(axis=0) | reached
    return bool(reached.all())


def is_dot(strokes: Strokes) -> bool:
    """Whether strokes, one or more, hardly leave their place."""
    low, high = _corners(strokes.lines)
    reach, brush = float((high - low).max()), max(strokes.brushes)
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
    low, high = _corners(strokes.lines)
    width = WORKING_SIDE * STROKE_SHARE
    factor, room = (WORKING_SIDE - width) / float((high - low).max()), width / 2 + 2
    across, down = np.ceil((high - low) * factor + 2 * room).astype(int)
    path = np.concatenate(dense([(line - low) * factor + room for line in strokes.lines], MOST_REDRAWN))
    return _painted(path.astype(int), width, int(down), int(across))


def _around(path: np.ndarray, width: float, across: int, down: int) -> list[tuple[Box, np.ndarray]]:
    """Everything within half a width of a dense path, as far as it is on a canvas: its place, and the ink there."""
    margin = math.ceil(width / 2) + 1
    path = np.floor(path).astype(int)
    if path.min() < 0 or (path >= (across, down)).any():  # a path just outside still paints inside
        path = path[((path >= -margin) & (path < (across + margin, down + margin))).all(axis=1)]
        if not len(path):
            return []
    left, top = map(int, path.min(axis=0) - margin)
    right, bottom = map(int, path.max(axis=0) + margin + 1)
    ink = _painted(path - (left, top), width, bottom - top, right - left)
    seen = Box(max(left, 0), max(top, 0), min(right, across) - max(left, 0), min(bottom, down) - max(top, 0))
    return [(seen, ink[seen.moved(-left, -top).slices])]


def _painted(path: np.ndarray, width: float, down: int, across: int) -> np.ndarray:
    """(down, across) float32 in [0, 1]: everything within half a width of some pixels.

    Args:
        path: (n, 2) int, columns and rows; at least half a width and 1 px from each edge.
        width: in px, at most `BROADEST`.
        down, across: the size of the picture.
    """
    reach = math.ceil(width / 2) + 1  # no ink is so far from a pixel of the path
    # The squares of the distances, first along rows, then along columns. All rows are one line of memory: what goes
    # beyond the end of one reaches at most into the margin of the next.
    squares = np.full(down * across, reach * reach, np.uint8 if 2 * reach * reach < 256 else np.uint16)
    squares[path[:, 1] * across + path[:, 0]] = 0
    for step in (1, across):
        before, farther = squares.copy(), np.empty_like(squares)
        for distance in range(1, reach):
            by = distance * step
            np.add(before, squares.dtype.type(distance * distance), out=farther)
            np.minimum(squares[by:], farther[:-by], out=squares[by:])
            np.minimum(squares[:-by], farther[by:], out=squares[:-by])
    ink = np.sqrt(squares, dtype=np.float32)
    np.subtract(width / 2 + 0.5, ink, out=ink)
    return np.clip(ink, 0, 1, out=ink).reshape(down, across)


def dense(lines: Sequence[np.ndarray], most: int = MOST_PLACES) -> list[np.ndarray]:
    """Points along strokes that are less than half a px apart; farther where there would be more than `most`."""
    alongs = [np.concatenate([[0], np.cumsum(_lengths(line))]) for line in lines]
    per_px = min(DENSE, most / max(sum(along[-1] for along in alongs), 1))
    return [_at(line, along, per_px) for line, along in zip(lines, alongs, strict=True)]


def _at(line: np.ndarray, along: np.ndarray, per_px: float) -> np.ndarray:
    if len(line) == 1:
        return line
    count = max(2, math.ceil(per_px * along[-1]))
    places = np.arange(count) * (along[-1] / (count - 1))  # faster than `np.linspace`, where there are many strokes
    places[-1] = along[-1]
    points = np.empty((count, 2))
    points[:, 0], points[:, 1] = np.interp(places, along, line[:, 0]), np.interp(places, along, line[:, 1])
    return points


def _corners(lines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest x and y of lines, which may not be empty."""
    across, down = np.concatenate(lines).T  # one by one, which is far faster than both at once
    return np.array([across.min(), down.min()]), np.array([across.max(), down.max()])


def _lengths(line: np.ndarray) -> np.ndarray:
    """(n - 1,) px: how far it is from each of n points to the next."""
    steps = line[1:] - line[:-1]
    return np.hypot(steps[:, 0], steps[:, 1])
