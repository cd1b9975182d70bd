"""Training-time augmentation: the same digit as another hand or another pen would have written it.

Each batch is bent by a smooth random field (Simard, Steinkraus and Platt, "Best practices for convolutional
neural networks applied to visual document analysis", 2003), turned, stretched, slanted and shifted, in one
bilinear resampling; then its strokes are made thicker or thinner.
"""

from __future__ import annotations

import tensorflow as tf

SIDE = 28
# One standard deviation each, except where it says otherwise.
ROTATION_RAD = 0.10
SLANT = 0.12
SCALE = 0.08
SHIFT_PX = 0.8
BEND_PX = 0.5
BEND_GRID = 5  # random displacements on a 5 x 5 grid, smoothed in between
THICKER, THINNER = 0.6, 0.4  # most of the way to the brightest, and to the darkest, neighbour
TILTED, TILT_RAD = 0.4, 0.65  # this share of drawn digits is tilted by up to so much, evenly


@tf.function
def drawn(
    images: tf.Tensor, seed: tf.Tensor, strength: tf.Tensor | float = 1.0, may_tilt: tf.Tensor | float = 1.0
) -> tf.Tensor:
    """Distort a batch as drawing on a screen does: some digits are also tilted, but fill their box as before.

    Args, returns: see `gentle`. Weaker distortion tilts fewer digits, but those as far; where `may_tilt` is 0, none.
    """
    seeds = tf.unstack(tf.random.split(seed, 3))
    count = tf.shape(images)[0]
    tilt = tf.random.stateless_uniform([count], seeds[0], -TILT_RAD, TILT_RAD)
    is_tilted = tf.random.stateless_uniform([count], seeds[1]) < share(TILTED, strength) * may_tilt
    tilt = tf.where(is_tilted, tilt, 0.0)
    return _distort(images, seeds[2], strength, tilt, _growth(images, tilt))


def share(whole: float, strength: tf.Tensor | float) -> tf.Tensor | float:
    """The share of digits to tilt or to take small: `whole` at full strength, and never less than a half of it."""
    return whole * (1 + strength) / 2


@tf.function
def gentle(
    images: tf.Tensor, seed: tf.Tensor, strength: tf.Tensor | float = 1.0, may_tilt: tf.Tensor | float = 1.0
) -> tf.Tensor:
    """Distort a batch, every image differently.

    Args:
        images: (n, 28, 28) float32 in [0, 1].
        seed: (2,) int; the same seed gives the same distortion.
        strength: scales all of it, 0 (none) to 1.
        may_tilt: (n,) 0 or 1, see `drawn`; makes no difference here.

    Returns:
        (n, 28, 28) float32 in [0, 1].
    """
    return _distort(images, seed, strength, 0.0, 1.0)


def _growth(images: tf.Tensor, tilt: tf.Tensor) -> tf.Tensor:
    """(n,): how many times longer the longer side of each image's ink becomes when the image is tilted.

    A 7 that is tilted is wider than it was; `ink` would bring it back to 20 px.
    """
    is_ink = images >= 0.5
    y, x = axes()

    def longer_side(angle: tf.Tensor) -> tf.Tensor:
        cos, sin = (part[:, None, None] for part in (tf.cos(angle), tf.sin(angle)))
        spans = []
        for places in (cos * y + sin * x, cos * x - sin * y):
            far = tf.reduce_max(tf.where(is_ink, places, -SIDE), axis=[1, 2])
            near = tf.reduce_min(tf.where(is_ink, places, SIDE), axis=[1, 2])
            spans.append(far - near + 1)
        return tf.maximum(*spans)

    return longer_side(tilt) / longer_side(tf.zeros_like(tilt))


def axes() -> tuple[tf.Tensor, tf.Tensor]:
    """Row and column of every pixel from the middle of an image, to be broadcast: (1, 28, 1) and (1, 1, 28)."""
    axis = tf.range(SIDE, dtype=tf.float32) - (SIDE - 1) / 2
    return axis[None, :, None], axis[None, None, :]


