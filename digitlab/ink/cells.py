"""Pictures that were enlarged without smoothing: each pixel of the original is a cell of equal pixels.

Read as it is, such a picture is a digit with steps for edges, which nobody drew.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

FEWEST_LINES = 4  # ends of cells across and down: fewer may be the edges of a plain bar
FEWEST_CELLS = 6  # across and down in the whole picture
STRIP_PX = 16  # rows or columns are compared in strips from the middle: the first shows that most have no cells


def reduced(picture: Image.Image) -> Image.Image:
    """The picture, in mode "RGBA", with one pixel for each cell; the picture itself where it has no cells."""
    pixels = np.array(picture).view(np.uint32)[..., 0]  # one number for all four channels
    side = math.gcd(_side(pixels), _side(pixels.T))
    if side < 2 or min(picture.size) < FEWEST_CELLS * side:
        return picture
    return picture.resize((picture.width // side, picture.height // side), Image.Resampling.NEAREST)


def _side(pixels: np.ndarray) -> int:
    """The largest number of which all places are multiples where a pixel differs from the one to its left; 1 where
    these are too few to tell."""
    height, width = pixels.shape
    ends = np.zeros(width - 1, dtype=bool)
    side = width
    for top in sorted(range(0, height, STRIP_PX), key=lambda top: abs(top - height // 2)):
        strip = pixels[top : top + STRIP_PX]
        ends |= (strip[:, 1:] != strip[:, :-1]).any(axis=0)
        side = int(np.gcd.reduce(np.append(np.flatnonzero(ends) + 1, width)))
        if side == 1:
            return 1
    return side if np.count_nonzero(ends) >= FEWEST_LINES else 1
