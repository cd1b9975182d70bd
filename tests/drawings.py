"""Digits as pen strokes in the unit square, x to the right and y down: drawn into arrays here, with the mouse there."""

import functools
import io
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.strokes import Drawing, rasterise
from digitlab.ink import CANVAS_PX


def _arc(x: float, y: float, radius_x: float, radius_y: float, start_deg: float, end_deg: float) -> list[list[float]]:
    angles = np.deg2rad(np.linspace(start_deg, end_deg, 24))
    return [[x + radius_x * np.cos(angle), y + radius_y * np.sin(angle)] for angle in angles]


_STROKES = {
    0: [_arc(0.5, 0.5, 0.32, 0.5, -90, 270)],
    1: [[[0.35, 0.2], [0.55, 0.0], [0.55, 1.0]]],
    2: [[*_arc(0.5, 0.28, 0.33, 0.28, 190, 390), [0.15, 1.0], [0.88, 1.0]]],
    3: [[*_arc(0.45, 0.25, 0.33, 0.25, 200, 450), *_arc(0.45, 0.74, 0.37, 0.26, -90, 160)]],
    4: [[[0.5, 0.0], [0.1, 0.62], [0.9, 0.62]], [[0.68, 0.3], [0.66, 1.0]]],
    5: [[[0.25, 0.0], [0.2, 0.42], *_arc(0.45, 0.69, 0.36, 0.31, -110, 150)], [[0.25, 0.0], [0.8, 0.0]]],
    6: [[[0.68, 0.0], [0.4, 0.25], [0.22, 0.6], *_arc(0.5, 0.72, 0.28, 0.28, 180, -180)]],
    7: [[[0.1, 0.0], [0.85, 0.0], [0.4, 1.0]]],
    8: [[*_arc(0.5, 0.25, 0.27, 0.25, 90, 450), *_arc(0.5, 0.75, 0.33, 0.25, -90, 270)]],
    9: [[*_arc(0.48, 0.28, 0.3, 0.28, 0, -360), [0.76, 0.6], [0.66, 1.0]]],
}


def strokes(digit: int, left: float = 70, top: float = 50, size: float = 170) -> Drawing:
    """The digit's strokes in canvas pixels."""
    return [np.array(stroke) * size + [left, top] for stroke in _STROKES[digit]]


def sent(digit: int, **where: float) -> dict[str, Any]:
    """The digit as pages send it."""
    lines = [line.tolist() for line in strokes(digit, **where)]
    return {"width": CANVAS_PX, "height": CANVAS_PX, "brush": 20, "strokes": lines}


@functools.lru_cache(maxsize=64)
def canvas(digit: int, left: float = 70, top: float = 50, size: float = 170, brush: float = 20) -> np.ndarray:
    """(280, 280, 4) uint8 RGBA, black on white, as the canvas gives it."""
    return rasterise(strokes(digit, left, top, size), CANVAS_PX, brush)


def row(*digits: int, size: float = 70, brush: float = 12) -> np.ndarray:
    """As `canvas`, with digits side by side."""
    lines = [stroke for at, digit in enumerate(digits) for stroke in strokes(digit, 15 + 88 * at, 100, size)]
    return rasterise(lines, CANVAS_PX, brush)


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    """The pixels as a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()
