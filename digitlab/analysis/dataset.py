"""MNIST as something to look at: counts, samples, averages, and where each pixel goes when a picture is flattened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab import serving
from digitlab.data import mnist
from digitlab.data.mnist import Split
from digitlab.language import N_
from digitlab.pixels import to_shares

SIDE = 28
SPLITS = {N_("train"): 55_000, N_("validation"): 5_000, N_("test"): 10_000}  # digits of full MNIST


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

    def pictures(self, images: np.ndarray) -> tuple[np.ndarray, ...]:
        """The averages, the deviations, the most typical and the most unusual examples, (10, 28, 28) uint8 each.

        Args:
            images: (n, 28, 28) uint8, of the split.
        """
        return self.means, self.deviations, images[self.typical], images[self.unusual]


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
    averages = [_average(digits, digit) for digit in range(10)]
    return Summary(
        np.bincount(digits.labels, minlength=10),
        _pixel_counts(digits.images),
        *(np.array(values) for values in zip(*averages, strict=True)),
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
    pixels = to_shares(digits.images[places].reshape(len(places), -1))
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


def answers(model: str, images: np.ndarray) -> np.ndarray:
    """(n,) int: the digits that a model answers.

    Args:
        model: the model's name.
        images: (n, 28, 28) uint8, at least one.

    Raises:
        UnknownModel, DamagedModel: as `serving.load`.
    """
    return serving.load(model).answer(to_shares(images)).probabilities.argmax(axis=1)


def may_know(model: str, split: str) -> bool:
    """Whether a model may have trained on digits of a split. Without full MNIST, models train on most validation
    digits."""
    return split == "train" or (split == "validation" and serving.load(model).run["data"].get("source") == "packaged")


def row_inputs(row: int) -> tuple[int, int]:
    """The numbers of the first and last input that a row's pixels become: 28 * row + column, all counted from 0."""
    return SIDE * row, SIDE * row + SIDE - 1
