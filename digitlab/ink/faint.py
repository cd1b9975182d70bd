"""Faint strokes: a pen that presses unevenly leaves parts of a digit far lighter than its darkest ones.

A threshold at half ink drops them: loops open, and a 4 without its stem is two 1s. What belongs to a stroke is decided
by its own surroundings instead: each pixel is compared with the darkest ink within a stroke's width, so that the edge
of a faint stroke lies halfway between it and the paper, as the edge of a dark one does.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from digitlab.ink.box import extent

FAINTEST = 0.15  # a stroke fainter than this share of full ink is the paper's texture, or an edge out of focus
BROAD = 3  # faint ink broader than this many strokes is no stroke but a shadow, or the colour of the paper
LOST = 0.01  # ink is strengthened if a threshold at half ink would lose more than this share of it
EDGE_PX = 2  # px: faint ink this close to solid ink is its soft edge


def strengthened(ink: np.ndarray) -> np.ndarray:
    """The ink with its faint strokes as dark as the others; unchanged where half ink tells strokes from paper.

    Args, returns: (h, w) float32 in [0, 1]; 1 where a pixel is full ink.
    """
    if lost_share(ink) <= LOST:
        return ink
    width = stroke_width(ink)
    strokes = np.maximum(ink - _broad(ink, round(BROAD * width)), 0) if width else ink
    if not (strokes >= FAINTEST).any():
        return ink
    place = extent(strokes >= FAINTEST).slices
    inside = strokes[place]
    reach = max(1, round(width / 2))
    darkest = ndimage.uniform_filter(ndimage.maximum_filter(inside, 2 * reach + 1), reach // 2 | 1)
    even = np.zeros_like(ink)
    even[place] = np.minimum(inside / np.maximum(darkest, 2 * FAINTEST), 1.0)
    return even


def lost_share(ink: np.ndarray) -> float:
    """Which share of all ink a threshold at half ink would lose: faint strokes, not the soft edges of dark ones."""
    faint = ink >= FAINTEST
    total = float(ink[faint].sum())
    if total == 0:
        return 0.0
    near = ink >= 0.5
    for _ in range(EDGE_PX):  # faster than a filter
        for lines in (near, near.T):
            grown = lines.copy()
            grown[1:] |= lines[:-1]
            grown[:-1] |= lines[1:]
            lines[:] = grown
    return float(ink[faint & ~near].sum()) / total


def stroke_width(ink: np.ndarray) -> float:
    """The mean width of the strokes in px, at half of the darkest ink; 0 where there is none."""
    solid = np.pad(ink >= 0.5 * ink.max(), 1)
    if ink.max() <= 0:
        return 0.0
    # The centres of the outermost ink pixels lie half a pixel inside the edge. In a bar of width w, the mean distance
    # to the nearer edge is w / 4.
    return 4 * float((ndimage.distance_transform_edt(solid)[solid] - 0.5).mean())


def _broad(ink: np.ndarray, width: int) -> np.ndarray:
    """What is broader than so many px: a shadow, or the colour of the paper."""
    return ndimage.maximum_filter(ndimage.minimum_filter(ink, width | 1), width | 1)
