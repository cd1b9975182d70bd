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
from digitlab.ink.box import Box, extent
from digitlab.ink.faint import strengthened, stroke_width
from digitlab.language import N_

SIDE = 28  # px: side of an MNIST image
DIGIT_SIDE = 20  # px: side of the box that a digit fills in it
STROKE_SHARE = 1 / 8  # stroke width divided by the digit's longer side, as in MNIST
WORKING_SIDE = 160  # px: longer side of the digit while its stroke is changed, eight times DIGIT_SIDE
SOLID = 1.25  # ink whose longer side is less than this many times its thickest spot is a dot
SMALLEST_PX = 6  # px: smaller ink is a slip of the pen
SOLID_PX = 16, 22  # px of 28: what MNIST's digits are long at half ink, at least and at most
VISIBLE = 0.15  # less ink is left out when the size of a digit in 28 x 28 px is measured
STEEPEST = 2  # largest step between pixels of a picture enlarged from 28 x 28 px, times how often it was enlarged
OFF_CENTRE = 1.1  # px: MNIST's authors rounded when they put the centre of mass in the middle
MNIST_STROKES = 0.055, 0.34  # the shares of a digit's length that its strokes are wide in MNIST
LINE = 3.5  # ink this many times longer than wide, by its standard deviations, is a line
FLAT_DEG = 55  # a line tilted further from upright than this is not a 1
BLOT = 0.5, 0.85  # ink wider than this share of its height, or the reverse, and as full: no strokes, but noise
KEPT = 0.8  # a drawing that keeps less than this share of its ink when it is made smaller is made of hairlines
ROOM = 1 / 8  # room around the ink for soft edges and broader strokes, as a share of its longer side
SOFT = 0.3  # a shape is soft if its edges, neither ink nor paper, have this share of the area of its ink
PASSES = 0.09, 0.3  # from which to which share of its longer side the strokes of a soft shape are as in MNIST


def normalise(ink: np.ndarray) -> np.ndarray:
    """Bring ink of any size to MNIST's format.

    Args:
        ink: (h, w) float32 in [0, 1]; 1 where a pixel is full ink.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    return into_frame(with_stroke_width(enlarge(strengthened(smooth(ink)))))


def as_it_is(picture: np.ndarray) -> np.ndarray | None:
    """The ink of a picture that has MNIST's format already, perhaps enlarged; None if it has not.

    It has if the picture is square, its edges are no sharper than 28 x 28 px can show, and in these the digit is 20 px
    long, its centre of mass is in the middle, and its strokes are as wide as MNIST's.

    Args:
        picture: (h, w) float32 in [0, 1], the ink on the whole picture, margins included.

    Returns:
        (28, 28) float32 in [0, 1].
    """
    side = len(picture)
    if picture.shape != (side, side) or side < SIDE or picture.max() < 0.5:
        return None
    solid = bounds(picture).longer_side * SIDE / side
    if not SOLID_PX[0] <= solid <= SOLID_PX[1]:
        return None
    small = np.clip(np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)), 0.0, 1.0)
    visible = small >= VISIBLE
    if not visible.any() or abs(extent(visible).longer_side - DIGIT_SIDE) > 1:
        return None
    places, weights = np.arange(SIDE) + 0.5, small / small.sum()
    centre = np.array([weights.sum(axis=1) @ places, weights.sum(axis=0) @ places])
    if np.abs(centre - SIDE / 2).max() > OFF_CENTRE:
        return None
    steepest = max(float(np.abs(np.diff(picture, axis=axis)).max()) for axis in (0, 1))
    if steepest > STEEPEST * SIDE / side:
        return None
    share = stroke_width(_resized(small, 4)) / (4 * DIGIT_SIDE)
    return small if MNIST_STROKES[0] <= share <= MNIST_STROKES[1] else None


def smooth(ink: np.ndarray) -> np.ndarray:
    """The ink itself or, if it has few pixels, enlarged smoothly a whole number of times.

    In large pixels, the edge of a stroke cannot be told from a faint stroke.
    """
    side = max(ink.shape)
    return ink if side >= WORKING_SIDE / 2 else _resized(ink, -(-WORKING_SIDE // (2 * side)))


def enlarge(ink: np.ndarray) -> np.ndarray:
    """Scale the ink's longer side to `WORKING_SIDE` px, the size at which strokes are measured and changed.

    Hairlines, which would fade away among the background around them, are made broader first.

    Returns:
        (h, w) float32 in [0, 1]: the ink, with room for its soft edges around it.

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    box = bounds(ink)
    side = box.longer_side
    if side < SMALLEST_PX:
        raise OnlyADot()
    room = math.ceil(side * ROOM)
    near = np.pad(ink, room)[box.top : box.bottom + 2 * room, box.left : box.right + 2 * room]
    enlarged = _resized(near, WORKING_SIDE / side)
    if (enlarged >= 0.5).mean() >= KEPT * (near >= 0.5).mean():
        return enlarged
    step = math.ceil(side / WORKING_SIDE)  # px of the drawing that become one px
    return _resized(ndimage.maximum_filter(near, 2 * step + 1), WORKING_SIDE / side)


def bounds(ink: np.ndarray) -> Box:
    """The smallest box that contains every pixel of at least half ink.

    Raises:
        NothingDrawn: there is none.
    """
    solid = ink >= 0.5
    if not solid.any():
        raise NothingDrawn()
    return extent(solid)


def crop(ink: np.ndarray) -> np.ndarray:
    """The ink within its `bounds`."""
    return ink[bounds(ink).slices]


