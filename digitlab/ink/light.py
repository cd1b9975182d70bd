"""Takes the light out of a picture: how far each pixel differs from the bare paper around it, whatever the colours.

On a *flat* picture (a canvas, a screenshot) the paper has one colour. On a *photo* it is uneven: light falls off, a
shadow has an edge, a lamp is mirrored. There, the paper's colour at a pixel is the median around it: it ignores
strokes, as long as they fill less than half of its window, and it keeps the edges of shadows where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

FLAT = 2 / 255  # how far the pixels of a flat picture's border may differ from the border's commonest colour ...
MOSTLY = 0.6  # ... at least this share of them
COMMON = 0.2  # ... and at least this share of all pixels
SMALLEST_PHOTO = 100  # px: smaller pictures are too coarse for a median around each pixel
MEDIAN_SIDE = 320  # px: longer side of the picture on which the median is taken; it has no details to lose
WINDOWS = (0.16, 0.45)  # the median's window as a share of the longer side: for pens, and for broad markers
DARKEST = 0.12  # paper darker than this is taken for this dark: in black, noise would be a large share
LEAST = 0.03  # share of the full range below which nothing on a photo counts as ink, however little noise there is
LEAST_FLAT = 0.02  # the same for a flat picture: nobody sees less


@dataclass(frozen=True)
class Contrast:
    """What stands out from the paper.

    Attributes:
        depth: (h, w) float32, at least 0: difference from the paper as a share of the paper's own brightness.
        noise: standard deviation of `depth` on bare paper.
        is_flat: whether the paper has one colour.
        full: what a depth of 1 is on most of the paper, as a share of the full range.
    """

    depth: np.ndarray
    noise: float
    is_flat: bool
    full: float = 1.0

    @property
    def least(self) -> float:
        """The depth from which on a pixel may be ink."""
        return LEAST_FLAT if self.is_flat else max(LEAST, 4.5 * self.noise)


def on_one_colour(rgb: np.ndarray) -> Contrast | None:
    """What stands out from paper of one colour; None if the paper has several.

    Args:
        rgb: (h, w, 3) float32 in [0, 1].
    """
    level = _level(rgb)
    if level is None:
        return None
    depth = np.maximum.reduce([np.abs(rgb[..., channel] - level[channel]) for channel in range(3)])
    return Contrast(depth, 0.0, True)


def around(rgb: np.ndarray, window: float, ink: np.ndarray | None = None) -> Iterator[Contrast]:
    """What is darker than the paper around it, and then what is lighter.

    Args:
        rgb: (h, w, 3) float32 in [0, 1].
        window: of `WINDOWS`.
        ink: (h, w) bool, of any size: where there is ink, as far as is known; it is not taken for paper then.
    """
    smooth = cv2.GaussianBlur(rgb, (0, 0), max(0.5, max(rgb.shape) / 1000))
    darkest, lightest = _bare_paper(smooth, window, ink)
    noise = _spread(smooth[::3, ::3] - (darkest[::3, ::3] + lightest[::3, ::3]) / 2)
    # Light multiplies: a stroke in a shadow is as much darker than its paper as one beside it.
    full = np.maximum(darkest, np.float32(DARKEST))
    yield _relative(cv2.subtract(darkest, smooth), full, noise)
    full = np.maximum(1 - lightest, np.float32(2 * DARKEST))
    yield _relative(cv2.subtract(smooth, lightest), full, noise)


def _relative(difference: np.ndarray, full: np.ndarray, noise: float) -> Contrast:
    typical = float(np.median(full[::9, ::9]))
    return Contrast(np.maximum(_largest(difference / full), 0), noise / typical, False, typical)


def _level(rgb: np.ndarray) -> np.ndarray | None:
    """The one colour of the paper, (3,); None if it has several."""
    rim = border(rgb)
    background = np.median(rim, axis=0).astype(np.float32)
    differs = np.abs(rim - background).max(axis=1)
    even = (
        np.mean(differs <= FLAT) >= MOSTLY and np.mean(np.abs(rgb[::3, ::3] - background).max(axis=2) <= FLAT) >= COMMON
    )
    level = background if even else _commoner_level(rgb)
    if level is None:
        level = _level_of_few_pixels(rgb)
    return background if level is None and max(rgb.shape) < SMALLEST_PHOTO else level


def _largest(channels: np.ndarray) -> np.ndarray:
    red, green, blue = cv2.split(channels)
    return cv2.max(cv2.max(red, green), blue)


def _bare_paper(rgb: np.ndarray, window: float, ink: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The darkest and the lightest that the paper is near each pixel: two (h, w, 3) float32."""
    height, width = rgb.shape[:2]
    factor = min(1.0, MEDIAN_SIDE / max(height, width))
    small = cv2.resize(
        rgb, (max(1, round(width * factor)), max(1, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    if ink is not None:
        small = _without_ink(small, ink)
    bare = cv2.GaussianBlur(_median(small, window), (0, 0), 1.0)
    # The edge of a shadow may be anywhere within a pixel of the small picture.
    box, size = np.ones((3, 3), np.uint8), (width, height)
    darkest = cv2.resize(cv2.erode(bare, box), size, interpolation=cv2.INTER_LINEAR)
    return darkest, cv2.resize(cv2.dilate(bare, box), size, interpolation=cv2.INTER_LINEAR)


def _without_ink(rgb: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """The picture with the paper's colour in place of ink, as the widest window shows it: shadows keep their edges."""
    covered = cv2.resize(ink.astype(np.float32), rgb.shape[1::-1], interpolation=cv2.INTER_AREA) > 0
    covered = cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(covered[..., None], _median(rgb, WINDOWS[-1]), rgb)


def _median(rgb: np.ndarray, window: float) -> np.ndarray:
    side = max(3, round(window * max(rgb.shape))) | 1
    return cv2.medianBlur((rgb * 255).round().astype(np.uint8), side).astype(np.float32) / 255


def _spread(difference: np.ndarray) -> float:
    """Standard deviation of what differs from the paper without ink and lines: from the quarter that differs least."""
    return float(np.quantile(np.abs(difference), 0.25)) / 0.3186


def border(image: np.ndarray) -> np.ndarray:
    """(n, channels): the outermost pixels of an (h, w, channels) image, in a border 2% of its shorter side wide."""
    depth = max(1, min(image.shape[:2]) // 50)
    sides = image[:depth], image[-depth:], image[depth:-depth, :depth], image[depth:-depth, -depth:]
    return np.concatenate([side.reshape(-1, image.shape[2]) for side in sides])


TWO_LEVELS = 0.9  # a picture with at least this share of its pixels at one of two grey levels is not a photo ...
SMALLEST_TWO = 64  # px: ... nor is a two-level picture of at most this size, where antialiasing blurs the levels
LEVEL = 6 / 255  # how far a pixel may be from its level ...
LEVEL_SMALL = 16 / 255  # ... in a small picture, where most pixels are at the edge of something


ALL_PAPER = 0.2  # a picture enlarged from few pixels is black, or white, over at least this share of its area ...
SMOOTH = 0.1  # ... and has nowhere a larger step from one pixel to the next


def _level_of_few_pixels(rgb: np.ndarray) -> np.ndarray | None:
    """Black or white, if that is the paper of a picture that was enlarged smoothly from so few pixels that its digit
    touches the border. None for others: on a photo, ink is sharper, and paper is not all of one colour."""
    if max(float(np.abs(np.diff(rgb, axis=axis)).max(initial=0)) for axis in (0, 1)) > SMOOTH:
        return None
    shares = [float((rgb == level).all(axis=2).mean()) for level in (0, 1)]
    return np.full(3, np.argmax(shares), np.float32) if max(shares) >= ALL_PAPER else None


def _commoner_level(rgb: np.ndarray) -> np.ndarray | None:
    """The background's colour of a picture that has two levels of grey and little between them, such as a digit cropped
    so tightly that its ink touches the border. None for a photo."""
    grey = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    small = max(grey.shape) <= SMALLEST_TWO
    dark, light = np.quantile(grey if small else grey[::3, ::3], [0.02, 0.98])
    within = LEVEL_SMALL if small else LEVEL
    if light - dark < 4 * LEVEL_SMALL:
        return None
    is_dark, is_light = grey < dark + within, grey > light - within
    if (is_dark | is_light).mean() < TWO_LEVELS and not small:
        return None
    return np.asarray(np.median(rgb[is_dark if is_dark.sum() >= is_light.sum() else is_light], axis=0), np.float32)
