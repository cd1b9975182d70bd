"""Finds the ink on a picture: how much of each pixel is ink, whatever the paper, the light, and what else is there.

The light is taken out, so that only what stands out from the paper is left (`light`). Lines that are printed on the
paper are left out (`lines`); so is what lies around a frame, at the border, or below as an underline (`parts`).
Where the paper is a sheet on a table, all this happens on the sheet (`sheet`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from digitlab.errors import NothingDrawn
from digitlab.ink import light, lines, parts, sheet
from digitlab.ink.box import extent
from digitlab.ink.light import Contrast
from digitlab.ink.mnist_format import NO_STROKES
from digitlab.language import N_

WORKING_SIDE = 1024  # px: longer side on which ink is looked for; a digit a thirtieth as large is still 34 px high
RESULT_SIDE = 512  # px: longer side of the ink that is returned, at most
NOTHING = N_("No ink stands out from the paper. Photograph one digit, dark on light paper, close up.")
STRONG = 0.45  # on a photo, ink is certain from this share of the strongest ink's depth on ...
WEAK = 0.2  # ... and from this share on where it is connected with certain ink: pens are uneven
DOTS = 0.015  # gaps between the dots of a spray can or of a raster, as a share of the longer side ...
DOTTED = 1.5  # ... are closed if that makes this many times as much ink
SMALLEST = 0.012  # a part smaller than this share of a photo's longer side is dirt
CLEAR = 1.3  # ink on a photo is at least this many times as deep as what may be ink ...
CLEAR_SMALL, LARGE = 2.0, 0.06  # ... and this many times if no part of it is larger than this share of the longer side
TEXTURE, TEXTURE_SHARE = 10, 0.3  # more parts than this, with the largest below this share, are the paper's grain
SOFT = 0.25  # parts whose edges are less steep than this share of the steepest part's are shadows, not ink
HAIR = 3  # px: a hairline with the soft edges that it gets when a picture is made smaller
LIFTED = 0.75  # it is shown at least this strong ...
MOST_LIFT = 4  # ... if it is not fainter than this many times
CHOICE_SIDE = 400  # px: longer side of the copy on which the ways of looking are compared
DARK = 1.2  # ink that is lighter than the paper has edges at least this many times as steep as what is darker
CUT_OFF = 0.4  # what reaches the border speaks this much less for itself
NOISE = 0.15  # a picture is noise if this share of its pixels differ from both of their neighbours
MORE = 1.15  # the wider window is right if it shows this many times as much ink ...
AS_SHARP = 0.6  # ... with edges at least this steep, relative to the narrower one


@dataclass(frozen=True)
class FoundInk:
    """The ink on a picture.

    Attributes:
        ink: (h, w) float32 in [0, 1]; 1 where a pixel is full ink.
        to_picture: (3, 3) float64, the homography from px of `ink` to px of the picture that was given.
        steps: names and images of what is worth showing, in order.
        everything: all that stands out from the picture's one colour, whatever it is, as a share of what does most,
            (h, w) float32 in [0, 1] for the whole picture; None if its background has several colours.
    """

    ink: np.ndarray
    to_picture: np.ndarray
    steps: tuple[tuple[str, np.ndarray], ...] = ()
    everything: np.ndarray | None = None


@dataclass(frozen=True)
class _Look:
    """Ink as it appears in one way of looking: `ink` as in `FoundInk`, its area in px, and how steep its edges are."""

    ink: np.ndarray
    area: int
    sharpness: float
    steps: tuple[tuple[str, np.ndarray], ...]

    @property
    def clearness(self) -> float:
        """How much speaks for this being ink: a long steep edge, inside of the picture."""
        rim = light.border(self.ink[..., None])
        return self.sharpness * self.area**0.5 * (CUT_OFF if rim.max() > 0 else 1)


def find_ink(picture: Image.Image) -> FoundInk:
    """The ink of the digits on a picture, and nothing else.

    Args:
        picture: mode "RGBA"; dark on light or light on dark, any colours, transparent or opaque.

    Raises:
        NothingDrawn: nothing stands out from the background.
    """
    rgba = _fitted(np.asarray(picture), WORKING_SIDE)
    to_picture = np.diag([picture.size[0] / rgba.shape[1], picture.size[1] / rgba.shape[0], 1.0])
    alpha = rgba[..., 3]
    rgb = rgba[..., :3] * np.float32(1 / 255)
    if alpha.min() < 255:
        share = alpha * np.float32(1 / 255)
        if _is_drawn_on_transparency(share):
            look = _look(Contrast(share, 0.0, True))
            if look is None:
                raise NothingDrawn()
            return replace(_result(look, to_picture), everything=share / share.max())
        # Any other transparency is a soft edge or a border: put it on white, as picture viewers do.
        rgb = rgb * share[..., None] + (1 - share[..., None])
    flat = light.on_one_colour(rgb)
    if flat is not None and _is_noise(flat.depth > flat.least):
        raise NothingDrawn(NO_STROKES)
    corners = None if flat is not None and (flat.depth > flat.least).mean() < sheet.SMALLEST else sheet.find(rgb)
    if corners is not None:
        laid, to_whole = sheet.laid_flat(rgb, corners)
        look = _best_look(laid, light.on_one_colour(laid))
        if look is not None:
            return _result(look, to_picture @ to_whole, (N_("Sheet found"), (laid * 255).round().astype(np.uint8)))
    look = _best_look(rgb, flat)
    if look is None:
        raise NothingDrawn() if flat is not None else NothingDrawn(NOTHING)
    result = _result(look, to_picture)
    return result if flat is None else replace(result, everything=flat.depth / flat.depth.max())


def _is_noise(marks: np.ndarray) -> bool:
    """Whether far more pixels than a drawing has are alone in their row."""
    if min(marks.shape) <= light.SMALLEST_PHOTO:
        return False
    alone = (marks[:, 1:-1] != marks[:, :-2]) & (marks[:, 1:-1] != marks[:, 2:])
    return float(alone.mean()) > NOISE


def _result(look: _Look, to_picture: np.ndarray, *steps: tuple[str, np.ndarray]) -> FoundInk:
    """The ink of a look, cut out and made smaller where the picture is larger than needed."""
    ink = look.ink
    if max(ink.shape) > RESULT_SIDE:
        box = extent(ink > 0)
        margin = max(8, (box.longer_side - 1) // 4)
        top, left = max(0, box.top - margin), max(0, box.left - margin)
        ink = ink[top : box.bottom - 1 + margin, left : box.right - 1 + margin]
        to_picture = to_picture @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1.0]])
        fitted = _fitted(ink, RESULT_SIDE)
        if fitted.shape != ink.shape:
            to_picture = to_picture @ np.diag([*np.divide(ink.shape, fitted.shape)[::-1], 1.0])
            ink = _lifted(fitted)  # hairlines fade when they are averaged with the paper beside them
    return FoundInk(np.ascontiguousarray(ink, np.float32), to_picture, (*steps, *look.steps))


def _best_look(rgb: np.ndarray, flat: Contrast | None) -> _Look | None:
    """Look at ink that is darker than the paper and at ink that is lighter, with pens in mind and with broad markers.

    Which of these ways shows the ink is decided on a small copy of the picture: what has the steepest edges, and from
    there on, what loses least ink.
    """
    if flat is not None:
        return _look(flat)
    small = _fitted(rgb, CHOICE_SIDE)
    looks: dict[tuple[float, bool], _Look | None] = {}
    for window in light.WINDOWS:
        for lighter, contrast in enumerate(light.around(small, window)):
            looks[window, bool(lighter)] = _look(contrast)
    seen = {way: look for way, look in looks.items() if look is not None}
    if not seen:
        return None
    chosen = max(seen, key=lambda way: seen[way].clearness * (1 if way[1] else DARK))
    narrow, wide = ((window, chosen[1]) for window in light.WINDOWS)
    if narrow in seen and wide in seen:
        loses = seen[wide].area > MORE * seen[narrow].area and seen[wide].sharpness > AS_SHARP * seen[narrow].sharpness
        chosen = wide if loses else narrow
    window, lighter = chosen
    for how in ((light.WINDOWS[0], seen[chosen].ink > 0), (window, None)):
        look = _look(list(light.around(rgb, *how))[lighter])
        if look is not None:
            return look
    return seen[chosen]


def _look(contrast: Contrast) -> _Look | None:
    """The digits among what stands out from the paper."""
    depth, steps = _unruled(contrast)
    settled = _within_border(depth, contrast)
    if settled is None:
        return None
    depth, strong, labels, kept = settled
    kept = parts.without_holes(labels, parts.without_underlines(labels, kept))
    largest = max(part.area for part in kept)
    if not contrast.is_flat and len(kept) > TEXTURE and largest < TEXTURE_SHARE * sum(part.area for part in kept):
        return None  # the grain of the paper
    kept = [part for part in kept if part.area >= parts.SPECK * largest]
    slopes = _slopes(depth, labels)
    if not contrast.is_flat:
        steepest = max(slopes[part.number] for part in kept)
        kept = [part for part in kept if slopes[part.number] >= SOFT * steepest]
    mask = parts.select(labels, {part.number for part in kept})
    full = float(np.quantile(depth[mask], 0.75))
    clear = CLEAR if max(part.box.longer_side for part in kept) > LARGE * max(depth.shape) else CLEAR_SMALL
    if not contrast.is_flat and full < clear * contrast.least:
        return None
    grown = _grown(depth > max(contrast.least, WEAK * full), mask, strong & ~mask)
    slope = np.average([slopes[part.number] for part in kept], weights=[part.box.longer_side for part in kept])
    return _Look(_covered(depth, grown, full, contrast), int(mask.sum()), contrast.full * float(slope), steps)


def _unruled(contrast: Contrast) -> tuple[np.ndarray, tuple[tuple[str, np.ndarray], ...]]:
    """The contrast without frames and without lines of the paper, and the steps worth showing."""
    depth, least = contrast.depth, contrast.least
    if max(depth.shape) <= light.SMALLEST_PHOTO or min(depth.shape) < parts.SLIVER_PX:
        return depth, ()
    # Frames first: without some of its lines, a box is no frame.
    depth = _within_frame(depth, least)
    bare, printed = lines.without_lines(depth, least)
    if not printed.any():
        return depth, ()
    bare = _within_frame(bare, least)
    return bare, ((N_("Lines of the paper left out"), np.clip(bare / max(float(bare.max()), least), 0, 1)),)


def _within_border(
    depth: np.ndarray, contrast: Contrast
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[parts.Part]] | None:
    """The contrast without what the border cuts off, where it is certain ink, and the labelled parts of that."""
    side = max(depth.shape)
    kept: list[parts.Part] = []
    # What is dropped may have been far darker than the digit.
    for _ in range(4):
        candidates = depth > contrast.least
        if not candidates.any():
            return None
        # Of a thin line, most pixels are its soft edges.
        full = float(np.quantile(depth[candidates], 0.95))
        level = max(contrast.least, (WEAK if contrast.is_flat else STRONG) * full)
        if contrast.is_flat and side > light.SMALLEST_PHOTO:
            depth = _undotted(depth, level)
        strong = depth > level
        labels, strong_parts = parts.parts(strong)
        numbers = parts.without_border(labels, strong_parts, contrast.is_flat)
        kept = [part for part in strong_parts if part.number in numbers]
        if len(kept) == len(strong_parts):
            break
        dropped = parts.select(labels, {part.number for part in strong_parts} - numbers).astype(np.uint8)
        halo = cv2.dilate(dropped, np.ones((2 * max(1, side // 200) + 1,) * 2, np.uint8))
        depth = np.where(halo > 0, np.float32(0), depth)
    kept = [part for part in kept if contrast.is_flat or part.box.longer_side >= SMALLEST * side]
    return (depth, strong, labels, kept) if kept else None


def _undotted(depth: np.ndarray, level: float) -> np.ndarray:
    """The contrast with closed gaps if it is made of dots."""
    side = max(3, round(DOTS * max(depth.shape))) | 1
    closed = cv2.morphologyEx(depth, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return closed if (closed > level).sum() > DOTTED * (depth > level).sum() else depth


def _slopes(depth: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How steep the edges of each part are on average, per px, by its number."""
    across, down = (cv2.Sobel(depth, cv2.CV_32F, *axis, scale=0.125) for axis in ((1, 0), (0, 1)))
    mask = labels > 0
    rim = mask & ~(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0)
    count = labels.max() + 1
    sums = np.bincount(labels[rim], cv2.magnitude(across, down)[rim], minlength=count)
    return sums / np.maximum(np.bincount(labels[rim], minlength=count), 1)


