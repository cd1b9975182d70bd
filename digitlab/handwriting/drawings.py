"""Makes the drawings that ship: digits as people draw them on a screen, digits as the world writes them, non-digits.

A broad brush fills the narrow gaps of a small drawing, and `ink` cannot open them again when it brings the stroke to
MNIST's width. So each digit is redrawn with a brush as broad as it would be on a small drawing, and goes through `ink`
like any drawing. Non-digits are letters and signs bent out of shape, scribbles, and two digits at once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from digitlab import ink
from digitlab.data import drawn
from digitlab.data.mnist import Mnist
from digitlab.errors import InkError
from digitlab.handwriting import hands
from digitlab.handwriting.letters import LETTERS
from digitlab.pixels import to_bytes, to_shares

SMALLEST_PX, LARGEST_PX = 38, 160  # longer side of a drawing; in larger ones the brush fills no gaps
DIGIT_COUNT, WRITTEN_COUNT = 6000, 30_000
SIGN_COUNT, LETTER_COUNT, SCRIBBLE_COUNT, PAIR_COUNT = 2000, 10_000, 1000, 1000
PATH_SHARE = 1 - ink.STROKE_SHARE  # the share of a digit's longer side that the middle of the pen covers
# Without signs that look like a digit: no B (8), b (6), D, I, J, L, O, Q (0), S (5), Z (2), g, q (9), y (4) and so on.
# U, V and Y do not in type; written by hand they come near a 0, a 1 and a 4, and `letters` leaves them out.
SIGNS = "AEFHKMNRWXPTVYUCadefhkmnrtwxuv#%&@+*"
SIDE = 240  # px, the side of the pictures that signs and scribbles are drawn on


def redrawn(image: np.ndarray, size_px: float) -> np.ndarray:
    """A digit as `ink` would read it if it were drawn with the brush that people find on the canvas.

    Args:
        image: (28, 28) uint8.
        size_px: longer side of the drawing, without the brush's width.

    Returns:
        (28, 28) float32 in [0, 1]; the unchanged image where `ink` finds no digit in the drawing.
    """
    try:
        shape = ink.enlarge(to_shares(image))
        brush = ink.BRUSH_PX / size_px * ink.WORKING_SIDE * PATH_SHARE
        more = max(0.0, (brush - ink.WORKING_SIDE * ink.STROKE_SHARE) / 2)
        solid = np.pad(shape, int(more) + 2) >= 0.5
        outside = ndimage.distance_transform_edt(~solid) - 0.5
        return ink.normalise(np.clip(more - outside + 0.5, 0, 1).astype(np.float32))
    except InkError:
        return to_shares(image)


def make(data: Mnist) -> None:
    """Make `drawn.FILE`, the drawings that ship with digitlab; the same file each time. Takes two minutes."""
    generator = np.random.default_rng(1)
    chosen = generator.permutation(len(data.train))[:DIGIT_COUNT]
    digits = [legible(image, generator) for image in data.train.images[chosen]]
    kinds: dict[Callable[[np.random.Generator], np.ndarray], int] = {
        _sign: SIGN_COUNT, _scribble: SCRIBBLE_COUNT, functools.partial(_pair, data.train.images): PAIR_COUNT,
    }  # fmt: skip
    others = [_until_ink(kind, generator) for kind, count in kinds.items() for _ in range(count)]
    letters = list(LETTERS.values())
    others += [hands.seen(letters[generator.integers(len(letters))], generator) for _ in range(LETTER_COUNT)]
    written, written_labels, may_tilt = hands.sample(WRITTEN_COUNT, generator)
    np.savez_compressed(
        drawn.FILE,
        digits=_stored(digits), labels=data.train.labels[chosen],
        written=_stored(written), written_labels=written_labels, may_tilt=may_tilt,
        non_digits=_stored(others),
    )  # fmt: skip


def legible(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A digit redrawn at a random size at which it can still be read."""
    clear = redrawn(image, LARGEST_PX)
    while True:
        pixels = redrawn(image, float(np.exp(generator.uniform(np.log(SMALLEST_PX), np.log(LARGEST_PX)))))
        if hands.is_legible(pixels, clear):
            return pixels


def _stored(images: list[np.ndarray] | np.ndarray) -> np.ndarray:
    return to_bytes(np.asarray(images))


def _until_ink(kind: Callable[[np.random.Generator], np.ndarray], generator: np.random.Generator) -> np.ndarray:
    while True:
        try:
            return ink.normalise(np.clip(kind(generator), 0, 1).astype(np.float32))
        except InkError:
            continue


def _sign(generator: np.random.Generator) -> np.ndarray:
    picture = Image.new("L", (SIDE, SIDE), 0)
    sign = SIGNS[generator.integers(len(SIGNS))]
    font = ImageFont.load_default(SIDE / 2)
    ImageDraw.Draw(picture).text((SIDE / 2, SIDE / 2), sign, fill=255, font=font, anchor="mm")
    return _bent(np.asarray(picture) / 255, generator)


def _bent(picture: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The picture as another hand might draw it: turned, slanted, stretched, and bent by a smooth random field."""
    side = len(picture)
    bend = [ndimage.zoom(grid, side / 5, order=3) for grid in generator.normal(0, side / 40, (2, 5, 5))]
    angle, slant = generator.normal(0, (0.2, 0.25))
    stretch = np.exp(generator.normal(0, 0.25, 2))
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    x, y = x * stretch[0] + slant * y, y * stretch[1]
    rows = np.cos(angle) * y - np.sin(angle) * x + bend[0]
    columns = np.sin(angle) * y + np.cos(angle) * x + bend[1]
    return ndimage.map_coordinates(picture, [rows + (side - 1) / 2, columns + (side - 1) / 2], order=1)


def _scribble(generator: np.random.Generator) -> np.ndarray:
    """A few strokes through random points, enough of them not to look like a 1 or a 7."""
    picture = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(picture)
    count = generator.integers(1, 4)
    for _ in range(count):
        points = generator.uniform(SIDE / 6, SIDE * 5 / 6, (generator.integers(10, 18) // count + 1, 2))
        if generator.random() < 0.6:
            points = ndimage.zoom(points, (12, 1), order=3, mode="nearest", grid_mode=False)
        draw.line([tuple(point) for point in points], fill=255, width=SIDE // 17, joint="curve")
    return np.asarray(picture) / 255


def _pair(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Two digits side by side that touch or nearly touch."""
    left, right = (_cut(images[index] / 255) for index in generator.integers(0, len(images), 2))
    at = max(0, left.shape[1] + generator.integers(-6, 8))
    both = np.zeros((28, max(left.shape[1], at + right.shape[1])))
    both[:, : left.shape[1]] = left
    both[:, at : at + right.shape[1]] = np.maximum(both[:, at : at + right.shape[1]], right)
    return both


def _cut(image: np.ndarray) -> np.ndarray:
    columns = np.flatnonzero((image > 0.5).any(axis=0))
    return image[:, columns[0] : columns[-1] + 1]
