"""Accuracy on digits that people drew with a pen, beside what resizing the whole canvas would reach.

    python -m benchmarks.drawings --strokes FILE [--model NAME]... [--seeds N]

Each recorded digit is drawn on a 280 px canvas once a seed, at a random size and place. The strokes are not part
of digitlab: any file of the form {"digits": {"0": [[[[x, y], ...], ...], ...]}} will do.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks import strokes
from digitlab import classifier, ink, store
from digitlab.errors import InkError
from digitlab.quiet import quiet

CANVAS_PX = 280


@dataclass(frozen=True)
class Condition:
    """How digits are drawn: longer side from `smallest_px` to `largest_px`, brush width, tilt."""

    name: str
    smallest_px: float
    largest_px: float
    brush_px: float = 20
    tilt_deg: float = 0


CONDITIONS = (
    Condition("random size and place", 50, 250),
    Condition("typical", 110, 200),
    Condition("small", 40, 70),
    Condition("large", 250, 250),
    Condition("thin brush", 110, 200, brush_px=6),
    Condition("thick brush", 110, 200, brush_px=40),
    Condition("tilted -30", 110, 200, tilt_deg=-30),
    Condition("tilted -15", 110, 200, tilt_deg=-15),
    Condition("tilted 15", 110, 200, tilt_deg=15),
    Condition("tilted 30", 110, 200, tilt_deg=30),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", required=True, metavar="FILE", help="recorded strokes, JSON")
    parser.add_argument("--model", dest="models", action="append", help="repeatable; dnn and cnn unless given")
    parser.add_argument("--seeds", type=int, default=3, help="how often each digit is drawn")
    options = parser.parse_args()
    names = options.models or list(store.FLAGSHIPS)
    with quiet():
        models = {name: classifier.get(name) for name in names}
    drawings = strokes.load(options.strokes)
    labels = np.tile([int(label) for label, _ in drawings], options.seeds)

    print(f"{len(drawings)} drawings x {options.seeds} seeds; in brackets: the whole canvas resized")
    print(f"{'condition':<24}" + "".join(f"{name:>20}" for name in names))
    for condition in CONDITIONS:
        canvases = draw(condition, drawings, options.seeds)
        ours, theirs = pictures(canvases, lambda canvas: ink.read(canvas).pixels), pictures(canvases, ink.whole_canvas)
        row = ""
        for model in models.values():
            share, rival = (
                np.mean(model.answer(images).probabilities.argmax(axis=1) == labels) for images in (ours, theirs)
            )
            row += f"{share:>11.2%} ({rival:>6.1%})"
        print(f"{condition.name:<24}{row}", flush=True)


def draw(condition: Condition, drawings: list[tuple[str, strokes.Drawing]], seeds: int) -> list[np.ndarray]:
    """Every drawing on a canvas, once a seed."""
    canvases = []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        for _, drawing in drawings:
            size_px = generator.uniform(condition.smallest_px, condition.largest_px)
            placed = strokes.place(
                drawing, size_px, CANVAS_PX, condition.brush_px, generator, tilt_deg=condition.tilt_deg
            )
            canvases.append(strokes.rasterise(placed, CANVAS_PX, condition.brush_px))
    return canvases


def pictures(canvases: list[np.ndarray], read: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """(n, 28, 28) float32; a canvas that cannot be read counts as empty, and so as a wrong answer nine in ten times."""

    def one(canvas: np.ndarray) -> np.ndarray:
        try:
            return read(canvas)
        except InkError:
            return np.zeros((28, 28), dtype=np.float32)

    return np.stack([one(canvas) for canvas in canvases])


if __name__ == "__main__":
    main()
