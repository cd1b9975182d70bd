"""The pen that draws forms, and the register that they are kept in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Path = list[np.ndarray]  # strokes, each (n, 2)
MOST_MOVED = 0.05  # share of the height by which a careful pupil's pen misses a point of the form at most


class Pen:
    """Draws the parts that forms are made of, a little differently each time.

    Attributes:
        generator: the only source of randomness.
        haste: how far this pen strays from the form, as a multiple of what a careful pupil's does.
    """

    def __init__(self, generator: np.random.Generator, haste: float = 1.0) -> None:
        self.generator, self.haste = generator, haste

    def near(self, value: float, spread: float = 0.04) -> float:
        """A number close to `value`: normally distributed, cut off at two standard deviations."""
        return value + self.haste * spread * float(np.clip(self.generator.normal(), -2, 2))

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`, all equally likely: where hands differ by more than haste."""
        return float(self.generator.uniform(low, high))

    def through(self, *points: tuple[float, float], spread: float = 0.02) -> np.ndarray:
        """A smooth curve (Catmull and Rom, 1974) through points, each of which is moved a little."""
        knots = self._moved(points, spread)
        padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
        t = np.linspace(0, 1, 12, endpoint=False)[:, None]
        pieces = [
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True)
        ]
        return np.concatenate([*pieces, knots[-1:]])

    def straight(self, *points: tuple[float, float], spread: float = 0.02) -> np.ndarray:
        """Straight lines between points, each of which is moved a little."""
        knots = self._moved(points, spread)
        share = np.linspace(0, 1, 12, endpoint=False)[:, None]
        pieces = [a + (b - a) * share for a, b in pairwise(knots)]
        return np.concatenate([*pieces, knots[-1:]])

    def _moved(self, points: tuple[tuple[float, float], ...], spread: float) -> np.ndarray:
        moved = np.clip(self.generator.normal(0, spread, (len(points), 2)), -MOST_MOVED, MOST_MOVED)
        return np.array(points, dtype=float) + self.haste * moved

    def arc(self, x: float, y: float, across: float, down: float, start_deg: float, end_deg: float) -> np.ndarray:
        """Part of an ellipse, given by its middle, its half axes, and two angles clockwise from the right."""
        x, y, across, down = self.near(x, 0.015), self.near(y, 0.015), self.near(across, 0.02), self.near(down, 0.02)
        angles = np.deg2rad(np.linspace(self.near(start_deg, 6), self.near(end_deg, 6), 40))
        return np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], axis=1)


@dataclass(frozen=True)
class Form:
    """One way of writing a digit or a letter: its name, such as "7 crossed", and a function that draws it.

    Attributes:
        digit: which it is; None for a letter.
        draw: gives its strokes.
        weight: it is chosen in proportion to this among the forms of a digit.
        may_tilt: whether it is still its digit when it is tilted. A 1 with an upstroke is not: tilted to the right,
            it is a 7.
    """

    digit: int | None
    name: str
    draw: Callable[[Pen], Path]
    weight: float = 1.0
    may_tilt: bool = True


FORMS: dict[str, Form] = {}


def form(
    name: str, weight: float = 1.0, *, may_tilt: bool = True
) -> Callable[[Callable[[Pen], Path]], Callable[[Pen], Path]]:
    """Register the decorated function as a form; the name begins with its digit."""

    def register(draw: Callable[[Pen], Path]) -> Callable[[Pen], Path]:
        FORMS[name] = Form(int(name[0]), name, draw, weight, may_tilt)
        return draw

    return register


def joined(*parts: np.ndarray) -> np.ndarray:
    """Parts of one stroke, in the order in which they are written."""
    return np.concatenate(parts)
