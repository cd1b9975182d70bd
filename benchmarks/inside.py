"""Looking inside: what it costs those who only draw, and how long a drawing's layers and neighbours take.

    python -m benchmarks.inside [NAME...]

Answers are timed with and without the second signature in the model's file, in turns in one process; the ratio is what
counts. Neighbours are searched among all training digits if full MNIST is on this machine, and compared with the exact
ones.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import keras
import numpy as np

from digitlab import serving
from digitlab.analysis import embedding_map
from digitlab.data import drawn, mnist
from digitlab.explain import inside, nearest
from digitlab.models import store
from digitlab.serving import Classifier
from digitlab.training import export
from digitlab.ui.draw.inside import UNITS

ANSWERS = 4000
DRAWINGS = 100
SHOWN = 10


def main() -> None:
    for name in sys.argv[1:] or store.FLAGSHIPS:
        print(name)
        answers(name)
        layers(serving.load(name))
        neighbours(serving.load(name))


def answers(name: str) -> None:
    """Time an answer by the model's file, and by the same file without the signature for the layers."""
    stored = store.read(name)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(export, "_with_layers", return_value={}):
        file = Path(folder) / store.KERAS
        file.write_bytes(store.read_file(name, store.KERAS))
        plain = export.to_tflite(keras.models.load_model(file))
    models = {"without": Classifier(replace(stored, tflite=plain)), "with": Classifier(stored)}
    image = drawn.load().digits.scaled()[:1]
    times: dict[str, list[float]] = {which: [] for which in models}
    for at in range(ANSWERS):
        for which in ("without", "with") if at % 2 else ("with", "without"):
            times[which].append(_timed(lambda which=which: models[which].answer(image)))
    without, with_layers = (1000 * float(np.median(each)) for each in times.values())
    print(
        f"  one answer: {without:.3f} ms without, {with_layers:.3f} ms with the layers' signature, "
        f"ratio {with_layers / without:.3f}; the file is {len(stored.tflite) - len(plain):,} bytes larger"
    )


def layers(model: Classifier) -> None:
    """Time everything that the tab shows: the layers, and what their units look for."""

    def show(pixels: np.ndarray) -> None:
        layers_inside = inside.inside(model, pixels)
        for layer in layers_inside.layers[1:]:
            count = min(UNITS, len(layer)) if layer.kind == "units" else len(layer)
            layers_inside.looked_for(layer.name, range(count))
        layers_inside.contributions(0)

    _say("  every layer of a drawing and what its units look for", [
        _timed(lambda pixels=pixels: show(pixels)) for pixels in _drawings()[:20]
    ])  # fmt: skip


def neighbours(model: Classifier) -> None:
    """Time the search for the nearest training digits, and print how many of them are the exact ones."""
    began = time.perf_counter()
    among = nearest.prepare(model)
    print(f"  prepared or read in {time.perf_counter() - began:.1f} s")
    pixels = _drawings()
    indices, times = [], []
    for drawing in pixels:
        times.append(_timed(lambda drawing=drawing: indices.append(among.nearest(model, drawing, SHOWN))))
    _say(f"  the {SHOWN} nearest of {len(among):,} {among.split} digits", times)
    digits = mnist.load(download=False).train if among.split == "train" else mnist.packaged()
    exact = embedding_map.nearest(model.answer(pixels).embedding, model.answer(digits.scaled()).embedding, SHOWN)
    shared = np.mean([len(set(a) & set(b)) / SHOWN for a, b in zip(indices, exact, strict=True)])
    print(f"  {shared:.1%} of them are the exact ones")


def _drawings() -> np.ndarray:
    digits = drawn.load().digits.scaled()
    return digits[:: len(digits) // DRAWINGS][:DRAWINGS]


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _say(what: str, times: list[float]) -> None:
    print(f"{what}: median {1000 * np.median(times):.1f} ms, p95 {1000 * np.percentile(times, 95):.1f} ms")


if __name__ == "__main__":
    main()
