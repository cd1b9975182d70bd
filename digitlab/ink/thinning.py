"""A drawing in few bytes, to be stored: points closer together than can be seen in 28 x 28 pixels are left out.

How close that is depends on the drawing: as little as possible is left out. Only where a pen goes over the same places
again and again, what it draws there after the first time is left out, too.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from digitlab.ink.strokes import Strokes, from_json

LARGEST_BYTES = 4_000  # of the JSON text
FINEST = 1 / 1024  # of the drawing's extent: a fiftieth of a pixel of a digit in MNIST's format
COARSEST = 1 / 32  # of the drawing's extent: points farther apart would straighten bends
_Stroke = tuple[list[list[float]], float]  # its points, and the width of its brush, in px


def thinned(fields: dict[str, Any]) -> dict[str, Any]:
    """The same drawing in at most `LARGEST_BYTES` of JSON; an ordinary one is only rounded.

    Args, returns: a drawing as `strokes_from_json` takes it. Only `width`, `height`, `brush` and `strokes` come out.

    Raises:
        UnreadablePicture: as `strokes_from_json`.
    """
    drawing = from_json(fields)
    side, points = max(drawing.width, drawing.height), [point for line in fields["strokes"] for point in line]
    extent = min(side, float(np.ptp(np.array(points), axis=0).max())) if points else side
    strokes: list[_Stroke] = list(zip(fields["strokes"], drawing.brushes, strict=True))
    apart, places = max(FINEST * extent, 0.01), 2
    while (found := _as_json(drawing, strokes, places)) is None:
        strokes = [(_apart(line, apart), brush) for line, brush in strokes]
        places = max(0, math.ceil(-math.log10(apart)))
        if apart > COARSEST * extent:
            strokes = _first_visits(strokes, apart)
            apart *= math.sqrt(2)
        apart *= math.sqrt(2)
    return found


def _as_json(drawing: Strokes, strokes: list[_Stroke], places: int) -> dict[str, Any] | None:
    """The drawing with these strokes, rounded to so many places; None if it is still too large."""
    if sum(len(line) for line, _ in strokes) * len("[0, 0], ") > LARGEST_BYTES:
        return None
    brushes = [round(min(brush, max(drawing.width, drawing.height)), 2) for _, brush in strokes]
    found = {
        "width": drawing.width, "height": drawing.height, "brush": brushes[0] if len(set(brushes)) == 1 else brushes,
        "strokes": [[[round(x, places), round(y, places)] for x, y in line] for line, _ in strokes],
    }  # fmt: skip
    return found if len(json.dumps(found)) <= LARGEST_BYTES else None


def _apart(line: list[list[float]], apart: float) -> list[list[float]]:
    """Both ends of a stroke, and between them only points at least so many px from the one before."""
    kept = line[:1]
    for point in line[1:-1]:
        if math.dist(point, kept[-1]) >= apart:
            kept.append(point)
    return kept + line[1:][-1:]


def _first_visits(strokes: list[_Stroke], apart: float) -> list[_Stroke]:
    """Only the parts of strokes that come to places, squares of so many px, where no stroke has been before."""
    visited: set[tuple[int, int]] = set()
    parts: list[_Stroke] = []
    for line, brush in strokes:
        is_new = False
        for at, (x, y) in enumerate(line):
            was_new, place = is_new, (math.floor(x / apart), math.floor(y / apart))
            is_new = place not in visited
            visited.add(place)
            if is_new and not was_new:
                parts.append((line[max(0, at - 1) : at], brush))
            if is_new:
                parts[-1][0].append([x, y])
    return parts