def _grown(weak: np.ndarray, mask: np.ndarray, others: np.ndarray) -> np.ndarray:
    """All weak ink that is connected with the mask, but not through other parts."""
    weak = weak & ~(cv2.dilate(others.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) | mask
    _, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    return parts.select(labels, set(np.unique(labels[mask]).tolist()))


def _within_frame(depth: np.ndarray, least: float) -> np.ndarray:
    """The contrast within a frame, and within a frame in that; as it is if nothing is framed."""
    for _ in range(2):
        candidates = depth[depth > least]
        if candidates.size == 0:
            break
        inside = parts.framed(depth > max(least, WEAK * float(np.quantile(candidates, 0.95))))
        if inside is None:
            break
        depth = np.where(inside, depth, np.float32(0))
    return depth


def _covered(depth: np.ndarray, where: np.ndarray, full: float, contrast: Contrast) -> np.ndarray:
    """How much of each pixel is ink: faint strokes stay faint, and soft edges soft."""
    near = cv2.dilate(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    zero = 0.5 * contrast.least if not contrast.is_flat else 0.0
    if contrast.is_flat:
        full = float(depth[where].max()) if depth.size <= 5000 else float(np.quantile(depth[where], 0.9))
    return np.where(near, np.clip((depth - zero) / max(full - zero, 1e-6), 0, 1), 0).astype(np.float32)


def _lifted(ink: np.ndarray) -> np.ndarray:
    """Ink whose hairlines are at least `LIFTED` in their middle."""
    place = extent(ink > 0).slices
    around = cv2.GaussianBlur(cv2.dilate(ink[place], np.ones((HAIR, HAIR), np.uint8)), (0, 0), HAIR / 4)
    result = np.zeros_like(ink)
    result[place] = np.clip(ink[place] * np.clip(LIFTED / np.maximum(around, 1e-3), 1, MOST_LIFT), 0, 1)
    return result


def _fitted(image: np.ndarray, side: int) -> np.ndarray:
    """The image averaged down until its longer side is at most `side` px."""
    height, width = image.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return image
    return cv2.resize(
        image, (max(1, round(width * factor)), max(1, round(height * factor))), interpolation=cv2.INTER_AREA
    )


def _is_drawn_on_transparency(alpha: np.ndarray) -> bool:
    """Whether the picture shows strokes on a transparent background, as a canvas without a background does."""
    return bool(np.median(light.border(alpha[..., None])) < 0.5 * alpha.max()) and bool(
        (alpha > 0.5 * alpha.max()).mean() < 0.9
    )
