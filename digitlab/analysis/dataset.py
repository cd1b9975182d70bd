"""MNIST as something to look at: counts, samples, averages, and where each pixel goes when a picture is flattened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from digitlab import serving
from digitlab.data import mnist
from digitlab.data.mnist import Split

SIDE = 28
# By split: how many digits it has in full MNIST, and what they are for.
SPLITS = {
    "train": (55_000, "to learn from"),
    "validation": (5_000, "to choose models by"),
    "test": (10_000, "to report on, once"),
}
# By section of the page: its introduction.
LEADS = {
    "Splits": "One part to learn from, one to choose by, one to report on. No digit is in two of them.",
    "Examples": "64 digits at random, and how a model reads them: ✓ right, ✗ wrong.",
    "Averages": "What all examples of a digit have in common, and where they differ.",
    "One digit": "To a computer this is 784 numbers; a dense network gets them as one long row.",
}


@dataclass(frozen=True)
class Summary:
    """Counts and averages over a whole split.

    Distances are Euclidean, over 784 pixel values in [0, 1]: 0 for equal pictures, 28 for black against white.

    Attributes:
        classes: (10,) int, how often each digit occurs.
        pixels: (256,) int, how often each pixel value occurs.
        means: (10, 28, 28) uint8, the average of all examples of a digit.
        deviations: (10, 28, 28) uint8, the doubled standard deviation of each pixel: 255, the maximum, where half of
            the examples have full ink and half have none.
        spreads: (10,) float, root of the mean squared distance of a digit's examples from their average.
        typical, unusual: (10,) int, positions in the split of the examples nearest to and farthest from the average.
        typical_distances, unusual_distances: (10,) float, distances of these two examples from the average.
    """

    classes: np.ndarray
    pixels: np.ndarray
    means: np.ndarray
    deviations: np.ndarray
    spreads: np.ndarray
    typical: np.ndarray
    unusual: np.ndarray
    typical_distances: np.ndarray
    unusual_distances: np.ndarray


def splits() -> dict[str, Split]:
    """The splits at hand, by name: all three or, without full MNIST, only the 5,000 validation digits.

    Raises:
        MnistUnavailable: `DIGITLAB_MNIST` names a file that is not there.
        MnistDamaged: the copy here is not MNIST.
    """
    data = mnist.load_or_packaged(download=False)
    if data.test is None:
        return {"validation": mnist.packaged()}
    return {"train": data.train, "validation": data.validation, "test": data.test}


def summarise(digits: Split) -> Summary:
    """Count and average a split; takes a fifth of a second for 55,000 digits.

    Raises:
        ValueError: a digit has no example, and so no average.
    """
    found = [_average(digits, digit) for digit in range(10)]
    return Summary(
        np.bincount(digits.labels, minlength=10),
        _pixel_counts(digits.images),
        *(np.array(values) for values in zip(*found, strict=True)),
    )


def _pixel_counts(images: np.ndarray) -> np.ndarray:
    counts = np.zeros(256, np.int64)
    for at in range(0, len(images), 5000):  # in pieces, since bincount turns every pixel into 8 bytes
        counts += np.bincount(images[at : at + 5000].ravel(), minlength=256)
    return counts


def _average(digits: Split, digit: int) -> tuple[np.ndarray | float | int, ...]:
    places = np.flatnonzero(digits.labels == digit)
    if not len(places):
        raise ValueError(f"There is no example of the digit {digit} among these {len(digits)}.")
    pixels = digits.images[places].reshape(len(places), -1).astype(np.float32) / 255
    mean = pixels.mean(axis=0, dtype=np.float64).astype(np.float32)
    pixels -= mean
    squares = np.square(pixels, out=pixels)
    deviation = np.sqrt(squares.mean(axis=0, dtype=np.float64))
    distances = np.sqrt(squares.sum(axis=1, dtype=np.float64))
    nearest, farthest = distances.argmin(), distances.argmax()
    return (
        _grey(mean),
        _grey(2 * deviation),
        float(np.sqrt(np.mean(distances**2))),
        int(places[nearest]),
        int(places[farthest]),
        float(distances[nearest]),
        float(distances[farthest]),
    )


def _grey(values: np.ndarray) -> np.ndarray:
    return np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8).reshape(SIDE, SIDE)


def overview(found: Mapping[str, Summary]) -> list[dict[str, str]]:
    """The splits as rows of a table, those that are not at hand included.

    Args:
        found: summaries of the splits at hand, by name.
    """
    return [
        {
            "Split": name,
            "Digits": f"{count:,}",
            "Shape": f"({count}, {SIDE}, {SIDE})",
            "Type": "uint8",
            "Range": "0 to 255",
            "Exactly 0": _percent(found[name].pixels, 0) if name in found else "not here",
            "Exactly 255": _percent(found[name].pixels, 255) if name in found else "not here",
            "What for": purpose,
        }
        for name, (count, purpose) in SPLITS.items()
    ]


def _percent(counts: np.ndarray, value: int) -> str:
    return f"{100 * counts[value] / counts.sum():.1f}%"


def classes_in_words(found: Mapping[str, Summary]) -> str:
    """How evenly the ten digits occur in the largest of some splits, in words."""
    name = max(found, key=lambda split: found[split].classes.sum())
    counts = found[name].classes
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] == counts[least]:
        return f"In {name}, each {counts[0]:,} times: always guessing the same digit would be right for 10% of them."
    return (
        f"In {name}, {most} is the most frequent ({counts[most]:,}) and {least} the rarest ({counts[least]:,}): "
        f"always guessing {most} would be right for {_percent(counts, most)} of them."
    )


def pixels_in_words(found: Mapping[str, Summary]) -> str:
    """How much of the pictures of some splits is background and how much is full ink, in words."""
    counts = np.sum([split.pixels for split in found.values()], axis=0)
    between = 100 * counts[1:255].sum() / counts.sum()
    return (
        f"{_percent(counts, 0)} of all pixels are exactly 0, background. {_percent(counts, 255)} are exactly 255, "
        f"full ink. The other {between:.1f}% lie between: the strokes, and their soft edges."
    )


def averages(summary: Summary, images: np.ndarray) -> list[tuple[str, str, np.ndarray, list[str]]]:
    """What to show of the averages: rows of title, meaning, (10, 28, 28) uint8 pictures and ten captions.

    Args:
        summary: of a split.
        images: (n, 28, 28) uint8, of that split.
    """

    def numbered(distances: np.ndarray) -> list[str]:
        return [f"{digit}: {distance:.1f}" for digit, distance in enumerate(distances)]

    typical, unusual = images[summary.typical], images[summary.unusual]
    return [
        ("Average", "All examples of a digit laid over each other.", summary.means, [str(k) for k in range(10)]),
        (
            "Variation",
            "White where some examples have ink and some have none. The number says how far an example lies from the "
            "average: subtract the two pixel by pixel (0 to 1), square, add up, take the root.",
            summary.deviations,
            numbered(summary.spreads),
        ),
        ("Most typical", "The example nearest to the average.", typical, numbered(summary.typical_distances)),
        ("Most unusual", "The example farthest from it.", unusual, numbered(summary.unusual_distances)),
    ]


def sample(labels: np.ndarray, digit: int | None, seed: int, count: int = 64) -> np.ndarray:
    """Some digits at random, each at most once; the same seed draws the same ones.

    Args:
        labels: (n,) uint8.
        digit: which digit's examples; None for any.
        seed: not negative.
        count: how many to draw, or all if there are fewer.

    Returns:
        Positions in the split, up to (count,) int.
    """
    candidates = np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
    return np.random.default_rng(seed).permutation(candidates)[:count]


def verdicts(model: str, images: np.ndarray, labels: np.ndarray) -> tuple[list[str], list[str]]:
    """Let a model read digits; return what to write under each and how to mark it.

    Args:
        model: the model's name.
        images: (n, 28, 28) uint8, at least one.
        labels: (n,) uint8.

    Returns:
        Captions ("4 ✓" or "4 ✗ is 9") and marks ("right" or "wrong").

    Raises:
        UnknownModel, DamagedModel: as `serving.load`.
    """
    answers = serving.load(model).answer(images / np.float32(255)).probabilities.argmax(axis=1)
    captions, marks = [], []
    for answer, label in zip(answers, labels, strict=True):
        captions.append(f"{answer} ✓" if answer == label else f"{answer} ✗ is {label}")
        marks.append("right" if answer == label else "wrong")
    return captions, marks


def may_know(model: str, split: str) -> bool:
    """Whether a model may have trained on digits of a split. Without full MNIST, models train on most validation
    digits."""
    return split == "train" or (split == "validation" and serving.load(model).run["data"].get("source") == "packaged")


def row_inputs(row: int) -> tuple[int, int]:
    """The numbers of the first and last input that a row's pixels become: 28 * row + column, all counted from 0."""
    return SIDE * row, SIDE * row + SIDE - 1


def flattening_in_words(row: int) -> str:
    """Which inputs a row's pixels become, in words."""
    first, last = row_inputs(row)
    return (
        f"**Row {row} becomes inputs {first} to {last}.** The rows are laid end to end, from the top one to the bottom "
        f"one, so pixel (row r, column c) becomes input number {SIDE} · r + c, all counted from 0. Here row {row}, "
        f"column 5 becomes input {SIDE} · {row} + 5 = {first + 5}."
    )
