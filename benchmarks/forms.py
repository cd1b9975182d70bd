"""Which forms of the digits the models in service read and doubt: `python -m benchmarks.forms [--count N]`.

Every form of `digitlab/handwriting/forms/`, as the generator of hands writes it with seeds that made no training digit,
drawn on the app's canvas and read from its strokes: upright, and tilted by 30 degrees to either side. Below the digits,
the letters and small pictures of `digitlab/handwriting/letters.py`, which should be doubted.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np

from digitlab import ink, serving
from digitlab.handwriting import hands
from digitlab.handwriting.forms import FORMS, Form
from digitlab.handwriting.letters import LETTERS
from digitlab.models import store
from digitlab.serving import quiet

COUNT = 200  # hands a form
TILTS_DEG = {"upright": 0, "tilted -30": -30, "tilted 30": 30}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT, help=f"hands a form; {COUNT} unless given")
    for line in table(parser.parse_args().count):
        print(line, flush=True)


def table(count: int = COUNT) -> Iterable[str]:
    """Lines of a table, a form each: the shares that each flagship reads right and, in brackets, that it doubts."""
    with quiet():
        models = [serving.load(name) for name in store.FLAGSHIPS]
    columns = [f"{model.name} {tilt}" for tilt in TILTS_DEG for model in models]
    yield "| right (doubted) | " + " | ".join(columns) + " |"
    yield "|---|" + "---|" * len(columns)
    rows = []
    for form in FORMS.values():
        rows.append(_row(form, count, models))
        yield f"| {form.name} | {_cells(rows[-1])} |"
    yield f"| **mean of the digits** | {_cells(np.mean(rows, axis=0))} |"
    letters = np.mean([_row(letter, max(1, count // 10), models) for letter in LETTERS.values()], axis=0)
    yield "| **letters and small pictures** | " + " | ".join(f"({doubted:.1%})" for _, doubted in letters) + " |"


def _row(form: Form, count: int, models: list[serving.Classifier]) -> list[tuple[float, float]]:
    generator = np.random.default_rng(0)
    row = []
    for tilt_deg in TILTS_DEG.values():
        images = written(form, count, generator, tilt_deg)
        for model in models:
            answers = model.answer(images)
            right = np.mean(answers.probabilities.argmax(axis=1) == form.digit) if form.digit is not None else 0.0
            row.append((float(right), float(np.mean(answers.scores < 0))))
    return row


def _cells(row: list[tuple[float, float]] | np.ndarray) -> str:
    return " | ".join(f"{right:.1%} ({doubted:.1%})" for right, doubted in row)


def written(form: Form, count: int, generator: np.random.Generator, tilt_deg: float = 0) -> np.ndarray:
    """(count, 28, 28) float32 in [0, 1]: the form by so many hands, 60 to 200 px large, tilted by so much."""
    drawings = [
        hands.on_canvas(hands.write(form, generator), generator.uniform(60, 200), generator, tilt_deg=tilt_deg)
        for _ in range(count)
    ]
    return np.stack([ink.read(drawing).pixels for drawing in drawings])


if __name__ == "__main__":
    main()
