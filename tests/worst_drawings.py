"""Drawings that are small to send and as dear to read as anyone has found: forged, since nobody draws them."""

import functools
import time
from typing import Any

import numpy as np
from scipy import ndimage

Fields = dict[str, Any]
_POINTS, _STROKES = 15_000, 200  # the most that a drawing may have
_ALONE_S = 0.0058  # what the work in `pace` takes on a machine of two cores that does nothing else


def fields(lines: Any, brush: Any = 20, width: float = 280, height: float | None = None) -> Fields:
    """A drawing as JSON has it."""
    strokes = [np.round(np.array(line, float), 2).tolist() for line in lines]
    return {"width": width, "height": height or width, "brush": brush, "strokes": strokes}


def zigzag(points: int, low: float, high: float, across: float = 0) -> np.ndarray:
    """A pen that goes to and fro, as it slowly goes across."""
    ends = np.tile([low, high], -(-points // 2))[:points]
    return np.stack([ends, np.linspace(low, low + across, points)], axis=1)


def rings(columns: int, rows: int, side: float, points: int) -> list[np.ndarray]:
    """Rows of separate rings."""
    turns = np.linspace(0, 2 * np.pi, points)
    apart = side / max(columns, rows)
    ring = 0.36 * apart * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return [ring + apart * np.array([column + 0.5, row + 0.5]) for row in range(rows) for column in range(columns)]


def _split(points: np.ndarray, strokes: int) -> list[np.ndarray]:
    return np.array_split(points, strokes)


@functools.cache
def all_of_them() -> dict[str, Fields]:
    """By name; some of them are refused."""
    generator = np.random.default_rng(0)

    def anywhere(count: int, low: float, high: float) -> np.ndarray:
        return generator.uniform(low, high, (count, 2))

    def walk(count: int, step: float, side: float) -> np.ndarray:
        return np.cumsum(generator.normal(0, step, (count, 2)), axis=0) % side

    worst: dict[str, Fields] = {}
    for side in (1, 28, 280, 512, 10_000):
        grid = side / 280
        widths = [grid * width for width in np.linspace(1, 40, 50).round(2)]
        broad = [side * (1 - at / 1000) for at in range(50)]
        corners = [[0, 0], [side, side], [0, side], [side, 0]]
        worst |= {
            f"{side} px: 50 brushes": fields([corners] * 50, widths, side),
            f"{side} px: 50 broad brushes": fields([corners] * 50, broad, side),
            f"{side} px: 50 brushes, many strokes": fields(
                _split(walk(14_900, grid, side), _STROKES), widths * 4, side
            ),
            f"{side} px: one broad brush": fields([corners], side, side),
            f"{side} px: a broad brush at the edge": fields([[[-side / 3, -side / 3], [0, side]]], side, side),
            f"{side} px: a hairline": fields([corners], 0.1, side),
            f"{side} px: to and fro": fields([zigzag(990, 0, side)], 0.1, side),
            f"{side} px: to and fro, across": fields([zigzag(990, 0, side, side)], 0.1, side),
            f"{side} px: to and fro, many points": fields(
                [zigzag(14_900, 0.4 * side, 0.5 * side, side)], side / 99, side
            ),
            f"{side} px: anywhere": fields([anywhere(1_500, 0, side)], 0.1, side),
            f"{side} px: anywhere, many points": fields(
                [anywhere(14_990, 0.4 * side, 0.55 * side), corners], 0.1, side
            ),
            f"{side} px: a walk": fields([walk(_POINTS, grid, side)], grid, side),
            f"{side} px: dots": fields(anywhere(_STROKES, 0, side)[:, None], 0.1, side),
            f"{side} px: 15,000 dots": fields(anywhere(_POINTS, 0, side)[:, None], 0.1, side),
            f"{side} px: short strokes": fields(_split(anywhere(2 * _STROKES, 0, side), _STROKES), 0.1, side),
            f"{side} px: 5,000 short strokes": fields(_split(walk(_POINTS, grid, side), 5_000), 0.1, side),
            f"{side} px: strokes with many points": fields(_split(walk(14_900, 2 * grid, side), _STROKES), grid, side),
            f"{side} px: 36 rings": fields(rings(6, 6, side, 416), side / 60, side),
            f"{side} px: 40 rings": fields(rings(8, 5, side, 374), side / 60, side),
            f"{side} px: 40 rings, many strokes": fields(
                [half for ring in rings(8, 5, side, 374) for half in _split(ring, 5)], side / 60, side
            ),
            f"{side} px: 40 rings, brushes of their own": fields(
                rings(8, 5, side, 374), [round(side / 60 * (1 + at / 80), 3) for at in range(40)], side
            ),
            f"{side} px: 40 long rings": fields(
                [np.tile(ring, (8, 1)) for ring in rings(8, 5, side, 46)], side / 60, side
            ),
            f"{side} px: 14 rings, many strokes": fields(
                [part for ring in rings(7, 2, side, 1_060) for part in _split(ring, 14)], side / 40, side
            ),
            f"{side} px: 24 rings": fields(rings(6, 4, side, 624), side / 50, side),
            f"{side} px: 24 rings, many strokes": fields(
                [part for ring in rings(6, 4, side, 624) for part in _split(ring, 8)], side / 50, side
            ),
            f"{side} px: 144 rings": fields(rings(12, 12, side, 104), side / 99, side),
            f"{side} px: lines": fields(
                [[[0, at * side / 40], [side, at * side / 40]] for at in range(40)], side / 120, side
            ),
            f"{side} px: far away": fields([[[-9_999, 0], [9_999, side], [9_999, -9_999]] * 9], side / 9, side),
            f"{side} px: far dots": fields(anywhere(_STROKES, -9_999, 9_999)[:, None], side, side),
            f"{side} px: far strokes": fields(_split(anywhere(2 * _STROKES, -9_999, 9_999), _STROKES)[:1], side, side),
            f"{side} px: tiny, and far": fields(
                [zigzag(14_000, 0.5 * side, 0.5 * side + 0.03 * side, 0.01 * side), [[9_999, 9_999]]], side / 99, side
            ),
            f"{side} px: small to and fro": fields([zigzag(14_990, 0.5 * side, 0.53 * side)], 0.1, side),
            f"{side} px: at rest": fields([np.full((_POINTS, 2), side / 2)], side / 9, side),
        }  # fmt: skip
    for width, height in ((10_000, 1), (1, 10_000), (280, 1), (512, 3)):
        worst[f"{width} x {height} px: to and fro"] = fields([zigzag(900, 0, width)], 1, width, height)
        worst[f"{width} x {height} px: a broad brush"] = fields(
            [zigzag(9, 0, width)], max(width, height), width, height
        )
    return worst


def pace() -> float:
    """How many times as long as by itself work takes at the moment, since others use the processor's caches, too."""
    took, marks = [], np.ones((512, 512), bool)
    columns, rows = np.concatenate(rings(8, 8, 512, 200)).astype(int).T
    marks[rows, columns] = False
    for _ in range(3):
        began = time.thread_time()
        ndimage.distance_transform_edt(marks, return_distances=False, return_indices=True)
        took.append(time.thread_time() - began)
    return max(1.0, min(took) / _ALONE_S)
