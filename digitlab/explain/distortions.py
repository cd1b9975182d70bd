"""Seven distortions of 28 x 28 pictures, one at a time or several at once: what if it had been drawn otherwise?

Rotation, shift, size and slant move the ink in one bilinear resampling; then the strokes grow or shrink, noise is added
and the whole is blurred. The same settings always give the same picture: the noise comes from a fixed seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SIDE = 28
MIDDLE = (SIDE - 1) / 2
NOISE_SEED = 0
_REACH = 2  # px: how far a stroke grows to either side at most


@dataclass(frozen=True)
class Distortion:
    """One way to distort a picture.

    Attributes:
        name: of the distortion.
        unit: of its values.
        least, most: its range.
        neutral: the value that changes nothing.
        step: between two values that are worth telling apart.
    """

    name: str
    unit: str
    least: float
    most: float
    neutral: float
    step: float

    def values(self, a_side: int) -> np.ndarray:
        """The whole range, rising, with its ends and the neutral value: so many even steps to either side of it.

        All are whole multiples of `step` away from the neutral value, to the nearest one.
        """
        sides = [np.linspace(self.neutral, end, a_side + 1) for end in (self.least, self.most)]
        steps = np.unique(np.round((np.concatenate(sides) - self.neutral) / self.step))
        return self.neutral + self.step * steps

    def text(self, value: float) -> str:
        """A value with its unit: "38°", "-1.5 px"."""
        number = f"{value:.{0 if self.step >= 1 else 2 if self.step < 0.1 else 1}f}"
        return f"{number}{'' if self.unit in {'°', '%'} else ' '}{self.unit}".rstrip()


ROTATION = Distortion("rotation", "°", -90, 90, 0, 1)  # clockwise
SHIFT = Distortion("shift", "px", -8, 8, 0, 0.5)  # to the right
SIZE = Distortion("size", "%", 50, 140, 100, 2)  # of the digit as it was
SLANT = Distortion("slant", "°", -45, 45, 0, 1)  # to the right, as italics lean
STROKE_WIDTH = Distortion("stroke width", "px", -1.5, 4, 0, 0.1)  # more than it was
NOISE = Distortion("noise", "", 0, 1, 0, 0.02)  # standard deviation; ink is 1, background 0
BLUR = Distortion("blur", "px", 0, 3, 0, 0.1)  # standard deviation of a Gaussian
DISTORTIONS = {one.name: one for one in (ROTATION, SHIFT, SIZE, SLANT, STROKE_WIDTH, NOISE, BLUR)}
Settings = Mapping[str, float | np.ndarray]  # by a distortion's name, a value for all pictures or (n,) one for each


def distort(images: np.ndarray, settings: Settings, noise: np.ndarray | None = None) -> np.ndarray:
    """Distort pictures, each in its own way or all alike.

    Args:
        images: (n, 28, 28) float32 in [0, 1], or one (28, 28) to be distorted in each of n ways.
        settings: by the distortions' names, a value or (n,) values; distortions that are left out change nothing.
        noise: (n, 28, 28) standard normal; else all pictures get the same.

    Returns:
        (n, 28, 28) float32 in [0, 1].

    Raises:
        KeyError: a name that is no distortion's.
    """
    unknown = set(settings) - set(DISTORTIONS)
    if unknown:
        raise KeyError(f"There is no distortion {sorted(unknown)}; there are {', '.join(DISTORTIONS)}.")
    images = np.asarray(images, np.float32).reshape(-1, SIDE, SIDE)
    count = max(len(images), *(np.size(value) for value in settings.values()), 1)
    images = np.broadcast_to(images, (count, SIDE, SIDE))
    chosen = {
        name: np.asarray(value, np.float32).reshape(-1)
        for name, value in settings.items()
        if np.any(np.asarray(value) != DISTORTIONS[name].neutral)
    }

    def value(one: Distortion) -> np.ndarray:
        return chosen.get(one.name, np.array([one.neutral], np.float32))

    if any(one.name in chosen for one in (ROTATION, SHIFT, SIZE, SLANT)):
        images = _move(images, value(ROTATION), value(SHIFT), value(SIZE), value(SLANT))
    if STROKE_WIDTH.name in chosen:
        images = _change_width(images, value(STROKE_WIDTH))
    if NOISE.name in chosen:
        field = noise_fields(1) if noise is None else noise
        images = np.clip(images + value(NOISE)[:, None, None] * field, 0, 1)
    if BLUR.name in chosen:
        images = _blur(images, value(BLUR))
    return np.ascontiguousarray(images, np.float32)


def noise_fields(count: int) -> np.ndarray:
    """(count, 28, 28) float32 standard normal, always the same; more fields begin with the same ones as fewer."""
    return np.random.default_rng(NOISE_SEED).standard_normal((count, SIDE, SIDE), np.float32)


def _move(
    images: np.ndarray, rotation: np.ndarray, shift: np.ndarray, size: np.ndarray, slant: np.ndarray
) -> np.ndarray:
    """Slanted, resized, rotated and then shifted, about the middle of the frame: bilinear, background outside."""
    angle, lean, scale = np.deg2rad(rotation)[:, None], np.tan(np.deg2rad(slant))[:, None], size[:, None] / 100
    row, column = (axis.reshape(1, -1) - MIDDLE for axis in np.mgrid[:SIDE, :SIDE].astype(np.float32))
    column = column - shift[:, None]
    # From each pixel back to where its ink was, so the steps are undone from the last to the first.
    down = (np.cos(angle) * row - np.sin(angle) * column) / scale
    right = (np.sin(angle) * row + np.cos(angle) * column) / scale + lean * down
    width = SIDE + 2
    flat = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(len(images), -1)
    down, right = (np.clip(axis + MIDDLE + 1, 0, SIDE + 0.999) for axis in (down, right))
    above, left = np.floor(down), np.floor(right)
    index = (above * width + left).astype(np.intp)
    down, right = (down - above).astype(np.float32), (right - left).astype(np.float32)

    def ink(offset: int) -> np.ndarray:
        if len(index) == 1:  # all alike: far faster
            return flat[:, index[0] + offset]
        return np.take_along_axis(flat, index + offset, axis=1)

    upper = ink(0) * (1 - right) + ink(1) * right
    lower = ink(width) * (1 - right) + ink(width + 1) * right
    return (upper * (1 - down) + lower * down).reshape(-1, SIDE, SIDE)


def _change_width(images: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Strokes wider by so many px, or narrower: a grey dilation of the ink, or of the background, with a soft disc."""
    radius = np.abs(change)[:, None, None] / 2
    thinner = np.broadcast_to(change[:, None, None] < 0, images.shape)
    ink = np.where(thinner, 1 - images, images)
    padded = np.pad(ink, ((0, 0), (_REACH, _REACH), (_REACH, _REACH)), mode="edge")
    grown = ink
    for row in range(-_REACH, _REACH + 1):
        for column in range(-_REACH, _REACH + 1):
            # 1 within the disc, falling to 0 within one px beyond it, so that any radius makes a difference.
            weight = np.clip(radius + 1 - np.hypot(row, column), 0, 1).astype(np.float32)
            if weight.any():
                rows, columns = slice(_REACH + row, _REACH + row + SIDE), slice(_REACH + column, _REACH + column + SIDE)
                grown = np.maximum(grown, weight * padded[:, rows, columns])
    return np.where(thinner, 1 - grown, grown)


def _blur(images: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Convolved with a Gaussian of so many px standard deviation; what leaves the frame is lost."""
    places = np.arange(SIDE, dtype=np.float32)
    distance = (places[:, None] - places) ** 2
    kernel = np.exp(-distance / (2 * np.maximum(spread, 1e-3)[:, None, None] ** 2))
    reach = np.arange(-SIDE, SIDE + 1, dtype=np.float32)[:, None] ** 2
    kernel /= np.exp(-reach / (2 * np.maximum(spread, 1e-3) ** 2)).sum(axis=0)[:, None, None]
    return kernel @ images @ kernel.transpose(0, 2, 1)
