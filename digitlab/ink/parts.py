"""Tells the parts of a picture that are a digit from frames, underlines, dirt, and what the border cuts off.

Only shapes and places decide: what a frame surrounds is the digit; what lies at the border belongs to something outside
the picture, unless there is nothing else; a straight bar below everything is an underline.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitlab.ink.box import Box

SPECK = 0.03  # a part with less than this share of the largest part's area is dirt
BORDER = 1 / 128  # a part closer to the border than this share of the picture's longer side touches it ...
BORDER_PX = 2  # px: ... or closer than this
SLIVER_PX = 16  # px: a picture that is narrower is all border
HUGS = 0.12  # a part that lies within this share of the picture's sides from its borders is an edge of the paper
BODY = 0.15  # a part inside counts as a digit beside what touches the border from this share of the side on ...
BODY_PHOTO = 0.03  # ... on a photo, where tables, shadows and edges of sheets touch the border, from this share on
RIVAL = 0.4  # ... and, except on a photo, from this share of the size of the largest part that touches the border on
ALONE = 0.3  # what touches the border of a photo is a digit only from this share of its side on, even if it is alone
BAR = 5  # an underline is at least this many times as wide as thick ...
DISC_SIDES, DISC_AREA = 0.8, 0.7  # a disc is as wide as high, and fills its bounding box; at least these shares
BESIDE_HOLE = 0.4  # a disc is a hole if something else is at least this large, as a share of its diameter
LEVEL = 0.3  # ... and rises by at most this much per px
FRAME_SIDE = 0.25  # a frame is at least this large, as a share of the picture's longer side ...
FRAMED = 0.25  # ... and what stands free in it at least this high, as a share of the frame's shorter side ...
FRAMED_TOUCHING = 0.4  # ... or this high if it touches the frame: less is a curl in a loop
FRAME_LINE = 0.12  # a frame's line is at most this thick, as a share of the frame's longer side ...
FRAME_LINE_TOUCHING = 0.06  # ... or this thick if ink touches it
WHOLE = 0.75  # a hole that ink grows into is a frame's inside if it fills this share of the outline around it
BOXED = 0.93  # share of its rotated bounding box that the outline of a box fills ...
SIDES = 0.9  # ... while its line covers this share of each side
RING_EVEN = 0.13  # how far a ring, stretched to a circle, may vary in its radius (standard deviation / mean)
SLASH = 0.22  # ink in a narrow ring that is this narrow for its height is the slash of a zero, not a framed 1 ...
RING = 0.85  # ... in a ring narrower than this share of its height


@dataclass(frozen=True)
class Part:
    """A connected part of a mask: its number in the labels, its box, and its area in px."""

    number: int
    box: Box
    area: int


def parts(mask: np.ndarray) -> tuple[np.ndarray, list[Part]]:
    """The connected parts of a mask (h, w) bool: labels (h, w) int32 with 0 for none, and the parts."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    boxes = [Box(*map(int, row[:4])) for row in stats]
    return labels, [Part(at, boxes[at], int(stats[at, 4])) for at in range(1, len(boxes))]


def select(labels: np.ndarray, numbers: set[int]) -> np.ndarray:
    """(h, w) bool: where the parts of these numbers are."""
    chosen = np.zeros(labels.max() + 1, bool)
    chosen[list(numbers)] = True
    return chosen[labels]


