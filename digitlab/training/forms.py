"""The forms of digits that people around the world write, each as the path of a pen.

MNIST is American writing of the 1990s; elsewhere a 1 has a long upstroke and a 7 a bar. A form is a function of a
`Pen`, which varies the proportions within the form each time it is written; `hands` adds what differs between people.
Paths lie in a box that is 1 high, x to the right and y down. This module does not use TensorFlow.

Sources named below: G. F. Hill, "The Development of Arabic Numerals in Europe" (1915); K. Menninger, "Number Words and
Number Symbols" (1969); the school scripts of Germany (Lateinische Ausgangsschrift, 1953), Switzerland (Schulschrift,
1947) and France (écriture cursive); in the United States Palmer (1894) and Zaner-Bloser. A docstring that says "print"
means the digit's shape in typefaces; one that says "quick writing", a habit of everyday hands that no school teaches.
"""

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

    The `digit` of a letter is None. Among the forms of a digit, it is chosen in proportion to its `weight`.
    """

    digit: int | None
    name: str
    draw: Callable[[Pen], Path]
    weight: float = 1.0


FORMS: dict[str, Form] = {}


def form(name: str, weight: float = 1.0) -> Callable[[Callable[[Pen], Path]], Callable[[Pen], Path]]:
    """Register the decorated function as a form; the name begins with its digit."""

    def register(draw: Callable[[Pen], Path]) -> Callable[[Pen], Path]:
        FORMS[name] = Form(int(name[0]), name, draw, weight)
        return draw

    return register


def _joined(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


@form("0 round")
def zero_round(pen: Pen) -> Path:
    """One closed stroke from the top, counterclockwise; in all school scripts."""
    return [pen.arc(0.34, 0.5, 0.32, 0.5, -80, -80 - pen.near(365, 12))]


@form("0 with a long entry")
def zero_entry(pen: Pen) -> Path:
    """It begins with a stroke from the upper right, which sticks out of the closed bowl; quick writing, Palmer."""
    return [_joined(pen.through((0.75, 0.02), (0.52, 0.02)), pen.arc(0.36, 0.52, 0.31, 0.48, -75, -75 - 345))]


@form("0 slashed")
def zero_slashed(pen: Pen) -> Path:
    """Crossed out, so that nobody reads it as the letter O; print, in typefaces made for programming."""
    reach = pen.near(0.0, 0.06)
    slash = pen.straight((0.1 - reach, 0.86 + reach), (0.58 + reach, 0.14 - reach))
    return [pen.arc(0.34, 0.5, 0.32, 0.5, -80, -440), slash]


@form("1 bare", weight=4)
def one_bare(pen: Pen) -> Path:
    """A single downstroke; Zaner-Bloser."""
    return [pen.straight((0.3, 0), (0.3, 1))]


@form("1 with a short upstroke", weight=1.5)
def one_short(pen: Pen) -> Path:
    """A flag over a quarter of the height; Swiss Schulschrift."""
    return [pen.straight((pen.near(0.16), pen.near(0.24)), (0.34, 0), (0.34, 1))]


@form("1 with a long upstroke", weight=0.5)
def one_long(pen: Pen) -> Path:
    """A flag that begins half-way down or lower; Lateinische Ausgangsschrift, French cursive."""
    x = pen.near(0.36, 0.02)  # a steep flag: that of a 7 tilted to the left is flatter
    return [pen.straight((pen.near(0), pen.near(0.52)), (x, 0), (pen.near(x, 0.02), 1))]


@form("1 with a base")
def one_base(pen: Pen) -> Path:
    """With a flag and a foot; print."""
    flag = pen.straight((pen.near(0.16), pen.near(0.22)), (0.36, 0), (0.36, 1))
    half = pen.near(0.26)
    return [flag, pen.straight((0.36 - half, 1), (0.36 + half, 1))]


@form("2 without a loop")
def two_plain(pen: Pen) -> Path:
    """A neck like a swan's and an angle at the foot; Zaner-Bloser."""
    neck = pen.through((0.06, 0.26), (0.2, 0.04), (0.46, 0.02), (0.62, 0.2), (0.52, 0.48), (0.26, 0.74), (0.05, 0.98))
    return [_joined(neck, pen.straight((0.05, 0.98), (pen.near(0.66), pen.near(0.98))))]


@form("2 with a loop")
def two_loop(pen: Pen) -> Path:
    """The foot begins with a loop; Palmer, French cursive."""
    neck = pen.through((0.08, 0.24), (0.22, 0.03), (0.5, 0.04), (0.6, 0.24), (0.46, 0.52), (0.2, 0.86))
    low = pen.near(0.76)
    loop = pen.through((0.2, 0.86), (0.08, 0.96), (0.03, 0.88), (0.14, low), (0.34, 0.9), (0.52, 0.98), (0.7, 0.9))
    return [_joined(neck, loop)]


