"""Distortions of 28 x 28 pictures, one at a time or several at once.

They are applied in the order of `DISTORTIONS`; those that move the ink share one bilinear resampling. The same settings
always give the same picture: the noise has a fixed seed, patch and lines have fixed places. To add a distortion, write
how it changes pictures, and list it in `DISTORTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from digitlab.language import N_

SIDE = 28
MIDDLE = (SIDE - 1) / 2
NOISE_SEED = 0
_GOLDEN = 0.618034  # of the golden ratio: its multiples spread lines evenly, however many there are
_REACH = 2  # px: the most that a stroke grows to either side

Values = Mapping[str, np.ndarray]  # (n,) or (1,) values by the name of every distortion
Noise = np.ndarray | None  # (n, 28, 28), standard normal; None to give all pictures the same noise
Settings = Mapping[str, float | np.ndarray]  # by a distortion's name, a value for all pictures or (n,) values


@dataclass(frozen=True)
class Distortion:
    """One way to distort a picture.

    Attributes:
        name: of the distortion.
        unit: of its values.
        least, most: the range of its values.
        neutral: the value that changes nothing.
        step: the smallest difference between two values that matters.
        apply: (images, values, noise) -> distorted images, by the values of this distortion; distortions with the same
            function are applied in one call.
        measured: how many steps to either side of the neutral value a curve of many digits has.
    """

    name: str
    unit: str
    least: float
    most: float
    neutral: float
    step: float
    apply: Callable[[np.ndarray, Values, Noise], np.ndarray]
    measured: int = 2

    def values(self, a_side: int) -> np.ndarray:
        """Values over the whole range, rising: both ends, the neutral value, and evenly spaced ones between them.

        There are `a_side` steps on either side of the neutral value, rounded to multiples of `step`.
        """
        sides = [np.linspace(self.neutral, end, a_side + 1) for end in (self.least, self.most)]
        steps = np.unique(np.round((np.concatenate(sides) - self.neutral) / self.step))
        return self.neutral + self.step * steps

    @property
    def decimals(self) -> int:
        """How many decimals its values are written with; 0 if they are integers."""
        return 0 if self.step >= 1 else 2 if self.step < 0.1 else 1

    def text(self, value: float) -> str:
        """A value with its unit: "38°", "-1.5 px"."""
        number = f"{value:.{self.decimals}f}"
        return f"{number}{'' if self.unit in {'°', '%'} else ' '}{self.unit}".rstrip()


def distort(images: np.ndarray, settings: Settings, noise: Noise = None) -> np.ndarray:
    """Distort pictures, each in its own way or all alike.

    Args:
        images: (n, 28, 28) float32 in [0, 1], or one (28, 28) picture to distort in n ways.
        settings: by the distortions' names, a value or (n,) values; distortions that are left out change nothing.
        noise: see `Noise`.

    Returns:
        (n, 28, 28) float32 in [0, 1].

    Raises:
        KeyError: a name in the settings does not belong to a distortion.
    """
    unknown = set(settings) - set(DISTORTIONS)
    if unknown:
        raise KeyError(f"There is no distortion {sorted(unknown)}; there are {', '.join(DISTORTIONS)}.")
    images = np.asarray(images, np.float32).reshape(-1, SIDE, SIDE)
    count = max(len(images), *(np.size(value) for value in settings.values()), 1)
    images = np.broadcast_to(images, (count, SIDE, SIDE))
    changed = {
        name: np.asarray(value, np.float32).reshape(-1)
        for name, value in settings.items()
        if np.any(np.asarray(value) != DISTORTIONS[name].neutral)
    }
    for apply in dict.fromkeys(distortion.apply for name, distortion in DISTORTIONS.items() if name in changed):
        images = apply(images, {**_NEUTRAL, **changed}, noise)
    return np.ascontiguousarray(images, np.float32)


def noise_fields(count: int) -> np.ndarray:
    """(count, 28, 28) float32, standard normal and always the same; the first fields do not depend on `count`."""
    return np.random.default_rng(NOISE_SEED).standard_normal((count, SIDE, SIDE), np.float32)


def _move(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    """Slant, resize, rotate and then shift pictures about the middle of the frame, bilinearly, on an endless
    background."""
    angle, lean = np.deg2rad(values["rotation"])[:, None], np.tan(np.deg2rad(values["slant"]))[:, None]
    scale = values["size"][:, None] / 100
    row, column = (axis.reshape(1, -1) - MIDDLE for axis in np.mgrid[:SIDE, :SIDE].astype(np.float32))
    column = column - values["shift"][:, None]
    # For each pixel, find where its ink comes from, by undoing the steps from the last to the first.
    down = (np.cos(angle) * row - np.sin(angle) * column) / scale
    right = (np.sin(angle) * row + np.cos(angle) * column) / scale + lean * down
    width = SIDE + 2
    flat = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(len(images), -1)
    down, right = (np.clip(axis + MIDDLE + 1, 0, SIDE + 0.999) for axis in (down, right))
    above, left = np.floor(down), np.floor(right)
    index = (above * width + left).astype(np.intp)
    down, right = (down - above).astype(np.float32), (right - left).astype(np.float32)

    def ink(offset: int) -> np.ndarray:
        if len(index) == 1:  # all pictures are moved in the same way, which is far faster
            return flat[:, index[0] + offset]
        return np.take_along_axis(flat, index + offset, axis=1)

    upper = ink(0) * (1 - right) + ink(1) * right
    lower = ink(width) * (1 - right) + ink(width + 1) * right
    return (upper * (1 - down) + lower * down).reshape(-1, SIDE, SIDE)


def _change_width(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    """Make strokes wider or narrower: a grey dilation of the ink, or the background, by a soft disc."""
    change = values["stroke width"]
    radius = np.abs(change)[:, None, None] / 2
    thinner = np.broadcast_to(change[:, None, None] < 0, images.shape)
    ink = np.where(thinner, 1 - images, images)
    padded = np.pad(ink, ((0, 0), (_REACH, _REACH), (_REACH, _REACH)), mode="edge")
    grown = ink
    for row in range(-_REACH, _REACH + 1):
        for column in range(-_REACH, _REACH + 1):
            # 1 within the disc, and falling to 0 over one px beyond it, so that any change of the radius has an effect.
            weight = np.clip(radius + 1 - np.hypot(row, column), 0, 1).astype(np.float32)
            if weight.any():
                rows, columns = slice(_REACH + row, _REACH + row + SIDE), slice(_REACH + column, _REACH + column + SIDE)
                grown = np.maximum(grown, weight * padded[:, rows, columns])
    return np.where(thinner, 1 - grown, grown)


def _leave_out_patch(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    """Leave out a square around the middle of the frame; pixels that its edge cuts lose a part of their ink."""
    side = values["missing patch"][:, None]
    reach = np.abs(np.arange(SIDE) - MIDDLE).astype(np.float32)
    inside = np.clip(side / 2 + 0.5 - reach, 0, 1) * (side > 0)
    return images * (1 - inside[:, :, None] * inside[:, None, :])


def _draw_lines(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    """Draw straight lines, each 1 px wide and in a direction of its own."""
    number = values["lines"]
    row, column = np.mgrid[:SIDE, :SIDE].astype(np.float32) - MIDDLE
    for at in range(math.ceil(number.max())):
        angle, away = np.pi * _GOLDEN * (at + 0.5), 8 * (2 * (_GOLDEN * at % 1) - 1)
        line = np.clip(1 - np.abs(np.sin(angle) * column - np.cos(angle) * row - away), 0, 1)
        images = np.maximum(images, np.clip(number - at, 0, 1)[:, None, None] * line)
    return images


def _lower_contrast(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    return images * values["contrast"][:, None, None] / 100


def _lighten_background(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    level = values["background"][:, None, None] / 100
    return level + (1 - level) * images


def _add_noise(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    field = noise_fields(1) if noise is None else noise
    return np.clip(images + values["noise"][:, None, None] * field, 0, 1)


def _blur(images: np.ndarray, values: Values, noise: Noise) -> np.ndarray:
    """Convolve pictures with a Gaussian; ink that leaves the frame is lost."""
    spread = values["blur"]
    places = np.arange(SIDE, dtype=np.float32)
    distance = (places[:, None] - places) ** 2
    kernel = np.exp(-distance / (2 * np.maximum(spread, 1e-3)[:, None, None] ** 2))
    reach = np.arange(-SIDE, SIDE + 1, dtype=np.float32)[:, None] ** 2
    kernel /= np.exp(-reach / (2 * np.maximum(spread, 1e-3) ** 2)).sum(axis=0)[:, None, None]
    return kernel @ images @ kernel.transpose(0, 2, 1)


DISTORTIONS = {
    distortion.name: distortion
    for distortion in (
        Distortion(N_("rotation"), "°", -90, 90, 0, 1, _move, 3),  # clockwise
        Distortion(N_("shift"), "px", -8, 8, 0, 0.5, _move),  # to the right
        Distortion(N_("size"), "%", 50, 140, 100, 2, _move),  # of the original size
        Distortion(N_("slant"), "°", -45, 45, 0, 1, _move),  # to the right, like italics
        Distortion(N_("stroke width"), "px", -1.5, 4, 0, 0.1, _change_width),  # difference to the original width
        Distortion(N_("missing patch"), "px", 0, 14, 0, 0.5, _leave_out_patch, 4),  # side of a square in the middle
        Distortion(N_("lines"), "", 0, 6, 0, 0.5, _draw_lines, 3),  # their number; the last may be faint
        Distortion(N_("contrast"), "%", 5, 100, 100, 1, _lower_contrast, 4),  # of the original contrast
        Distortion(N_("background"), "%", 0, 90, 0, 1, _lighten_background, 4),  # its brightness, where ink has 100%
        Distortion(N_("noise"), "", 0, 1, 0, 0.02, _add_noise, 5),  # standard deviation; ink is 1 and background is 0
        Distortion(N_("blur"), "px", 0, 3, 0, 0.1, _blur, 5),  # standard deviation of a Gaussian
    )
}
_NEUTRAL = {name: np.array([distortion.neutral], np.float32) for name, distortion in DISTORTIONS.items()}
