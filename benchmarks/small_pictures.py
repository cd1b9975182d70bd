"""Digits that come as small pictures, read as the app reads uploads: `python -m benchmarks.small_pictures [--count N]`.

MNIST's own test digits as 28 x 28 PNG files and enlarged eight times, where reading should cost nothing beyond the
model's own mistakes; and the 1,797 digits of 43 people in 8 x 8 pixels that ship with scikit-learn, enlarged 20 times
(E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", 1998).
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterable

import numpy as np
from PIL import Image

from digitlab import ink, serving
from digitlab.data import mnist
from digitlab.errors import InkError
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import quiet

COUNT = 2000
RESAMPLING = Image.Resampling


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT, help=f"of each kind at most; {COUNT} unless given")
    for line in table(parser.parse_args().count):
        print(line, flush=True)


def table(count: int = COUNT) -> Iterable[str]:
    """Lines of a table: right, doubted, and wrong and believed, by kind of picture and model."""
    with quiet():
        models = [serving.load(name) for name in store.FLAGSHIPS]
    yield "| pictures | " + " | ".join(f"{model.name}: right; doubted; wrong and believed" for model in models) + " |"
    yield "|---|" + "---|" * len(models)
    held_out = mnist.load().test or mnist.load().validation
    digits, labels = held_out.images[:count], held_out.labels[:count]
    yield _row("as they are, without reading", [_plain(model, digits, labels) for model in models])
    for title, enlarged in _sizes(28, 8).items():
        yield _row(f"{len(digits):,} of MNIST, {title}", _judged(models, digits, labels, enlarged))
    small, right = _eight_by_eight()
    for title, enlarged in _sizes(8, 20).items():
        yield _row(
            f"{len(small[:count]):,} of 8 x 8 px, {title}", _judged(models, small[:count], right[:count], enlarged)
        )


def _sizes(side: int, times: int) -> dict[str, Callable[[np.ndarray], Image.Image]]:
    large = (side * times,) * 2
    ways = {"pixel by pixel": RESAMPLING.NEAREST, "bilinear": RESAMPLING.BILINEAR, "bicubic": RESAMPLING.BICUBIC}
    sizes: dict[str, Callable[[np.ndarray], Image.Image]] = {f"{side} x {side} px": Image.fromarray}
    for name, way in ways.items():
        sizes[f"enlarged {times} times, {name}"] = lambda image, way=way: Image.fromarray(image).resize(large, way)
    return sizes


def _eight_by_eight() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    stored = load_digits()
    return np.round(stored.images * (255 / 16)).astype(np.uint8), stored.target


def _plain(model: serving.Classifier, images: np.ndarray, labels: np.ndarray) -> tuple[float, float, float]:
    answers = model.answer(to_shares(images))
    right, doubted = answers.probabilities.argmax(axis=1) == labels, answers.scores < 0
    return right.mean(), doubted.mean(), (~right & ~doubted).mean()


def _judged(
    models: list[serving.Classifier], images: np.ndarray, labels: np.ndarray, enlarged: Callable
) -> list[tuple[float, float, float]]:
    counts = np.zeros((len(models), 3))
    for image, label in zip(images, labels, strict=True):
        file = io.BytesIO()
        enlarged(image).save(file, "PNG")
        try:
            reading = serving.read(ink.read(file.getvalue()), models)
        except InkError:
            counts[:, 1] += 1
            continue
        for at, model in enumerate(models):
            verdicts = [digit.verdicts[model.name] for digit in reading.digits]
            right = len(verdicts) == 1 and verdicts[0].digit == label
            doubted = not all(verdict.is_digit for verdict in verdicts)
            counts[at] += right, doubted, not right and not doubted
    return [tuple(row) for row in counts / len(images)]


def _row(title: str, cells: list[tuple[float, float, float]]) -> str:
    return f"| {title} | " + " | ".join("; ".join(f"{share:.2%}" for share in cell) for cell in cells) + " |"


if __name__ == "__main__":
    main()
