"""Training-time augmentation: the same picture on another background, in other light, or damaged.

In the app, `ink` takes the background away before a model sees a digit. An exported model gets pictures as they are, so
some of the training pictures get grey, uneven or inverted backgrounds, low contrast, noise, blur, lines, spatters,
missing patches, or digits that are out of the middle. The kinds are those of Mu and Gilmer
("MNIST-C: A robustness benchmark for computer vision", 2019) and others; the formulas are our own.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from digitlab.training.augmentation import SIDE, axes, sampled

LIKELY = 0.3  # with this probability, each kind is applied to a picture: two or three kinds to most
RARELY = 0.1  # the same for the last two kinds, which change a picture completely

Batch = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]  # (n, 28, 28) images and a seed to images


@tf.function
def corrupted(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Corrupt every image differently.

    Args:
        images: (n, 28, 28) float32 in [0, 1].
        seed: (2,) int; the same seed gives the same corruptions.

    Returns:
        (n, 28, 28) float32 in [0, 1].
    """
    kinds: list[tuple[Batch, float]] = [
        (_moved, LIKELY), (_outlined, RARELY), (_patched, LIKELY), (_crossed, LIKELY), (_spattered, LIKELY),
        (_blurred, LIKELY), (_faded, LIKELY), (_fogged, LIKELY), (_noisy, LIKELY), (_peppered, LIKELY),
        (_inverted, RARELY),
    ]  # fmt: skip
    seeds = tf.unstack(tf.random.split(seed, len(kinds) + 1))
    chosen = tf.random.stateless_uniform([len(kinds), tf.shape(images)[0], 1, 1], seeds[-1])
    for at, (corrupt, probability) in enumerate(kinds):
        images = tf.where(chosen[at] < probability, corrupt(images, seeds[at]), images)
        images = tf.clip_by_value(images, 0.0, 1.0)
    return images


def _uniform(images: tf.Tensor, seed: tf.Tensor, low: float, high: float, *more: int, number: int = 0) -> tf.Tensor:
    """(n, 1, 1) or, given `more`, (n, *more) numbers; another `number` gives others with the same seed."""
    shape = [tf.shape(images)[0], *(more or (1, 1))]
    return tf.random.stateless_uniform(shape, tf.random.fold_in(seed, number), low, high)


def _moved(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Out of the middle by up to 4 px, and smaller or larger."""
    y, x = axes()
    scale = tf.exp(_uniform(images, seed, -0.15, 0.45))
    down, right = (_uniform(images, seed, -4, 4, number=number) for number in (1, 2))
    y, x = (y + down) * scale + 0 * x, (x + right) * scale + 0 * y
    return sampled(images, tf.stack([y, x], axis=-1) + (SIDE - 1) / 2)


def _outlined(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """The edges of the strokes alone."""
    batch = images[..., None]
    return (tf.nn.max_pool2d(batch, 3, 1, "SAME") + tf.nn.max_pool2d(-batch, 3, 1, "SAME"))[..., 0]


def _patched(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Two rectangles of 2 to 10 px are missing."""
    y, x = axes()
    for number in range(2):
        middle_y, middle_x = (_uniform(images, seed, -8, 8, number=4 * number + at) for at in (0, 1))
        half_y, half_x = (_uniform(images, seed, 1, 5, number=4 * number + at) for at in (2, 3))
        inside = (tf.abs(y - middle_y) < half_y) & (tf.abs(x - middle_x) < half_x)
        images = tf.where(inside, 0.0, images)
    return images


def _crossed(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Two lines in any direction, whole or dotted, of ink or of background."""
    y, x = axes()
    for number in range(2):
        angle, dots, shade, kind = (
            _uniform(images, seed, 0, high, number=8 * number + at) for at, high in enumerate((3.1416, 3, 1, 1))
        )
        away, half = _uniform(images, seed, -13, 13, number=8 * number + 4), _uniform(images, seed, 0.3, 1.2, number=5)
        across, along = y * tf.cos(angle) - x * tf.sin(angle), y * tf.sin(angle) + x * tf.cos(angle)
        line = tf.clip_by_value(half + 0.5 - tf.abs(across - away), 0.0, 1.0)
        line *= tf.cast((dots > 1) | (tf.sin(along * (1 + 2 * dots)) > 0), tf.float32)
        images = tf.where(kind < 0.25, images * (1 - line), tf.maximum(images, line * (0.3 + 0.7 * shade)))
    return images


def _spattered(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Blots of ink or, in as many images, of background."""
    blots = _cloud(images, seed, 10) - _uniform(images, seed, 0.9, 1.8, number=1)
    blots = tf.clip_by_value(4 * blots, 0.0, 1.0) * _uniform(images, seed, 0.4, 1, number=2)
    return tf.where(_uniform(images, seed, 0, 1, number=3) < 0.5, images * (1 - blots), tf.maximum(images, blots))


def _blurred(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Blurred by a Gaussian whose standard deviation is up to 1.6 px, a different one along each axis."""
    place = tf.range(SIDE, dtype=tf.float32)
    distance = (place[:, None] - place[None, :]) ** 2

    def kernel(number: int) -> tf.Tensor:
        spread = _uniform(images, seed, 0.2, 1.6, number=number)
        weights = tf.exp(-distance / (2 * spread**2))
        return weights / tf.reduce_sum(weights, axis=2, keepdims=True)

    return kernel(0) @ images @ tf.transpose(kernel(1), [0, 2, 1])


def _faded(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Less contrast, on a background that is grey or gets lighter from one side to the other."""
    y, x = axes()
    background = _uniform(images, seed, 0, 0.7)
    slope_y, slope_x = (_uniform(images, seed, -0.015, 0.015, number=number) for number in (1, 2))
    contrast = _uniform(images, seed, 0.3, 1, number=3)
    return background + slope_y * y + slope_x * x + images * contrast * (1 - background)


def _fogged(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Bright clouds over the whole picture."""
    cloud = tf.clip_by_value(0.5 + 0.4 * _cloud(images, seed, 5), 0.0, 1.0) * _uniform(images, seed, 0.1, 0.7, number=1)
    return cloud + images * (1 - cloud)


def _cloud(images: tf.Tensor, seed: tf.Tensor, grid: int) -> tf.Tensor:
    """(n, 28, 28): smooth noise of about unit variance, given by its values on a grid."""
    coarse = tf.random.stateless_normal([tf.shape(images)[0], grid, grid, 1], seed)
    return tf.image.resize(coarse, [SIDE, SIDE], method="bicubic")[..., 0]


def _noisy(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Gaussian noise, everywhere or, in a third of the images, only where there is light."""
    noise = tf.random.stateless_normal(tf.shape(images), seed) * _uniform(images, seed, 0, 0.4, number=1)
    return images + tf.where(_uniform(images, seed, 0, 1, number=2) < 1 / 3, 2 * noise * images, noise)


def _peppered(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Up to a fifth of the pixels are black or white."""
    fate = tf.random.stateless_uniform(tf.shape(images), seed)
    share = _uniform(images, seed, 0, 0.1, number=1)
    return tf.where(fate < share, 0.0, tf.where(fate > 1 - share, 1.0, images))


def _inverted(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Black on white."""
    return 1 - images
