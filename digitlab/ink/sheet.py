"""Finds a sheet of paper that lies on something, or a picture within a picture, and looks at it straight on.

A sheet is a region of another colour or brightness than what is around it, with four straight sides. The picture's
border may cut it off, so that one of its sides is the border's. All others must be real: along them, the colour
changes.
"""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 256  # px: longer side of the picture in which a sheet is looked for; small enough to blur writing and grain
MEDIAN = 5  # px: window of the median that takes strokes and grain out first
SMALLEST, LARGEST = 0.12, 0.97  # shares of the picture that a sheet covers
FILLED = 0.9  # share of its four-sided outline that the region fills, holes included
STEP_PX = 4  # px: distance from a side at which the colours inside and outside are compared
STEP = 10  # least difference of these colours, in levels of the Lab space of 8 bits
STEPS = 0.85  # share of a side along which they must differ
BORDER_PX = 3  # px: a side this close to the border is the border
FREE = 3  # a sheet has at least this many sides that are not the border's ...
MARGIN = 0.012  # share of the sheet's longer side that is left out around it: its edge and its shadow
WORKING_SIDE = 1024  # px: longer side of the sheet when it is laid flat, at most


def find(rgb: np.ndarray) -> np.ndarray | None:
    """The four corners of a sheet, (4, 2) float32 in px, clockwise from the top left; None if there is none.

    Args:
        rgb: (h, w, 3) float32 in [0, 1].
    """
    height, width = rgb.shape[:2]
    factor = SIDE / max(height, width)
    if factor > 1:
        return None
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.medianBlur((small * 255).round().astype(np.uint8), MEDIAN), cv2.COLOR_RGB2LAB)
    best, best_area = None, 0.0
    for channel in cv2.split(lab):
        if np.ptp(channel) < STEP:
            continue
        _, high = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for mask in (high, 255 - high):
            corners = _four_sided(mask)
            if corners is None:
                continue
            area = cv2.contourArea(corners)
            if area > best_area and _has_real_sides(corners, lab):
                best, best_area = corners, area
    if best is None:
        return None
    return (best + 0.5) / factor - 0.5


def _four_sided(mask: np.ndarray) -> np.ndarray | None:
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    area = cv2.contourArea(outline)
    if not SMALLEST * mask.size <= area <= LARGEST * mask.size:
        return None
    hull = cv2.convexHull(outline)
    around = cv2.arcLength(hull, True)
    for tolerance in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * around, True).reshape(-1, 2)
        if len(corners) <= 4:
            break
    if len(corners) != 4 or area < FILLED * cv2.contourArea(corners):
        return None
    return _in_order(corners.astype(np.float32))


def _in_order(corners: np.ndarray) -> np.ndarray:
    """Clockwise, from the corner nearest to the top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    turned = corners[np.argsort(angles)]
    return np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0)


def _has_real_sides(corners: np.ndarray, lab: np.ndarray) -> bool:
    height, width = lab.shape[:2]
    free = 0
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if any(
            max(abs(start[axis] - edge), abs(end[axis] - edge)) <= BORDER_PX
            for axis, edge in ((0, 0), (0, width - 1), (1, 0), (1, height - 1))
        ):
            continue
        free += 1
        along = (end - start) / max(np.linalg.norm(end - start), 1e-6)
        normal = np.array([along[1], -along[0]])  # outwards, as the corners go clockwise
        at = start + np.linspace(0.06, 0.94, 40)[:, None] * (end - start)
        inside, outside = (np.round(at + sign * STEP_PX * normal).astype(int) for sign in (-1, 1))
        is_visible = ((outside >= 0) & (outside < (width, height))).all(axis=1)
        inside, outside = (np.clip(places, 0, (width - 1, height - 1)) for places in (inside, outside))
        difference = np.abs(lab[inside[:, 1], inside[:, 0]].astype(int) - lab[outside[:, 1], outside[:, 0]]).max(axis=1)
        if is_visible.sum() < 10 or np.mean(difference[is_visible] >= STEP) < STEPS:
            return False
    return free >= FREE


def laid_flat(rgb: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet seen from straight above, (h, w, 3) float32, and the homography (3, 3) from its px to the picture's."""
    middle = corners.mean(axis=0)
    top, right, bottom, left = (float(np.linalg.norm(side)) for side in np.roll(corners, -1, axis=0) - corners)
    across, down = (top + bottom) / 2, (left + right) / 2
    margin = MARGIN * max(across, down) + 2
    inwards = middle - corners
    length = np.maximum(np.linalg.norm(inwards, axis=1, keepdims=True), 1)
    shrunk = corners + inwards / length * margin * np.sqrt(2)
    factor = min(1.0, WORKING_SIDE / max(across, down))
    width, height = max(8, round(across * factor)), max(8, round(down * factor))
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_picture = cv2.getPerspectiveTransform(square, shrunk.astype(np.float32))
    flat = cv2.warpPerspective(
        rgb, to_picture, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return flat, to_picture