def scale(ink: np.ndarray, side: int) -> np.ndarray:
    """The ink scaled to a longer side of `side` px, antialiased."""
    return _resized(ink, side / max(ink.shape))


def _resized(ink: np.ndarray, factor: float) -> np.ndarray:
    height, width = ink.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    resized = Image.fromarray(ink.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(resized), 0.0, 1.0)


def with_stroke_width(shape: np.ndarray) -> np.ndarray:
    """Redraw a shape from `enlarge` with a stroke of MNIST's proportion.

    Moving the edge of the ink in or out by a fixed distance gives what a thinner or thicker pen would have drawn on the
    same path. Parts that are already thinner than the wanted stroke are not made even thinner, so no part of a digit is
    lost.

    A shape without sharp edges, such as a digit of few pixels, has no edge that could be moved by so little: its greys
    are all that is known of it. So it stays as it is, unless its strokes are far from MNIST's.

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    side = bounds(shape).longer_side
    solid = shape >= 0.5
    # The centres of the outermost ink pixels lie half a pixel inside the edge.
    depth = np.where(solid, ndimage.distance_transform_edt(solid) - 0.5, 0.0)
    if side < SOLID * 2 * depth.max():
        raise OnlyADot()
    width = 4 * float(depth[solid].mean())  # in a bar of width w, the mean distance to the nearer edge is w / 4
    if _softness(shape) >= SOFT and PASSES[0] <= width / side <= PASSES[1]:
        return shape
    # A wider stroke makes the digit longer, too, so the wanted share refers to the size of the redrawn digit.
    wanted = (side - width) * STROKE_SHARE / (1 - STROKE_SHARE)
    if wanted >= width:
        outside = np.where(solid, 0.0, ndimage.distance_transform_edt(~solid) - 0.5)
        edge = depth - outside + (wanted - width) / 2
    else:
        half_width = ndimage.maximum_filter(depth, size=round(width) | 1)
        edge = np.where(solid, depth, -1.0) - np.clip(half_width - wanted / 2, 0.0, (width - wanted) / 2)
    return np.clip(edge + 0.5, 0.0, 1.0).astype(np.float32)


NO_STROKES = N_("There are no strokes here, only a blot or noise. Draw one digit, large and with a clear stroke.")


def is_blot(redrawn: np.ndarray) -> bool:
    """Whether ink with MNIST's stroke width has no strokes: a blot, or noise."""
    digit = crop(redrawn)
    return min(digit.shape) > BLOT[0] * max(digit.shape) and float(digit.mean()) > BLOT[1]


def _softness(ink: np.ndarray) -> float:
    """The area that is neither ink nor paper, as a share of the area of the ink."""
    return float(((ink > 0.2) & (ink < 0.8)).sum() / max((ink >= 0.5).sum(), 1))


def into_frame(ink: np.ndarray) -> np.ndarray:
    """Scale the longer side to 20 px and put the centre of mass in the middle of 28 x 28, in one resampling.

    The shift is not rounded to whole pixels, so the result does not depend on where a drawing was. A digit so lopsided
    that centring would push it out of the frame is kept inside.
    """
    box = bounds(ink)
    side = box.longer_side * SIDE / DIGIT_SIDE
    centre = np.array([_middle(ink.sum(axis=1)), _middle(ink.sum(axis=0))])
    top, left = np.clip(centre - side / 2, (box.bottom - side, box.right - side), (box.top, box.left))
    framed = _bicubic(top, side, ink.shape[0]) @ ink @ _bicubic(left, side, ink.shape[1]).T
    return np.clip(framed, 0.0, 1.0)


def _middle(weights: np.ndarray) -> float:
    """The centre of mass of (n,) weights, each in the middle of its pixel."""
    return float(weights @ np.arange(0.5, len(weights)) / weights.sum())


def _bicubic(start: float, side: float, length: int) -> np.ndarray:
    """The weights with which a part of a line of pixels, and nothing beyond its ends, becomes `SIDE` pixels.

    They are those of Pillow's resampling, which takes three times as long as two products of matrices.

    Args:
        start, side: the part, in px.
        length: of the line, in px.

    Returns:
        (SIDE, length) float32.
    """
    step = side / SIDE
    reach = max(step, 1.0)  # px: how far the larger weights go
    beyond = math.ceil(2 * reach) + max(0, math.ceil(-start), math.ceil(start + side - length))
    places = np.arange(-beyond, length + beyond, dtype=np.float32) + 0.5
    middles = (start + (np.arange(SIDE) + 0.5) * step).astype(np.float32)
    away = np.abs((places - middles[:, None]) / np.float32(reach))
    near = (1.5 * away - 2.5) * away * away + 1
    far = ((2.5 - 0.5 * away) * away - 4) * away + 2
    weights = np.where(away < 1, near, np.where(away < 2, far, np.float32(0)))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights[:, beyond : beyond + length]


def lies_flat(pixels: np.ndarray) -> bool:
    """Whether ink in MNIST's format is one line, more level than upright: a minus, or print too small to be told apart.

    A 1 that is tilted by 45 degrees is still a 1.
    """
    rows, columns = np.nonzero(pixels >= 0.5)
    if rows.size < 3:
        return False
    spread, axes = np.linalg.eigh(np.cov(rows, columns))
    tilt_deg = np.rad2deg(np.arctan2(abs(axes[1, 1]), abs(axes[0, 1])))
    return bool(spread[1] >= LINE**2 * max(spread[0], 1 / 12) and tilt_deg > FLAT_DEG)