def framed(mask: np.ndarray) -> np.ndarray | None:
    """The inside of the smallest frame around ink: (h, w) bool; None if nothing is framed.

    A frame is a thin line around ink that does not fill it, such as a box, a cell, a circle or a window; it may have a
    gap, and the ink may touch it. The loop of a digit is no frame, since nothing is in it.
    """
    height, width = mask.shape
    outlines, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return None
    best, best_area = None, float(mask.size)
    for number, (_, _, _, parent) in enumerate(tree[0]):
        _, _, across, down = cv2.boundingRect(outlines[number])
        if max(across, down) < FRAME_SIDE * max(height, width) or min(across, down) < 0.5 * FRAME_SIDE * min(
            height, width
        ):
            continue
        hull = cv2.convexHull(outlines[number])
        area = cv2.contourArea(hull)
        if area >= best_area:
            continue
        if parent >= 0:
            # If ink that touches the frame divides it, no hole is the frame's inside.
            whole = area >= WHOLE * cv2.contourArea(cv2.convexHull(outlines[parent]))
            inside = _inside(mask, hull, _line_around(mask, hull), max(2, max(down, across) // 60), touching=whole)
        else:
            inside = _inside_open_ring(mask, outlines[number], hull)
            if inside is None:
                inside = _inside_box(mask, hull)
        if inside is not None:
            best, best_area = inside, area
    return best


def _line_around(mask: np.ndarray, hull: np.ndarray) -> float:
    """The thickness in px of what is right outside of a hull, on average."""
    left, top, across, down = cv2.boundingRect(hull)
    reach = round(1.5 * FRAME_LINE * max(across, down))
    low = max(0, left - reach), max(0, top - reach)
    near = mask[low[1] : top + down + reach, low[0] : left + across + reach]
    filled = np.zeros(near.shape, np.uint8)
    cv2.fillPoly(filled, [hull - low], 1)
    around = cv2.dilate(filled, np.ones((2 * reach + 1,) * 2, np.uint8)) > filled
    return float((near & around).sum() / max(cv2.arcLength(hull, True), 1))


def _inside(mask: np.ndarray, hull: np.ndarray, line: float, margin: int, touching: bool = True) -> np.ndarray | None:
    """What is within a hull, less a margin, if that holds ink that is framed by a line of this thickness."""
    left, top, across, down = cv2.boundingRect(hull)
    filled = np.zeros((down, across), np.uint8)
    cv2.fillPoly(filled, [hull - (left, top)], 1)
    inner = cv2.erode(filled, np.ones((2 * margin + 1,) * 2, np.uint8), borderValue=0) > 0
    ink = mask[top : top + down, left : left + across] & inner
    # What touches the frame goes on outside of the inner region.
    labels, inside = parts(ink)
    body = max((part for part in inside if part.area >= 8), key=lambda part: part.box.longer_side, default=None)
    if body is None:
        return None
    rim = inner & ~(cv2.erode(inner.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0)
    touches = bool((labels[rim] == body.number).any())
    share, thickest = (FRAMED_TOUCHING, FRAME_LINE_TOUCHING) if touches else (FRAMED, FRAME_LINE)
    too_small, too_thick = body.box.longer_side < share * min(across, down), line > thickest * max(across, down)
    if too_small or too_thick or ink.sum() > 0.5 * inner.sum() or (touches and not touching):
        return None
    thin = min(body.box.width, body.box.height) < SLASH * body.box.longer_side
    if thin and across < RING * down and body.box.height > 0.5 * down and _is_round(hull, cv2.contourArea(hull)):
        return None
    if not touches:
        # What grows in from the frame is a neighbour beyond it.
        others = np.isin(labels, np.setdiff1d(labels[rim], [0, body.number]))
        inner &= ~(cv2.dilate(others.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    result = np.zeros(mask.shape, bool)
    result[top : top + down, left : left + across] = inner
    return result


def _inside_open_ring(mask: np.ndarray, outline: np.ndarray, hull: np.ndarray) -> np.ndarray | None:
    """The inside of a circle that was not closed."""
    points = outline.reshape(-1, 2).astype(np.float64)
    points = points - (hull.reshape(-1, 2).min(axis=0) + hull.reshape(-1, 2).max(axis=0)) / 2
    values, axes = np.linalg.eigh(np.cov(points.T))
    if values.min() < 9:
        return None
    radii = np.hypot(*((points @ axes) / np.sqrt(values)).T)
    if radii.std() > RING_EVEN * radii.mean():
        return None
    line = cv2.contourArea(outline) / max(cv2.arcLength(outline, True) / 2, 1)
    return _inside(mask, hull, line, max(3, round(1.5 * line) + 2), touching=False)


def _inside_box(mask: np.ndarray, hull: np.ndarray) -> np.ndarray | None:
    """The inside of a box whose line the ink touches, perhaps on several sides."""
    middle, (across, down), turn = cv2.minAreaRect(hull)
    if min(across, down) < 8 or cv2.contourArea(hull) < BOXED * across * down:
        return None
    corners = cv2.boxPoints((middle, (across, down), turn))
    reach = max(2, round(FRAME_LINE_TOUCHING / 2 * max(across, down)))
    thick = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        normal = np.array([-along[1], along[0]])
        normal *= np.sign(normal @ (np.array(middle) - start))
        at = start + np.linspace(0.03, 0.97, 100)[:, None] * (end - start)
        deep = at[:, None] + np.arange(-1, reach + 1)[None, :, None] * normal
        rows, columns = (np.clip(np.round(deep[..., axis]).astype(int), 0, mask.shape[1 - axis] - 1) for axis in (1, 0))
        on = thick[rows, columns] > 0
        lines.append(float(np.median(on.sum(axis=1))))
        if on[:, :4].any(axis=1).mean() < SIDES or on.all(axis=1).mean() > 0.5:
            return None
    return _inside(mask, hull, max(lines), int(max(lines)) + 1)


def _is_round(hull: np.ndarray, area: float) -> bool:
    (_, (across, down), _) = cv2.minAreaRect(hull)
    return area < 0.88 * across * down


def without_border(labels: np.ndarray, of_mask: list[Part], is_flat: bool) -> set[int]:
    """The numbers of all parts except edges of the paper and, if there is anything else, what the border cuts off."""
    height, width = labels.shape
    near = max(BORDER_PX, round(BORDER * max(width, height)))
    inner = Box(0, 0, width, height).grown(-near, labels.shape)
    touching = [part for part in of_mask if part.box.around(inner) != inner]
    numbers = {part.number for part in of_mask}
    inside = [part for part in of_mask if part not in touching]
    if not touching or min(height, width) < SLIVER_PX:
        return numbers
    largest = max((part.box.longer_side for part in inside), default=0)
    reach = max(near, round(HUGS * width)), max(near, round(HUGS * height))
    core = labels[reach[1] : height - reach[1], reach[0] : width - reach[0]]
    in_core = np.bincount(core.ravel(), minlength=labels.max() + 1)
    highest = max(part.box.longer_side for part in touching)
    if is_flat:
        beside = largest >= BODY * min(height, width) and largest >= RIVAL * highest
    else:
        beside = largest >= BODY_PHOTO * max(height, width)
    for part in touching:
        hugs = in_core[part.number] <= 0.1 * part.area
        if hugs or beside or (not is_flat and part.box.longer_side < ALONE * min(height, width)):
            numbers.discard(part.number)
    return numbers


def without_underlines(labels: np.ndarray, of_mask: list[Part]) -> list[Part]:
    """All parts except straight, level bars below everything else."""
    rest = sorted(of_mask, key=lambda part: part.box.bottom)
    while len(rest) > 1:
        last, others = rest[-1], rest[:-1]
        body = max(others, key=lambda part: part.area)
        above = max(part.box.bottom for part in others if part.area >= SPECK * body.area)
        if not (
            _is_bar(labels, last)
            and last.box.top + last.box.height / 2 > above
            and last.box.width > 0.5 * body.box.width
            and body.box.height > 2 * last.box.height
        ):
            break
        rest = others
    return rest


def without_holes(labels: np.ndarray, of_mask: list[Part]) -> list[Part]:
    """All parts except punched holes: round, filled parts near the border, beside others that are not."""
    height, width = labels.shape

    def is_hole(part: Part) -> bool:
        across, down = part.box.left + part.box.width / 2, part.box.top + part.box.height / 2
        return _is_disc(part) and (
            min(across, width - across) < HUGS * width or min(down, height - down) < HUGS * height
        )

    largest = max((part.box.longer_side for part in of_mask if not is_hole(part)), default=0)
    return [part for part in of_mask if not is_hole(part) or largest < BESIDE_HOLE * part.box.longer_side]


def _is_disc(part: Part) -> bool:
    _, _, width, height = part.box
    return min(width, height) >= DISC_SIDES * part.box.longer_side and part.area >= DISC_AREA * width * height


def _is_bar(labels: np.ndarray, part: Part) -> bool:
    rows, columns = np.nonzero(labels[part.box.slices] == part.number)
    if part.box.width < BAR:
        return False
    rise, _ = np.polyfit(columns, rows, 1)
    thickness = part.area / part.box.width
    return (
        abs(rise) <= LEVEL
        and part.box.width >= BAR * thickness
        and float(np.std(rows - rise * columns)) <= 0.6 * thickness + 1
    )
