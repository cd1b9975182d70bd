"""A drawing or a picture to MNIST's 28 x 28, stage by stage.

MNIST's own recipe (LeCun, Cortes and Burges, 1998) scales a digit to fit a 20 x 20 box with antialiasing and
places its centre of mass at the middle of 28 x 28. Screens add one problem MNIST's scans did not have: a brush
has any width, so a small drawing becomes a blob and a large one a hair. The stroke is therefore first brought
to the proportion it has in MNIST. `python -m benchmarks.drawings` measures what each stage is worth.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from digitlab import foreground, picture, several, words
from digitlab.errors import NothingDrawn, OnlyADot
from digitlab.several import Box

SIDE = 28  # px: a MNIST image
DIGIT_SIDE = 20  # px: the box a digit fills in it
STROKE_SHARE = 1 / 8  # stroke width over the digit's longer side, as in MNIST
WORKING_SIDE = 160  # px: the longer side of the digit while its stroke is changed, eight times DIGIT_SIDE
SOLID = 1.25  # a blob whose longer side is under this many times its thickest spot is a dot
SMALLEST_PX = 6  # px: ink smaller than this is a slip of the pen


@dataclass(frozen=True)
class Stage:
    """One step from drawing to digit, for display.

    Attributes:
        name: what happened, in a few words.
        image: (h, w) float32 in [0, 1], 1 is full ink; or (h, w, 3) uint8, the drawing as it arrived.
    """

    name: str
    image: np.ndarray


@dataclass(frozen=True)
class Part:
    """One of several digits on a drawing.

    Attributes:
        box: where it stands, in px of the drawing.
        pixels: (28, 28) float32 in [0, 1], of this digit alone.
    """

    box: Box
    pixels: np.ndarray


@dataclass(frozen=True)
class Ink:
    """A digit in MNIST's format.

    Attributes:
        pixels: (28, 28) float32 in [0, 1], white ink (1) on black (0).
        stages: every step from the drawing to `pixels`, in order.
        box: where the ink stands, in px of the drawing.
        parts: the separate digits that the drawing seems to hold, in reading order; empty where it seems to be one.
        size: width and height of the drawing in px.
    """

    pixels: np.ndarray
    stages: tuple[Stage, ...]
    box: Box
    parts: tuple[Part, ...]
    size: tuple[int, int]


def read(drawing: bytes | np.ndarray) -> Ink:
    """Bring a drawing or a picture to MNIST's format.

    Args:
        drawing: a PNG, JPEG, WebP or BMP file, or a canvas as an (h, w, 4) uint8 RGBA array.

    Raises:
        NothingDrawn: no ink.
        OnlyADot: a single dot.
        PictureTooLarge, UnreadablePicture: see `picture.read`.
    """
    source = picture.read(drawing) if isinstance(drawing, bytes) else picture.from_canvas(drawing)
    size = picture.size(drawing) if isinstance(drawing, bytes) else source.size
    source = picture.fitted(source)
    found = foreground.find_ink(source)
    groups = several.groups(found)
    cropped = _crop(_together(groups, found))
    stroke = _with_stroke_width(enlarge(cropped))
    digit = _crop(stroke)
    pixels = _into_frame(stroke)
    return Ink(
        pixels=pixels,
        stages=(
            Stage("Drawing", _on_white(source)),
            Stage("Ink found", found),
            Stage("Cropped to the ink", cropped),
            Stage("Stroke width of MNIST", digit),
            Stage(f"Scaled to {DIGIT_SIDE} px", _scale(digit, DIGIT_SIDE)),
            Stage("Centred by mass", pixels),
        ),
        size=size,
        **_parts(groups, max(size) / max(source.size)),
    )


def _together(groups: list[several.Group], found: np.ndarray) -> np.ndarray:
    """The ink of all groups: slips of the pen, which belong to none, are left out."""
    whole = np.zeros_like(found)
    for box, ink in groups:
        view = whole[box.top : box.bottom, box.left : box.right]
        np.maximum(view, ink, out=view)
    return whole


def _parts(groups: list[several.Group], factor: float) -> dict[str, Any]:
    """`Ink.box` and `Ink.parts`, in a drawing `factor` times as large."""
    parts = []
    for group in groups if len(groups) > 1 else ():
        with suppress(OnlyADot):
            parts.append(Part(group.box.scaled(factor), normalise(group.ink)))
    box = functools.reduce(Box.around, (group.box for group in groups)).scaled(factor)
    return {"box": box, "parts": tuple(parts) if len(parts) > 1 else ()}


def normalise(ink: np.ndarray) -> np.ndarray:
    """Ink of any size to MNIST's format.

    Args:
        ink: (h, w) float32 in [0, 1], 1 where a pixel is all ink.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    return _into_frame(_with_stroke_width(enlarge(ink)))


