"""Draws recorded pen strokes as the canvas would show them: on white paper, with a round brush, antialiased.

The canvas (Fabric.js) joins the pointer's positions by quadratic curves through their midpoints, with round caps and
joins. Here, the same is drawn four times larger and averaged down.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from digitlab.ink import Strokes, smooth

OVERSAMPLING = 4

Drawing = list[np.ndarray]  # strokes, each (n, 2) float: x to the right, y down


def load(file: str | Path, kind: str = "digits") -> list[tuple[str, Drawing]]:
    """Recorded drawings with their labels."""
    drawings = json.loads(Path(file).read_text(encoding="utf-8"))[kind]
    return [
        (label, [np.asarray(stroke, dtype=float) for stroke in drawing])
        for label, group in drawings.items()
        for drawing in group
    ]


def place(
    drawing: Drawing,
    size_px: float,
    canvas_px: int,
    brush_px: float,
    generator: np.random.Generator,
    tilt_deg: float = 0,
) -> Drawing:
    """Turn a drawing, scale its longer side to `size_px` and put it at a random place where all of it fits."""
    angle = np.deg2rad(tilt_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    strokes = [stroke @ turn for stroke in drawing]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    factor = size_px / max((high - low).max(), 1e-9)
    room = np.maximum(canvas_px - brush_px - (high - low) * factor, 0)
    corner = brush_px / 2 + generator.uniform(0, 1, 2) * room
    return [(stroke - low) * factor + corner for stroke in strokes]


def side_by_side(drawings: list[Drawing], canvas_px: int, brush_px: float, generator: np.random.Generator) -> Drawing:
    """Drawings of similar size in a row, with at least a narrow gap of paper between their strokes."""
    sizes = generator.uniform(0.85, 1.0, len(drawings))
    gaps = generator.uniform(6, 20, len(drawings)) + brush_px
    low = [np.concatenate(drawing).min(axis=0) for drawing in drawings]
    spans = [np.concatenate(drawing).max(axis=0) - corner for drawing, corner in zip(drawings, low, strict=True)]
    factors = [size / span.max() for size, span in zip(sizes, spans, strict=True)]
    widths = sum(span[0] * factor for span, factor in zip(spans, factors, strict=True))
    # As large as the canvas has room for, but not higher than a third of it.
    side_px = min((canvas_px - gaps.sum() - brush_px) / widths, canvas_px / 3)
    left, placed = brush_px, []
    for drawing, corner, factor, gap in zip(drawings, low, factors, gaps, strict=True):
        top = canvas_px / 3 + generator.uniform(-0.1, 0.1) * side_px
        points = [(stroke - corner) * factor * side_px + (left, top) for stroke in drawing]
        placed += points
        left = max(stroke[:, 0].max() for stroke in points) + gap
    return placed


@dataclass(frozen=True)
class OnCanvas:
    """A drawing on a square canvas: its strokes in px, the canvas's side and the brush's width."""

    lines: Drawing
    side_px: int
    brush_px: float

    @functools.cached_property
    def pixels(self) -> np.ndarray:
        """As `rasterise`."""
        return rasterise(self.lines, self.side_px, self.brush_px)

    @property
    def strokes(self) -> Strokes:
        """The drawing in the form in which the canvas reports it."""
        lines = tuple(smooth(stroke) for stroke in self.lines)
        return Strokes(self.side_px, self.side_px, lines, (self.brush_px,) * len(lines))


def rasterise(drawing: Drawing, canvas_px: int, brush_px: float) -> np.ndarray:
    """(canvas_px, canvas_px, 4) uint8 RGBA: black ink on white."""
    side = canvas_px * OVERSAMPLING
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    radius = brush_px * OVERSAMPLING / 2
    for stroke in drawing:
        path = smooth(stroke) * OVERSAMPLING
        if len(path) > 1:
            draw.line([tuple(point) for point in path], fill=0, width=round(2 * radius))
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    grey = image.resize((canvas_px, canvas_px), Image.Resampling.BOX)
    return np.asarray(Image.merge("RGBA", (grey, grey, grey, Image.new("L", grey.size, 255))))