@form("3 round")
def three_round(pen: Pen) -> Path:
    """Two bows; in all school scripts."""
    waist = pen.near(0.46, 0.02)
    upper = pen.through((0.08, 0.16), (0.26, 0.01), (0.54, 0.08), (0.54, 0.32), (0.28, waist))
    lower = pen.through((0.28, waist), (0.58, 0.56), (0.6, 0.84), (0.34, 1), (0.04, 0.86))
    return [_joined(upper, lower)]


@form("3 flat-topped")
def three_flat(pen: Pen) -> Path:
    """A bar and a slanted line in place of the upper bow, so that nobody can turn it into an 8; Hill, from the 16th
    century."""
    top = pen.straight((0.06, 0), (0.58, 0), (0.28, pen.near(0.4)))
    return [_joined(top, pen.through((0.28, 0.4), (0.56, 0.5), (0.62, 0.74), (0.4, 0.99), (0.04, 0.9)))]


@form("4 open")
def four_open(pen: Pen) -> Path:
    """An angle, then a stem that begins lower; Zaner-Bloser, Lateinische Ausgangsschrift."""
    bar = pen.near(0.62)
    angle = pen.straight((pen.near(0.2), 0), (0.06, bar), (0.74, bar))
    return [angle, pen.straight((pen.near(0.52), pen.near(0.2, 0.08)), (pen.near(0.5), 1))]


@form("4 closed")
def four_closed(pen: Pen) -> Path:
    """Written in one stroke; print, and quick writing."""
    bar = pen.near(0.66)
    return [pen.straight((0.5, 1), (0.52, 0), (0.02, bar), (pen.near(0.74), bar))]


@form("4 with a short stem")
def four_short(pen: Pen) -> Path:
    """The stem ends soon below the bar; Swiss Schulschrift."""
    bar = pen.near(0.7)
    angle = pen.straight((pen.near(0.36), 0), (0.04, bar), (0.8, bar))
    return [angle, pen.straight((0.52, pen.near(0.42, 0.06)), (0.5, pen.near(0.97, 0.03)))]


def _five(pen: Pen, left: float = 0.14) -> np.ndarray:
    neck = pen.straight((left + 0.03, 0.02), (left, 0.42))
    return _joined(neck, pen.through((left, 0.42), (0.36, 0.34), (0.62, 0.5), (0.62, 0.8), (0.36, 1), (0.03, 0.9)))


@form("5 in one stroke")
def five_one(pen: Pen) -> Path:
    """It begins at the right end of its bar; quick writing."""
    return [_joined(pen.straight((pen.near(0.64), 0), (0.17, 0.02)), _five(pen))]


@form("5 in two strokes")
def five_two(pen: Pen) -> Path:
    """Neck and bow first, then the bar, which may not quite meet them; Palmer, Lateinische Ausgangsschrift."""
    start, height = pen.near(0.18, 0.05), pen.near(0.01, 0.025)
    return [_five(pen), pen.straight((start, height), (pen.near(0.66), pen.near(0, 0.03)))]


@form("5 with a short bar")
def five_short(pen: Pen) -> Path:
    """A bar over a third of the width; Hill."""
    return [_five(pen), pen.straight((0.17, 0.02), (pen.near(0.38), 0.0))]


@form("5 without a bar")
def five_bare(pen: Pen) -> Path:
    """Neck and bow alone, the neck bent; very quick writing."""
    return [
        pen.through((0.5, 0), (0.22, 0.04), (0.14, 0.4), (0.4, 0.36), (0.62, 0.56), (0.56, 0.88), (0.28, 1), (0, 0.88))
    ]


@form("6 curved")
def six_curved(pen: Pen) -> Path:
    """A bow into a small bowl; in all school scripts."""
    bow = pen.through((0.5, 0.02), (0.24, 0.24), (0.08, 0.56))
    return [_joined(bow, pen.arc(0.34, 0.72, 0.27, 0.27, 190, 190 - pen.near(350, 15)))]


@form("6 with a long entry")
def six_entry(pen: Pen) -> Path:
    """A long, nearly straight downstroke from the right before the bowl; French cursive."""
    entry = pen.through((pen.near(0.76), 0), (0.42, 0.22), (0.14, 0.6))
    return [_joined(entry, pen.arc(0.36, 0.76, 0.25, 0.23, 195, 195 - pen.near(350, 15)))]