def enlarge(ink: np.ndarray) -> np.ndarray:
    """The ink's crop at the one size at which strokes are measured and changed, the longer side `WORKING_SIDE` px.

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    cropped = _crop(ink)
    if max(cropped.shape) < SMALLEST_PX:
        raise OnlyADot(words.ONLY_A_DOT)
    return _scale(cropped, WORKING_SIDE)


def as_it_is(image: np.ndarray) -> Ink:
    """A digit that is in MNIST's format already.

    Args:
        image: (28, 28) uint8, white ink on black.
    """
    pixels = image.astype(np.float32) / 255
    return Ink(pixels, (Stage("As MNIST has it", pixels),), Box(0, 0, SIDE, SIDE), parts=(), size=(SIDE, SIDE))


def whole_canvas(drawing: bytes | np.ndarray) -> np.ndarray:
    """What most drawn-digit demos do, for comparison: the whole canvas resized.

    Returns:
        (28, 28) float32 in [0, 1].
    """
    source = picture.read(drawing) if isinstance(drawing, bytes) else picture.from_canvas(drawing)
    found = Image.fromarray(foreground.find_ink(picture.fitted(source)))
    return np.asarray(found.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32)


def _crop(ink: np.ndarray) -> np.ndarray:
    """The smallest rectangle that holds all pixels at least half ink."""
    solid = ink >= 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if rows.size == 0:
        raise NothingDrawn(words.NO_INK)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scale(ink: np.ndarray, side: int) -> np.ndarray:
    """The ink with its longer side `side` px, antialiased."""
    height, width = ink.shape
    factor = side / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    scaled = Image.fromarray(ink.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(scaled), 0.0, 1.0)


def _with_stroke_width(shape: np.ndarray) -> np.ndarray:
    """Redraw the shape with a stroke of MNIST's proportion, with some room around it.

    Every pixel's distance to the edge of the ink is known; moving the edge in or out by a fixed distance is
    what a thinner or thicker pen on the same path would have drawn. Parts that are thinner than the wanted
    stroke already are never made thinner still, so no part of a digit is lost.
    """
    padded = np.pad(shape, WORKING_SIDE // 8)  # more than the edge ever moves out
    solid = padded >= 0.5
    # Pixel centres lie half a pixel from the edge between ink and background on either side.
    depth = np.where(solid, ndimage.distance_transform_edt(solid) - 0.5, 0.0)
    if max(shape.shape) < SOLID * 2 * depth.max():
        raise OnlyADot(words.ONLY_A_DOT)
    width = 4 * float(depth[solid].mean())  # across a bar of width w, the mean distance to the nearer edge is w / 4
    # A wider stroke makes the digit longer too: the wanted share is that of the digit as it will be.
    wanted = (WORKING_SIDE - width) * STROKE_SHARE / (1 - STROKE_SHARE)
    if wanted >= width:
        outside = np.where(solid, 0.0, ndimage.distance_transform_edt(~solid) - 0.5)
        edge = depth - outside + (wanted - width) / 2
    else:
        half_width = ndimage.maximum_filter(depth, size=round(width) | 1)
        edge = np.where(solid, depth, -1.0) - np.clip(half_width - wanted / 2, 0.0, (width - wanted) / 2)
    return np.clip(edge + 0.5, 0.0, 1.0).astype(np.float32)


def _into_frame(ink: np.ndarray) -> np.ndarray:
    """Scale the longer side to 20 px and put the centre of mass in the middle of 28 x 28, in one resampling.

    The shift is not rounded to whole pixels, so moving a drawing changes nothing. A digit so lopsided that
    this would push it out of the frame stays inside.
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


def _on_white(source: Image.Image) -> np.ndarray:
    white = Image.new("RGBA", source.size, "white")
    return np.asarray(Image.alpha_composite(white, source).convert("RGB"))
