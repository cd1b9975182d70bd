"""Accuracy on digits that people drew with a pen: from strokes, from pixels, and as most demos read them.

    python -m benchmarks.drawings --strokes FILE [--model NAME]... [--seeds N]

Each recorded digit is drawn on a 280 px canvas once for each seed and condition. It is read from its strokes, as the
app reads its canvas; in brackets, it is read from the canvas's pixels, as the app reads pictures, and from the whole
canvas resized. Then follow how many letters each model refuses, compared with what its largest logit alone would refuse
if it kept as many digits, and how often three digits side by side are read right. The strokes are not part of digitlab:
any file of the form
{"digits": {"0": [[[[x, y], ...], ...], ...]}, "letters": {"A": ...}} will do.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from benchmarks import strokes
from benchmarks.strokes import OnCanvas
from digitlab import ink, serving
from digitlab.errors import InkError
from digitlab.ink import BRUSH_PX, CANVAS_PX, foreground
from digitlab.models import store
from digitlab.serving import quiet

THREES = 500
NARROW_BRUSH_PX = 12  # for three digits on one canvas


@dataclass(frozen=True)
class Condition:
    """How digits are drawn: with a longer side from `smallest_px` to `largest_px`, a brush width and a tilt."""

    name: str
    smallest_px: float
    largest_px: float
    brush_px: float = BRUSH_PX
    tilt_deg: float = 0


CONDITIONS = (
    Condition("typical", 110, 200),
    Condition("anywhere", 60, 160),
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
    parser.add_argument("--model", dest="models", action="append", help="can be repeated (default: dnn and cnn)")
    parser.add_argument("--seeds", type=int, default=3, help="how often each digit is drawn")
    options = parser.parse_args()
    names = options.models or list(store.FLAGSHIPS)
    with quiet():
        models = {name: serving.load(name) for name in names}
    drawings = strokes.load(options.strokes)
    labels = np.tile([int(label) for label, _ in drawings], options.seeds)

    print(f"{len(drawings)} drawings x {options.seeds} seeds; in brackets: from pixels, the whole canvas resized")
    print(f"{'right':<24}" + "".join(f"{name:>26}" for name in names))
    kept: dict[str, list[serving.Answers]] = {name: [] for name in names}
    for condition in CONDITIONS:
        canvases = draw(condition, drawings, options.seeds)
        images = [pictures(canvases, way) for way in (from_strokes, from_pixels, whole_canvas)]
        row = ""
        for name, model in models.items():
            answers = [model.answer(some) for some in images]
            kept[name].append(answers[0])
            ours, pixels, rival = (np.mean(each.probabilities.argmax(axis=1) == labels) for each in answers)
            row += f"{ours:>10.2%} ({pixels:>6.2%}, {rival:>5.1%})"
        print(f"{condition.name:<24}{row}", flush=True)
    _letters(options, models, {name: answers[0] for name, answers in kept.items()})
    for name, answers in kept.items():
        shares = ", ".join(
            f"{condition.name} {np.mean(answer.scores >= 0):.1%}"
            for condition, answer in zip(CONDITIONS, answers, strict=True)
        )
        print(f"digits kept by {name}: {shares}")
    print(f"\nthree digits side by side, {THREES} times; in brackets: cut into three in the right places")
    for name, (right, cut) in three_in_a_row(list(models.values()), drawings).items():
        print(f"{name:<24}{right:>11.2%} ({cut:>6.1%})")


def from_strokes(drawing: OnCanvas) -> np.ndarray:
    return ink.read(drawing.strokes).pixels


def from_pixels(drawing: OnCanvas) -> np.ndarray:
    return ink.read(drawing.pixels).pixels


def whole_canvas(drawing: OnCanvas) -> np.ndarray:
    """The whole canvas resized, as most demos do."""
    whole = Image.fromarray(foreground.find_ink(Image.fromarray(drawing.pixels)).ink)
    return np.asarray(whole.resize((ink.SIDE, ink.SIDE), Image.Resampling.BILINEAR), dtype=np.float32)


def _letters(
    options: argparse.Namespace, models: dict[str, serving.Classifier], typical: dict[str, serving.Answers]
) -> None:
    """Print how many letters are refused by digitlab, and by the largest logit if it keeps equally many digits."""
    letters = strokes.load(options.strokes, "letters")
    images = pictures(draw(CONDITIONS[0], letters, options.seeds), from_strokes)
    print(f"\n{len(letters)} letters x {options.seeds} seeds refused; in brackets: by the largest logit alone")
    for name, model in models.items():
        answers = model.answer(images)
        keeps = np.mean(typical[name].scores >= 0)
        threshold = np.quantile(typical[name].logits.max(axis=1), 1 - keeps)
        refused, rival = np.mean(answers.scores < 0), np.mean(answers.logits.max(axis=1) < threshold)
        print(f"{name:<24}{refused:>11.2%} ({rival:>6.1%}) with {keeps:.1%} of typical digits kept")
        at_97 = np.mean(answers.scores < np.quantile(typical[name].scores, 0.03))
        print(f"{'':<24}{at_97:>11.2%} with 97% of them kept")


def three_in_a_row(
    models: list[serving.Classifier], drawings: list[tuple[str, strokes.Drawing]]
) -> dict[str, tuple[float, float]]:
    """By model, the shares of three-digit numbers that are read right, and that are segmented into three digits."""
    generator = np.random.default_rng(0)
    right, cut = dict.fromkeys((model.name for model in models), 0), 0
    for _ in range(THREES):
        chosen = [drawings[at] for at in generator.integers(0, len(drawings), 3)]
        number = "".join(label for label, _ in chosen)
        row = strokes.side_by_side([drawing for _, drawing in chosen], CANVAS_PX, NARROW_BRUSH_PX, generator)
        reading = serving.read(ink.read(OnCanvas(row, CANVAS_PX, NARROW_BRUSH_PX).strokes), models)
        cut += len(reading.digits) == 3
        for model in models:
            right[model.name] += reading.number(model.name).replace("?", "") == number
    return {name: (count / THREES, cut / THREES) for name, count in right.items()}


def draw(condition: Condition, drawings: list[tuple[str, strokes.Drawing]], seeds: int) -> list[OnCanvas]:
    """Every drawing on a canvas, once for each seed."""
    canvases = []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        for _, drawing in drawings:
            size_px = generator.uniform(condition.smallest_px, condition.largest_px)
            placed = strokes.place(
                drawing, size_px, CANVAS_PX, condition.brush_px, generator, tilt_deg=condition.tilt_deg
            )
            canvases.append(OnCanvas(placed, CANVAS_PX, condition.brush_px))
    return canvases


def pictures(canvases: list[OnCanvas], read: Callable[[OnCanvas], np.ndarray]) -> np.ndarray:
    """(n, 28, 28) float32; a canvas that cannot be read becomes an empty picture, which is nearly always read wrong."""

    def read_or_empty(canvas: OnCanvas) -> np.ndarray:
        try:
            return read(canvas)
        except InkError:
            return np.zeros((28, 28), dtype=np.float32)

    return np.stack([read_or_empty(canvas) for canvas in canvases])


if __name__ == "__main__":
    main()
