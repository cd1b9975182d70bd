"""Takes the slant out of a digit, in the first layers of a network; nothing in these layers is learned.

The second moments of the ink tell how far it drifts sideways from row to row, and each row is moved back by that much,
as LeCun, Bottou, Bengio and Haffner did ("Gradient-based learning applied to document recognition", 1998). A dense
network, which knows nothing of neighbouring pixels, then has fewer kinds of writing to learn. All operations are
Keras's own, so that the saved file can be read without digitlab.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

SIDE = 28
STEEPEST = 1.0  # columns per row: the most that is corrected, since ink that leans further is hardly slanted writing


def deslanted(images: Any) -> Any:
    """The images of an (n, 28, 28) tensor in [0, 1] without their slant, by linear interpolation along rows."""
    place = np.arange(SIDE, dtype=np.float32)
    by_row, by_column = ops.sum(images, axis=2), ops.sum(images, axis=1)
    mass = ops.sum(by_row, axis=1, keepdims=True) + 1e-6
    middle = ops.sum(by_column * place, axis=1, keepdims=True) / mass
    below = ops.subtract(place, ops.sum(by_row * place, axis=1, keepdims=True) / mass)  # (n, 28): from the ink's middle
    drift = ops.sum((ops.sum(images * place, axis=2) - middle * by_row) * below, axis=1, keepdims=True)
    slant = drift / (ops.sum(by_row * below * below, axis=1, keepdims=True) + 1e-3 * mass)
    shift = ops.expand_dims(ops.clip(slant, -STEEPEST, STEEPEST) * below, 2)
    # Columns of the padded image, whose edges are background. The negative place is subtracted, because Keras would
    # take a row that is added for a bias.
    columns = ops.clip(ops.subtract(shift, -1 - place), 0.0, SIDE + 0.999)
    left = ops.floor(columns)
    share = columns - left
    padded = ops.pad(images, [[0, 0], [0, 0], [1, 1]])
    at = ops.cast(left, "int32")
    return ops.take_along_axis(padded, at, 2) * (1 - share) + ops.take_along_axis(padded, at + 1, 2) * share
