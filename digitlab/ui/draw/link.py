"""A drawing as text for a link: the digit that was put on the canvas, if any, a dot, and the strokes of the pen.

Both are packed (`ui/packed.py`): the digit's 784 bytes; and JSON with `[brush, x, y, dx, dy, ...]` for each
stroke, in hundredths of a px, or in coarser units where the text would become too long for a link.
"""

from __future__ import annotations

import json
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

import numpy as np

from digitlab import ink
from digitlab.errors import UnreadablePicture
from digitlab.ui.packed import MOST, packed, unpacked
from digitlab.wording.language import N_

LONGEST = 1_500  # characters of ordinary drawings; nearly all links are shorter than that
MOST_BYTES = 60_000  # of the JSON in them
UNITS = 100, 10, 2  # of a px
LARGEST = 1e6  # a number in the JSON
REFUSED = N_("The drawing in this link cannot be read. Draw here, or copy the link again where it came from.")


class Drawing(NamedTuple):
    """What a link shows.

    Attributes:
        digit: (28, 28) uint8, white ink on black; None if there is none below the strokes.
        strokes: as `ink.strokes_from_json` takes them; None if there are none.
    """

    digit: np.ndarray | None
    strokes: dict[str, Any] | None


def text(digit: np.ndarray | None, strokes: dict[str, Any] | None) -> str:
    """The text for a drawing, as in `Drawing`; empty if there is none, or if it is too large for a link."""
    if digit is None and strokes is None:
        return ""
    first = "" if digit is None else packed(digit.tobytes())
    found = f"{first}.{_strokes(strokes) if strokes else ''}"
    return found if len(found) <= MOST else ""


def read(given: str) -> Drawing:
    """The drawing that `text` was made of; a link may hold anything.

    Raises:
        UnreadablePicture: it holds no drawing.
    """
    try:
        if len(given) > MOST or not given.isascii():
            raise ValueError
        first, _, second = given.partition(".")
        digit = None
        if first:
            digit = np.frombuffer(unpacked(first, ink.SIDE**2), np.uint8).reshape(ink.SIDE, ink.SIDE)
        strokes = _fields(json.loads(unpacked(second, MOST_BYTES))) if second else None
        if strokes is not None:
            ink.strokes_from_json(strokes)
        if digit is None and strokes is None:
            raise ValueError
    except (ValueError, TypeError, RecursionError, UnreadablePicture) as error:
        raise UnreadablePicture(REFUSED) from error
    return Drawing(digit, strokes)


def _strokes(fields: dict[str, Any]) -> str:
    """In the finest unit in which they are short enough, or in the coarsest."""
    found = _in_units(fields, UNITS[0])
    if len(found) > LONGEST:
        fields = ink.thinned(fields)
        for unit in UNITS:
            found = _in_units(fields, unit)
            if len(found) <= LONGEST:
                break
    return found


def _in_units(drawing: dict[str, Any], unit: int) -> str:
    brush = drawing["brush"]
    brushes = brush if isinstance(brush, list) else [brush] * len(drawing["strokes"])
    lines = [
        [round(100 * width), *_deltas([[round(unit * value) for value in point] for point in line])]
        for width, line in zip(brushes, drawing["strokes"], strict=True)
    ]
    return packed(json.dumps([unit, *lines], separators=(",", ":")).encode())


def _deltas(line: list[list[int]]) -> list[int]:
    steps = ((x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(line))
    return [*line[0], *chain.from_iterable(steps)]


def _fields(data: Any) -> dict[str, Any]:
    unit, *lines = data
    if unit not in UNITS or not lines:
        raise ValueError
    brushes, strokes = [], []
    for width, *values in lines:
        if not values or len(values) % 2 or not all(_is_number(value) for value in (width, *values)):
            raise ValueError
        brushes.append(width / 100)
        strokes.append(
            [[x / unit, y / unit] for x, y in zip(*map(accumulate, (values[::2], values[1::2])), strict=True)]
        )
    return {"width": ink.CANVAS_PX, "height": ink.CANVAS_PX, "brush": brushes, "strokes": strokes}


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= LARGEST
