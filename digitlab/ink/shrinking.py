"""Averages decoded pixels down, strip by strip, and brings them to eight bits, whatever they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageCms

from digitlab.ink.box import Box

SIDE = 1024  # px: pictures at least twice as large are averaged down, but never below this
STRIP = 2e6  # px: a change of the mode may take four times the memory, so this many are changed at a time
FAINTEST = 0.05  # of more than eight bits, less contrast than this share of the largest value is noise: not stretched
MISSING = 1e30  # some scientific files mark what is missing by the largest number there is
EXTREMES = 1e-4  # share of the values at either end that may be cut, so that a hot pixel does not hide the rest


def shrunk(source: Image.Image | np.ndarray, box: Box) -> Image.Image:
    """A part of a picture, in mode "RGBA", averaged down until its longer side is less than `2 * SIDE` px.

    Args:
        source: of any mode; or (h, w, channels), of more than eight bits of any range.
        box: in px of `source`, within it.
    """
    factor = max(1, box.longer_side // SIDE)
    rows = factor * max(1, round(STRIP / box.width / factor))
    strips = []
    for top in range(box.top, box.bottom, rows):
        strip = _cut(source, box.left, top, box.right, min(top + rows, box.bottom))
        is_deep = isinstance(strip, np.ndarray) or strip.mode.startswith(("I", "F"))
        strips.append(_averaged_numbers(np.asarray(strip), factor) if is_deep else _averaged(strip, factor))
    return _eight_bits(np.concatenate(strips))


def _cut(source: Image.Image | np.ndarray, left: int, top: int, right: int, bottom: int) -> Any:
    """A part as a picture, or as an array if it has more than eight bits."""
    if not isinstance(source, np.ndarray):
        return source.crop((left, top, right, bottom))
    strip = source[top:bottom, left:right]
    if strip.dtype != np.uint8:
        return strip
    return Image.fromarray(np.ascontiguousarray(strip if strip.shape[2] > 1 else strip[..., 0]))


def _averaged(picture: Any, factor: int) -> np.ndarray:
    """(h, w, 4) uint8 RGBA."""
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        picture = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
    elif "transparency" in picture.info or picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    return np.asarray(picture.reduce(factor).convert("RGBA"))


def _averaged_numbers(values: np.ndarray, factor: int) -> np.ndarray:
    """(h, w, channels) float32: grey or RGB, of any range, without gaps."""
    values = values.astype(np.float32)
    values = values.reshape(*values.shape[:2], -1)[..., :3]
    is_there = np.abs(values) < MISSING  # nor is NaN
    if not is_there.all():
        values = np.where(is_there, values, np.median(values[is_there]) if is_there.any() else 0)
    bands = [Image.fromarray(np.ascontiguousarray(values[..., at])) for at in range(values.shape[2])]
    return np.stack([np.asarray(band.reduce(factor)) for band in bands], axis=-1)


def _eight_bits(values: np.ndarray) -> Image.Image:
    """Pixels as a picture; those of more than eight bits are stretched over the range that they fill."""
    if values.dtype != np.uint8:
        low, high = np.quantile(values, [EXTREMES, 1 - EXTREMES])
        span = max(high - low, FAINTEST * max(abs(low), abs(high)), 1e-30)
        values = np.clip(255 * (values - low) / span, 0, 255).round().astype(np.uint8)
    return Image.fromarray(values if values.shape[2] > 1 else values[..., 0]).convert("RGBA")
