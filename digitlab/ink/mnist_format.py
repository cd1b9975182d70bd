"""Brings ink of any size to MNIST's format: first the stroke's width, then the scale, then the place in the frame.

MNIST's own recipe (LeCun, Cortes and Burges, 1998) scales a digit to fit a 20 x 20 box with antialiasing and puts its
centre of mass in the middle of 28 x 28. Screens add one problem that MNIST's scans did not have: a brush can have any
width, so a small drawing becomes a blob and a large one a hairline. Therefore the stroke is first brought to the
proportion it has in MNIST. `python -m benchmarks.drawings` measures what each step is worth.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image
from scipy import ndimage

from digitlab.errors import NothingDrawn, OnlyADot

SIDE = 28  # px: side of an MNIST image
DIGIT_SIDE = 20  # px: side of the box that a digit fills in it
STROKE_SHARE = 1 / 8  # stroke width divided by the digit's longer side, as in MNIST
WORKING_SIDE = 160  # px: longer side of the digit while its stroke is changed, eight times DIGIT_SIDE
SOLID = 1.25  # ink whose longer side is less than this many times its thickest spot is a dot
SMALLEST_PX = 6  # px: smaller ink is a slip of the pen
KEPT = 0.8  # a drawing that keeps less than this share of its ink when it is made smaller is made of hairlines


def normalise(ink: np.ndarray) -> np.ndarray:
    """Bring ink of any size to MNIST's format.

    Args:
        ink: (h, w) float32 in [0, 1]; 1 where a pixel is full ink.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    return into_frame(with_stroke_width(enlarge(ink)))


def enlarge(ink: np.ndarray) -> np.ndarray:
    """Crop the ink and scale its longer side to `WORKING_SIDE` px, the size at which strokes are measured and changed.

    Hairlines, which would fade away among the background around them, are made broader first.

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    cropped = crop(ink)
    if max(cropped.shape) < SMALLEST_PX:
        raise OnlyADot()
    scaled = scale(cropped, WORKING_SIDE)
    solid = cropped >= 0.5
    if (scaled >= 0.5).mean() >= KEPT * solid.mean():
        return scaled
    step = math.ceil(max(cropped.shape) / WORKING_SIDE)  # px of the drawing that become one px
    return scale(ndimage.maximum_filter(solid.astype(np.float32), 2 * step + 1), WORKING_SIDE)


def crop(ink: np.ndarray) -> np.ndarray:
    """The ink's smallest rectangle that contains every pixel of at least half ink."""
    solid = ink >= 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if rows.size == 0:
        raise NothingDrawn()
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scale(ink: np.ndarray, side: int) -> np.ndarray:
    """The ink scaled to a longer side of `side` px, antialiased."""
    height, width = ink.shape
    factor = side / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    scaled = Image.fromarray(ink.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(scaled), 0.0, 1.0)


def with_stroke_width(shape: np.ndarray) -> np.ndarray:
    """Redraw the shape with a stroke of MNIST's proportion, with some room around it.

    Moving the edge of the ink in or out by a fixed distance gives what a thinner or thicker pen would have drawn on the
    same path. Parts that are already thinner than the wanted stroke are not made even thinner, so no part of a digit is
    lost.
    """
    padded = np.pad(shape, WORKING_SIDE // 8)  # more than the edge can move outwards
    solid = padded >= 0.5
    # The centres of the outermost ink pixels lie half a pixel inside the edge.
    depth = np.where(solid, ndimage.distance_transform_edt(solid) - 0.5, 0.0)
    if max(shape.shape) < SOLID * 2 * depth.max():
        raise OnlyADot()
    width = 4 * float(depth[solid].mean())  # in a bar of width w, the mean distance to the nearer edge is w / 4
    # A wider stroke makes the digit longer, too, so the wanted share refers to the size of the redrawn digit.
    wanted = (WORKING_SIDE - width) * STROKE_SHARE / (1 - STROKE_SHARE)
    if wanted >= width:
        outside = np.where(solid, 0.0, ndimage.distance_transform_edt(~solid) - 0.5)
        edge = depth - outside + (wanted - width) / 2
    else:
        half_width = ndimage.maximum_filter(depth, size=round(width) | 1)
        edge = np.where(solid, depth, -1.0) - np.clip(half_width - wanted / 2, 0.0, (width - wanted) / 2)
    return np.clip(edge + 0.5, 0.0, 1.0).astype(np.float32)


def into_frame(ink: np.ndarray) -> np.ndarray:
    """Scale the longer side to 20 px and put the centre of mass in the middle of 28 x 28, in one resampling.

    The shift is not rounded to whole pixels, so the result does not depend on where a drawing was. A digit so lopsided
    that centring would push it out of the frame is kept inside.
    """
    solid = ink >= 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    bounds = np.array([[rows[0], rows[-1] + 1], [columns[0], columns[-1] + 1]], dtype=float)
    side = (bounds[:, 1] - bounds[:, 0]).max() * SIDE / DIGIT_SIDE
    weights = ink / ink.sum()
    centre = np.array([weights.sum(axis=1) @ np.arange(len(ink)), weights.sum(axis=0) @ np.arange(ink.shape[1])]) + 0.5
    top_left = np.clip(centre - side / 2, bounds[:, 1] - side, bounds[:, 0])
    margin = int(np.ceil(max(0.0, -top_left.min(), (top_left + side - ink.shape).max()))) + 1
    top, left = top_left + margin
    padded = Image.fromarray(np.pad(ink, margin))
    framed = padded.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
    return np.clip(np.asarray(framed, dtype=np.float32), 0.0, 1.0)
