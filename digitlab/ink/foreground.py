"""Finds the ink on a picture: how much of each pixel is ink, whatever the colours.

There are two kinds of pictures. On a *flat* one (a canvas, a scan, a screenshot) every pixel of the background has the
same colour, and ink is whatever differs from it in any colour channel. On a *photo* the paper is uneven: first the
brightness of the bare paper is estimated around every pixel, and then ink is what stands out from it.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from digitlab.errors import NothingDrawn

FLAT_TOLERANCE = 16 / 255  # how far most of a flat picture's border may differ from the border's median
LEAST_CONTRAST = 0.12  # share of the full range; fainter marks are the paper's texture, not ink
SHEET_AREA, SHEET_FILL = 0.2, 0.88  # a sheet covers at least these shares of the picture and of its own bounding box
TWO_LEVELS = 0.9  # a picture with at least this share of its pixels at one of two grey levels is not a photo ...
SMALLEST_PHOTO = 64  # px: ... nor is a two-level picture of at most this size, where antialiasing blurs the levels
SPECK = 0.04  # parts of a photo's ink below this share of the largest part are dirt


def find_ink(picture: Image.Image) -> np.ndarray:
    """How much ink lies on each pixel.

    Args:
        picture: mode "RGBA"; dark on light or light on dark, any colours, transparent or opaque.

    Returns:
        (h, w) float32 in [0, 1]; 1 where a pixel is full ink.

    Raises:
        NothingDrawn: nothing stands out from the background.
    """
    rgba = np.asarray(picture)
    rgb = rgba[..., :3] * np.float32(1 / 255)
    if rgba[..., 3].min() < 255:
        alpha = rgba[..., 3] * np.float32(1 / 255)
        if _is_drawn_on_transparency(alpha):
            return alpha
        # Any other transparency is a soft edge or a border: put it on white, as picture viewers do.
        rgb = rgb * alpha[..., None] + (1.0 - alpha[..., None])
    border = _border(rgb)
    background = np.median(border, axis=0)
    strays = np.abs(border - background).max(axis=1) > FLAT_TOLERANCE
    if strays.mean() < 0.25:
        ink = _ink_on_flat(rgb, background)
        return _ink_on_sheet(picture, ink)
    grey = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    background = _commoner_level(rgb, grey)
    return _ink_on_photo(grey) if background is None else _ink_on_flat(rgb, background)


def _ink_on_sheet(picture: Image.Image, ink: np.ndarray) -> np.ndarray:
    """The ink on a sheet of paper that lies on a table of one colour; `ink` as it is where there is no such sheet.

    On such a picture, what differs from the background is not ink but the sheet, so ink is searched within it.
    """
    solid = ink >= 0.5
    if not solid.any():
        return ink
    (top, bottom), (left, right) = (
        (lines[0], lines[-1] + 1) for lines in (np.flatnonzero(solid.any(axis=axis)) for axis in (1, 0))
    )
    box = solid[top:bottom, left:right]
    if box.size < SHEET_AREA * solid.size or box.mean() < SHEET_FILL or box.size > 0.95 * solid.size:
        return ink
    margin = max(2, min(box.shape) // 30)  # leaves out the shadow at the sheet's edge
    if min(box.shape) <= 2 * margin:
        return ink
    inner = (left + margin, top + margin, right - margin, bottom - margin)
    try:
        found = find_ink(picture.crop(inner))
    except NothingDrawn:
        return ink  # no ink on it: the "sheet" is a bare bar, a 1 drawn with a broad brush
    on_sheet = np.zeros_like(ink)
    on_sheet[inner[1] : inner[3], inner[0] : inner[2]] = found
    return on_sheet


def _commoner_level(rgb: np.ndarray, grey: np.ndarray) -> np.ndarray | None:
    """The background's colour of a picture that has two levels of grey and little between them, such as a digit cropped
    so tightly that its ink touches the border. None for a photo."""
    dark, light = np.quantile(grey, [0.02, 0.98])
    if light - dark < 4 * FLAT_TOLERANCE:
        return None
    is_dark, is_light = grey < dark + FLAT_TOLERANCE, grey > light - FLAT_TOLERANCE
    if (is_dark | is_light).mean() < TWO_LEVELS and max(grey.shape) > SMALLEST_PHOTO:
        return None
    return np.median(rgb[is_dark if is_dark.sum() >= is_light.sum() else is_light], axis=0)


def _is_drawn_on_transparency(alpha: np.ndarray) -> bool:
    """Whether the picture shows strokes on a transparent background, as a canvas without a background does."""
    return bool(np.median(_border(alpha[..., None])) < 0.5) and bool((alpha > 0.5).mean() < 0.9)


def _border(image: np.ndarray) -> np.ndarray:
    """(n, channels): the outermost pixels of an (h, w, channels) image, in a border 2% of its shorter side wide."""
    depth = max(1, min(image.shape[:2]) // 50)
    sides = image[:depth], image[-depth:], image[depth:-depth, :depth], image[depth:-depth, -depth:]
    return np.concatenate([side.reshape(-1, image.shape[2]) for side in sides])


def _ink_on_flat(rgb: np.ndarray, background: np.ndarray) -> np.ndarray:
    difference = np.maximum.reduce([np.abs(rgb[..., channel] - background[channel]) for channel in range(3)])
    full = float(np.quantile(difference, 0.999)) if difference.size > 5000 else float(difference.max())
    full = full if full >= LEAST_CONTRAST else float(difference.max())  # a very small drawing
    if full < LEAST_CONTRAST:
        raise NothingDrawn()
    return np.clip(difference / full, 0.0, 1.0)


def _ink_on_photo(grey: np.ndarray) -> np.ndarray:
    grey = ndimage.gaussian_filter(grey, max(grey.shape) / 400)
    trend = _paper_trend(grey)
    residual = grey - trend
    if np.mean((residual - np.median(residual)) ** 3) > 0:  # the distribution's tail is on the light side: chalk
        grey = 1.0 - grey
    paper = _bare_paper(grey)
    depth = np.clip(paper - grey, 0.0, 1.0)
    threshold = _otsu(depth)
    mask = depth > threshold
    if not mask.any() or np.median(depth[mask]) < LEAST_CONTRAST:
        raise NothingDrawn("No ink stands out from the paper. Photograph one digit, dark on light paper, close up.")
    mask = _without_dirt(mask)
    full = float(np.median(depth[mask]))
    ink = np.clip((depth - 0.5 * threshold) / max(full - 0.5 * threshold, 1e-6), 0.0, 1.0)
    return np.where(ndimage.binary_dilation(mask, iterations=2), ink, 0.0).astype(np.float32)


def _paper_trend(grey: np.ndarray) -> np.ndarray:
    """A quadratic surface through the paper's brightness, fitted three times; after the first time without outliers."""
    y, x = np.mgrid[-1 : 1 : grey.shape[0] * 1j, -1 : 1 : grey.shape[1] * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    values = grey.ravel()
    keep = np.ones(values.size, dtype=bool)
    for _ in range(3):
        coefficients, *_ = np.linalg.lstsq(terms[keep][::7], values[keep][::7], rcond=None)
        residual = values - terms @ coefficients
        spread = np.median(np.abs(residual - np.median(residual)))
        keep = np.abs(residual - np.median(residual)) <= 3.0 * max(spread, 1e-4)
    return (terms @ coefficients).reshape(grey.shape)


def _bare_paper(grey: np.ndarray) -> np.ndarray:
    """The paper as it would look without the ink: a morphological closing wider than any stroke, then smoothing."""
    side = max(3, max(grey.shape) // 4) | 1
    closed = ndimage.minimum_filter(ndimage.maximum_filter(grey, side), side)
    return ndimage.gaussian_filter(closed, side / 4)


def _without_dirt(mask: np.ndarray) -> np.ndarray:
    """The mask without specks, and without parts that touch the edge if the digit itself does not."""
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(parts.ravel(), minlength=count + 1)
    areas[0] = 0
    edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    inside = np.setdiff1d(np.arange(1, count + 1), edge)
    # Parts at the edge are shadows or the table. If everything else is specks, the digit itself touches the edge.
    if inside.size and areas[inside].max() >= 0.001 * mask.size:
        areas[edge] = 0
    return (areas >= SPECK * areas.max())[parts] & mask


def _otsu(values: np.ndarray) -> float:
    """The threshold that best separates two classes (Otsu, "A threshold selection method", 1979)."""
    counts, edges = np.histogram(values, bins=256)
    centres = (edges[:-1] + edges[1:]) / 2
    weight = np.cumsum(counts)
    mean = np.cumsum(counts * centres)
    below, above = weight[:-1], weight[-1] - weight[:-1]
    valid = (below > 0) & (above > 0)
    if not valid.any():
        return float(edges[-1])
    gap = mean[:-1] / np.maximum(below, 1) - (mean[-1] - mean[:-1]) / np.maximum(above, 1)
    return float(centres[:-1][np.argmax(np.where(valid, below * above * gap**2, 0.0))])