def _distort(
    images: tf.Tensor, seed: tf.Tensor, strength: tf.Tensor | float, tilt: tf.Tensor | float, growth: tf.Tensor | float
) -> tf.Tensor:
    """The distortions of `gentle`, with every image also tilted by `tilt` radians and made `growth` times smaller.

    Both are a number, or (n,) numbers.
    """
    seeds = tf.unstack(tf.random.split(seed, 4))
    count = tf.shape(images)[0]
    angle, slant, scale_x, scale_y = tf.unstack(
        tf.random.stateless_normal([4, count, 1, 1], seeds[0])
        * tf.reshape([ROTATION_RAD, SLANT, SCALE, SCALE], [4, 1, 1, 1])
        * strength
    )
    angle += tf.reshape(tilt, [-1, 1, 1])
    shift = tf.random.stateless_normal([count, 1, 1, 2], seeds[1]) * SHIFT_PX * strength
    bend = tf.random.stateless_normal([count, BEND_GRID, BEND_GRID, 2], seeds[2]) * BEND_PX * strength
    bend = tf.image.resize(bend, [SIDE, SIDE], method="bicubic")
    y, x = axes()
    x = x * tf.exp(scale_x) + slant * y
    y = y * tf.exp(scale_y) + tf.zeros_like(x)
    rows = tf.cos(angle) * y - tf.sin(angle) * x
    columns = tf.sin(angle) * y + tf.cos(angle) * x
    places = tf.stack([rows, columns], axis=-1) * tf.reshape(growth, [-1, 1, 1, 1])
    places = places + shift + bend + (SIDE - 1) / 2
    return _change_thickness(sampled(images, places), seeds[3], strength)


def turned(images: tf.Tensor, angle: tf.Tensor) -> tf.Tensor:
    """(n, 28, 28) images, each turned by its angle in radians about its middle."""
    y, x = axes()
    cos, sin = (part[:, None, None] for part in (tf.cos(angle), tf.sin(angle)))
    return sampled(images, tf.stack([cos * y - sin * x, sin * y + cos * x], axis=-1) + (SIDE - 1) / 2)


def sampled(images: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Bilinear values of (n, 28, 28) images at (n, 28, 28, 2) places (row, column); background outside."""
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1]])
    places = tf.clip_by_value(places + 1.0, 0.0, SIDE + 0.999)
    corner = tf.floor(places)
    row_share, column_share = tf.unstack(places - corner, axis=-1)
    corner = tf.cast(corner, tf.int32)
    width = SIDE + 2
    index = corner[..., 0] * width + corner[..., 1]
    flat = tf.reshape(padded, [-1, width * width])

    def value(offset: int) -> tf.Tensor:
        return tf.gather(flat, tf.reshape(index + offset, [-1, SIDE * SIDE]), batch_dims=1)

    row_share, column_share = (tf.reshape(share, [-1, SIDE * SIDE]) for share in (row_share, column_share))
    upper = value(0) * (1 - column_share) + value(1) * column_share
    lower = value(width) * (1 - column_share) + value(width + 1) * column_share
    return tf.reshape(upper * (1 - row_share) + lower * row_share, [-1, SIDE, SIDE])


def _change_thickness(images: tf.Tensor, seed: tf.Tensor, strength: tf.Tensor | float) -> tf.Tensor:
    """Move every pixel some way to its brightest or its darkest neighbour; a half of the images by little."""
    amount = tf.random.stateless_uniform([tf.shape(images)[0], 1, 1, 1], seed, -1.0, 1.0)
    amount = amount * tf.abs(amount) * strength  # mostly small
    batch = images[..., None]
    grown = tf.nn.max_pool2d(batch, 3, 1, "SAME")
    shrunk = -tf.nn.max_pool2d(-batch, 3, 1, "SAME")
    thicker = tf.maximum(amount, 0.0) * THICKER
    thinner = tf.maximum(-amount, 0.0) * THINNER
    return (batch + thicker * (grown - batch) + thinner * (shrunk - batch))[..., 0]


KINDS = {"gentle": gentle, "drawn": drawn}  # by their names in `Recipe.augment`
