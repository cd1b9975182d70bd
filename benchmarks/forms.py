"""Which forms of the digits the models in service read and doubt: `python -m benchmarks.forms [--count N]`.

Every form of `digitlab/training/forms.py` is written by N hands that no model was trained on, drawn on the app's canvas
and read from its strokes: upright, and tilted by 30 degrees in either direction.
"""

from __future__ import annotations

import argparse

import numpy as np

from digitlab import ink, serving
from digitlab.serving import quiet, store
from digitlab.training import hands
from digitlab.training.forms import FORMS, Form

TILTS_DEG = {"upright": (0,), "tilted 30": (-30, 30)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="hands for each form")
    count = parser.parse_args().count
    with quiet():
        models = {name: serving.load(name) for name in store.FLAGSHIPS}
    columns = [f"{name} {tilt}" for tilt in TILTS_DEG for name in models]
    print("| right (doubted) | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    rows = []
    for form in FORMS.values():
        generator = np.random.default_rng(0)
        rows.append([])
        for tilts in TILTS_DEG.values():
            images = _written(form, count, tilts, generator)
            for model in models.values():
                answers = model.answer(images)
                right = np.mean(answers.probabilities.argmax(axis=1) == form.digit)
                rows[-1].append((right, np.mean(answers.scores < 0)))
        print(f"| {form.name} | {_cells(rows[-1])} |", flush=True)
    print(f"| **mean** | {_cells(np.mean(rows, axis=0))} |")


def _written(form: Form, count: int, tilts: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    """(count, 28, 28) float32: the form by `count` hands, 60 to 200 px large."""
    images = []
    for number in range(count):
        writing, size_px = hands.write(form, generator), generator.uniform(60, 200)
        drawing = hands.on_canvas(writing, size_px, generator, tilt_deg=tilts[number % len(tilts)])
        images.append(ink.read(drawing).pixels)
    return np.stack(images)


def _cells(row: list[tuple[float, float]] | np.ndarray) -> str:
    return " | ".join(f"{right:.1%} ({doubted:.1%})" for right, doubted in row)


if __name__ == "__main__":
    main()
