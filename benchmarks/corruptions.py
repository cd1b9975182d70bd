"""How well exported models read bare 28 x 28 pictures that are damaged, without digitlab's ink: error by corruption.

    python -m benchmarks.corruptions [--model NAME]... [--count N]

Each corruption is applied to the same validation digits, every one differently but always in the same way. The kinds
are those of Mu and Gilmer ("MNIST-C: A robustness benchmark for computer vision", 2019) and of people who show a model
black on white; the training's own corruptions (`digitlab/training/corruptions.py`) use other formulas and ranges.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy import ndimage

from digitlab import serving
from digitlab.data import mnist
from digitlab.models import store
from digitlab.serving import quiet

COUNT = 2000  # digits
NAMES = (*store.FLAGSHIPS, "cnn-32-64")
Corrupt = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # of one (28, 28) image in [0, 1]
KINDS: dict[str, Corrupt] = {}
ROWS, COLUMNS = np.mgrid[:28, :28]


def kind(name: str) -> Callable[[Corrupt], Corrupt]:
    """Register the decorated function as a corruption."""

    def register(corrupt: Corrupt) -> Corrupt:
        KINDS[name] = corrupt
        return corrupt

    return register


@kind("grey background")
def _grey(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    level = generator.uniform(0.2, 0.6)
    return level + (1 - level) * image


@kind("low contrast")
def _low_contrast(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return image * generator.uniform(0.2, 0.5)


@kind("uneven light")
def _uneven(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    angle = generator.uniform(0, 2 * np.pi)
    ramp = (np.cos(angle) * (ROWS - 13.5) + np.sin(angle) * (COLUMNS - 13.5)) / 38 + 0.5
    return np.maximum(image * 0.9, 0) + ramp * 0.5 * (1 - image)


@kind("fog")
def _fog(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    fog = sum(ndimage.zoom(generator.uniform(0, 1, (n, n)), 28 / n, order=1) / 2**k for k, n in enumerate((2, 4, 7)))
    return 0.6 * image + 0.5 * fog / 1.75


@kind("Gaussian noise")
def _gaussian(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return image + generator.normal(0, 0.3, image.shape)


@kind("shot noise")
def _shot(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return generator.poisson(image * 5 + 0.3) / 5


@kind("salt and pepper")
def _impulse(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return np.where(generator.random(image.shape) < 0.15, generator.random(image.shape).round(), image)


@kind("motion blur")
def _motion(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    angle, reach = generator.uniform(0, np.pi), generator.uniform(2, 4)
    steps = np.linspace(-reach, reach, 9)
    return np.mean([ndimage.shift(image, (s * np.sin(angle), s * np.cos(angle)), order=1) for s in steps], axis=0)


@kind("glass blur")
def _glass(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    rows, columns = (np.clip(axis + generator.integers(-2, 3, axis.shape), 0, 27) for axis in (ROWS, COLUMNS))
    return ndimage.gaussian_filter(image[rows, columns], 0.5)


@kind("stripes")
def _stripes(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    apart, first = generator.integers(5, 10), generator.integers(0, 5)
    place = ROWS if generator.random() < 0.5 else COLUMNS
    return np.maximum(image, (place % apart == first % apart) * generator.uniform(0.5, 1))


@kind("zigzag")
def _zigzag(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    height, middle, period = generator.uniform(3, 8), generator.uniform(6, 22), generator.uniform(4, 10)
    wave = middle + height * (2 * np.abs((COLUMNS / period + generator.random()) % 1 - 0.5) - 0.5)
    return np.maximum(image, np.clip(1.3 - np.abs(ROWS - wave), 0, 1))


@kind("dotted line")
def _dotted(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    angle, away = generator.uniform(0, np.pi), generator.uniform(-6, 6)
    y, x = ROWS - 13.5, COLUMNS - 13.5
    across, along = np.sin(angle) * x - np.cos(angle) * y - away, np.cos(angle) * x + np.sin(angle) * y
    return np.maximum(image, (np.abs(across) < 0.8) & (along % 4 < 2))


@kind("spatter")
def _spatter(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    drops = ndimage.gaussian_filter(generator.normal(size=image.shape), 1.2)
    return np.maximum(image, np.clip(6 * (drops / drops.std() - 1.5), 0, 1))


@kind("missing patch")
def _patch(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    top, left = generator.integers(6, 16, 2)
    image = image.copy()
    image[top : top + 6, left : left + 6] = 0
    return image


@kind("shifted")
def _shifted(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return ndimage.shift(image, generator.uniform(-4, 4, 2), order=1)


@kind("small")
def _small(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    scale = 1 / generator.uniform(0.55, 0.8)
    return ndimage.affine_transform(image, [scale, scale], offset=13.5 * (1 - scale), order=1)


@kind("edges only")
def _edges(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return np.clip(np.hypot(ndimage.sobel(image, 0), ndimage.sobel(image, 1)) / 3, 0, 1)


@kind("black on white")
def _inverted(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return 1 - image


def corrupted(name: str, images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) float32 in [0, 1]: the images with this corruption, rounded as an 8-bit picture is."""
    generator = np.random.default_rng(7)
    made = np.stack([np.clip(KINDS[name](image, generator), 0, 1) for image in images])
    return (np.round(made * 255) / 255).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", dest="models", action="append", help="can be repeated (default: dnn, cnn, cnn-32-64)"
    )
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many validation digits, {COUNT} unless given")
    options = parser.parse_args()
    for line in table(options.models or NAMES, options.count):
        print(line, flush=True)


def table(names: Sequence[str] = NAMES, count: int = COUNT) -> Iterable[str]:
    """Lines of a table: the share of digits that each model reads wrong, by corruption."""
    with quiet():
        models = [serving.load(name) for name in names]
    digits = mnist.load().validation
    images, labels = digits.scaled()[:count], digits.labels[:count]
    yield f"| error on {len(labels):,} validation digits | " + " | ".join(names) + " |"
    yield "|---|" + "---|" * len(names)
    errors = []
    for name in KINDS:
        some = corrupted(name, images)
        errors.append([np.mean(model.answer(some).probabilities.argmax(axis=1) != labels) for model in models])
        yield f"| {name} | " + " | ".join(f"{error:.1%}" for error in errors[-1]) + " |"
    yield "| **mean** | " + " | ".join(f"{error:.1%}" for error in np.mean(errors, axis=0)) + " |"


if __name__ == "__main__":
    main()
