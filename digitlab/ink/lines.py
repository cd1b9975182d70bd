"""Leaves out the lines that are printed on paper: ruled, squared, and the lines of forms.

A line of the paper is thin, straight and runs through the picture from end to end, which no stroke of a digit does.
Such lines are found by a Hough transform of everything thin. Each is then followed pixel by pixel, since paper
bends, and taken out; strokes that cross it are mended across its width, and strokes darker than it are kept where
they run along it.
"""

from __future__ import annotations

import cv2
import numpy as np

THIN = 0.011  # a line is at most this wide, as a share of the picture's longer side ...
THINNEST_PX = 3  # px: ... or this wide
MOSTLY_THIN = 0.5  # share of its depth that a line loses with everything that is so thin
TURN_DEG = 14  # degrees by which lines may differ from level and upright
HOUGH_SIDE = 512  # px: longer side of the picture in which lines are looked for
HOUGH_DEG = 0.5  # degrees: the transform's steps
VOTES = 0.3  # a line has points over at least this share of the picture, in one straight line ...
COVERED = 0.55  # ... and over this share once it is followed
END = 0.08  # share of its length within which a line has to show at either end
WANDER_PX = 3  # px by which a line may leave its straight course
SAME_PX = 4  # px: lines closer together than this are one
MOST = 120  # lines of one direction; more are texture
DARKER = 1.35  # what is darker than the line by this factor is a stroke that runs along it


def without_lines(depth: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
    """The contrast without lines of the paper.

    Args:
        depth: (h, w) float32, at least 0, as `light.Contrast.depth`.
        least: depth from which on a pixel may be ink.

    Returns:
        The same without lines, (h, w) float32; and where lines were, (h, w) bool.
    """
    # Upright lines first: they are level ones in the turned picture.
    turned, upright = _without_level_lines(np.ascontiguousarray(depth.T), least)
    result, level = _without_level_lines(np.ascontiguousarray(turned.T), least)
    return result, level | upright.T


def _without_level_lines(depth: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
    height, width = depth.shape
    where = np.zeros(depth.shape, bool)
    thickest = max(THINNEST_PX, round(THIN * max(depth.shape)))
    broad = cv2.morphologyEx(depth, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    thin = cv2.subtract(depth, broad)
    # The ridge of a soft, broad stroke is thin, too, but most of the stroke is not.
    marks = (thin > least) & (thin > MOSTLY_THIN * depth)
    courses = _courses(marks, width, height)
    if not courses:
        return depth, where
    followed = [course for course in (_followed(thin, marks, *each) for each in courses) if course is not None]
    if not followed or len(followed) > MOST:
        return depth, where
    columns = np.arange(width)
    kept = np.zeros(depth.shape, np.float32)
    for rows, half in followed:
        inside = (rows >= 0) & (rows < height)
        if not inside.any():  # it was followed out of the picture
            continue
        reach = np.arange(-half, half + 1)[:, None]
        band = np.clip(rows[None] + reach, 0, height - 1)
        values = depth[band, columns[None]]
        line = np.median(np.maximum(values.max(axis=0)[inside], least))
        where[band[:, inside], np.broadcast_to(columns, band.shape)[:, inside]] = True
        np.maximum.at(kept, (band, np.broadcast_to(columns, band.shape)), np.where(values > DARKER * line, values, 0))
    bare = np.where(where, kept, depth)
    gap = 2 * max(half for _, half in followed) + 4
    mended = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    result = np.where(where, np.maximum(kept, np.minimum(mended, depth)), depth)
    return result.astype(np.float32), where


def _courses(marks: np.ndarray, width: int, height: int) -> list[tuple[float, float]]:
    """Straight lines through many marks: row at the left edge and rise per column, likelier ones first."""
    factor = min(1.0, HOUGH_SIDE / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(marks.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    small = ((small > 60) * 255).astype(np.uint8)
    if not small.any():
        return []
    turn = np.deg2rad(TURN_DEG)
    through_marks = cv2.HoughLines(
        small,
        1,
        np.deg2rad(HOUGH_DEG),
        max(10, round(VOTES * size[0])),
        min_theta=np.pi / 2 - turn,
        max_theta=np.pi / 2 + turn,
    )
    if through_marks is None:
        return []
    courses: list[tuple[float, float]] = []
    for rho, theta in through_marks.reshape(-1, 2)[: 20 * MOST]:
        start, rise = rho / np.sin(theta) / factor, -np.cos(theta) / np.sin(theta)
        end = start + rise * width
        others = [(other_start, other_start + other_rise * width) for other_start, other_rise in courses]
        if all(
            min(abs(start - other_start), abs(end - other_end)) > SAME_PX
            and abs(start + end - other_start - other_end) > 2 * SAME_PX
            for other_start, other_end in others
        ):
            courses.append((start, rise))
            if len(courses) > 2 * MOST:
                break
    return courses


def _followed(thin: np.ndarray, marks: np.ndarray, start: float, rise: float) -> tuple[np.ndarray, int] | None:
    """The row of a line in each column, and half its width in px; None if it is interrupted too often to be one."""
    height, width = thin.shape
    columns = np.arange(width)
    straight = start + rise * columns
    inside = (straight >= 0) & (straight < height)
    if inside.sum() < 0.5 * min(width, height):
        return None
    wander = np.arange(-WANDER_PX, WANDER_PX + 1)
    band = np.clip(np.round(straight).astype(int)[None] + wander[:, None], 0, height - 1)
    values, on = thin[band, columns[None]], marks[band, columns[None]]
    covered = on.any(axis=0) & inside
    if covered.sum() < COVERED * inside.sum():
        return None
    reached = np.flatnonzero(inside)
    near = max(3, round(END * len(reached)))
    if min(covered[reached[:near]].mean(), covered[reached[-near:]].mean()) < 0.5 * COVERED:
        return None  # a long stroke: it ends before the picture does
    offset = np.where(covered, wander[values.argmax(axis=0)], np.nan)
    known = np.flatnonzero(~np.isnan(offset))
    offset = np.interp(columns, known, offset[known])
    side = max(5, width // 24) | 1
    offset = cv2.blur(_running_median(offset, side)[None].astype(np.float32), (side, 1))[0]
    rows = np.round(straight + offset).astype(int)
    thickness = np.median(on[:, covered].sum(axis=0))
    return rows, int(np.ceil(0.75 * thickness)) + 1


def _running_median(values: np.ndarray, side: int) -> np.ndarray:
    # Offsets are small whole numbers; a median on bytes is quick.
    row = np.clip(np.round(16 * values) + 128, 0, 255).astype(np.uint8)
    padded = np.pad(row, side // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, side)[:: max(1, side // 8)]
    at = np.arange(len(row))[:: max(1, side // 8)]
    return (np.interp(np.arange(len(row)), at, np.median(windows, axis=1)) - 128) / 16