@form("7 plain")
def seven_plain(pen: Pen) -> Path:
    """A bar and a slanted stem; Zaner-Bloser."""
    return [pen.straight((0.02, 0.02), (0.64, 0.02), (pen.near(0.24, 0.06), 1))]


@form("7 crossed")
def seven_crossed(pen: Pen) -> Path:
    """A dash through the stem tells it from a 1 with an upstroke; Lateinische Ausgangsschrift, continental Europe."""
    across, height = pen.near(0.24), pen.near(0.5)
    dash = pen.straight((0.42 - across, height), (0.42 + across, height + pen.near(-0.02)))
    return [pen.straight((0.02, 0.02), (0.66, 0.02), (pen.near(0.28, 0.06), 1)), dash]


@form("7 with a serif")
def seven_serif(pen: Pen) -> Path:
    """The bar begins with a short downstroke; print, East Asian school scripts."""
    return [pen.straight((0.03, pen.near(0.2)), (0.03, 0.02), (0.64, 0.02), (pen.near(0.28, 0.06), 1))]


@form("7 with a hooked top")
def seven_hooked(pen: Pen) -> Path:
    """The bar is a wave; Palmer, French cursive."""
    wave = pen.through((0.02, 0.16), (0.12, 0.02), (0.36, 0.08), (0.66, 0.0))
    return [_joined(wave, pen.through((0.66, 0), (0.44, 0.42), (pen.near(0.28, 0.06), 1)))]


@form("7 with a curved stem")
def seven_curved(pen: Pen) -> Path:
    """The stem bends towards the vertical; Lateinische Ausgangsschrift, without its dash."""
    return [
        _joined(
            pen.straight((0.02, 0.02), (0.66, 0.02)), pen.through((0.66, 0.02), (0.4, 0.36), (0.28, 0.68), (0.26, 1))
        )
    ]


@form("8 in one stroke")
def eight_one(pen: Pen) -> Path:
    """An S, closed on the way back; in all school scripts."""
    points = (
        (0.54, 0.12), (0.32, 0), (0.1, 0.16), (0.22, 0.4), (0.5, 0.6), (0.6, 0.82), (0.34, 1), (0.06, 0.84),
        (0.16, 0.6), (0.46, 0.38), (0.56, 0.14),
    )  # fmt: skip
    return [pen.through(*points)]


@form("8 of two circles")
def eight_circles(pen: Pen) -> Path:
    """One circle on top of the other; children, Menninger."""
    upper = pen.arc(0.34, 0.24, 0.25, 0.24, 90, 90 - pen.near(362, 8))
    return [upper, pen.arc(0.34, 0.74, 0.31, 0.26, -90, -90 + pen.near(362, 8))]


@form("8 open on top")
def eight_open(pen: Pen) -> Path:
    """The upward stroke ends before it meets the beginning; quick writing, Palmer."""
    points = (
        (0.44, pen.near(0.03, 0.02)), (0.18, 0.06), (0.14, 0.26), (0.44, 0.52), (0.6, 0.8), (0.36, 1), (0.08, 0.84),
        (0.2, 0.6), (0.52, 0.36), (pen.near(0.68), 0.04),
    )  # fmt: skip
    return [pen.through(*points)]


def _nine(pen: Pen) -> np.ndarray:
    return pen.arc(0.32, 0.27, 0.28, 0.26, -20, -20 - pen.near(345, 10))


@form("9 with a straight tail")
def nine_straight(pen: Pen) -> Path:
    """A bowl and a vertical stem; Zaner-Bloser."""
    return [_joined(_nine(pen), pen.straight((0.6, 0.2), (pen.near(0.58), 1)))]


@form("9 with a curved tail")
def nine_curved(pen: Pen) -> Path:
    """The tail bends to the left, like a 6 turned round; print, Lateinische Ausgangsschrift."""
    return [_joined(_nine(pen), pen.through((0.6, 0.24), (0.58, 0.6), (0.42, 0.9), (0.16, 1)))]


@form("9 with a hooked tail")
def nine_hooked(pen: Pen) -> Path:
    """The tail ends in a hook, like a g without its loop; German and Swiss hands."""
    return [_joined(_nine(pen), pen.through((0.6, 0.24), (0.6, 0.66), (0.52, 0.95), (0.26, 1), (0.08, pen.near(0.86))))]


@form("9 with a closed tail")
def nine_closed(pen: Pen) -> Path:
    """The tail ends in a small loop of its own, to the left of the stem; quick writing."""
    tail = pen.through(
        (0.6, 0.22), (0.62, 0.62), (0.5, 0.97), (0.26, 1), (0.2, 0.88), (0.36, 0.82), (pen.near(0.54), 0.88)
    )
    return [_joined(_nine(pen), tail)]
