"""The forms of 5 to 9."""

from __future__ import annotations

import numpy as np

from digitlab.handwriting.forms.pen import Path, Pen, form, joined


def _five(pen: Pen, left: float = 0.14) -> np.ndarray:
    neck = pen.straight((left + 0.03, 0.02), (left, 0.42))
    return joined(neck, pen.through((left, 0.42), (0.36, 0.34), (0.62, 0.5), (0.62, 0.8), (0.36, 1), (0.03, 0.9)))


@form("5 in one stroke")
def five_one(pen: Pen) -> Path:
    """It begins at the right end of its bar; quick writing."""
    return [joined(pen.straight((pen.near(0.64), 0), (0.17, 0.02)), _five(pen))]


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


@form("5 with a floating bar")
def five_floating(pen: Pen) -> Path:
    """The bar is a stroke of its own, above the neck or beside it, and does not touch it; quick writing."""
    left = pen.between(0.14, 0.36)
    bar_y = pen.between(-0.14, 0.02)
    bar = pen.straight((left, bar_y), (left + pen.between(0.3, 0.6), bar_y + pen.near(0, 0.03)))
    return [_five(pen), bar]


@form("5 wide", weight=0.7)
def five_wide(pen: Pen) -> Path:
    """Wider than it is high, with a long bar; quick writing."""
    wide = pen.between(1.2, 1.8)
    strokes = [_five(pen), pen.straight((0.15, 0.0), (pen.between(0.55, 0.9), pen.near(0, 0.03)))]
    return [stroke * [wide, 1] for stroke in strokes]


@form("5 angular")
def five_angular(pen: Pen) -> Path:
    """Corners in place of the bow; print, and quick writing."""
    right = pen.near(0.6)
    return [
        pen.straight(
            (pen.near(0.62), 0.01),
            (0.12, 0.01),
            (0.1, pen.near(0.44)),
            (right, pen.near(0.46)),
            (right, 0.97),
            (0.04, 0.98),
        )
    ]


@form("6 curved")
def six_curved(pen: Pen) -> Path:
    """A bow into a small bowl; in all school scripts."""
    bow = pen.through((0.5, 0.02), (0.24, 0.24), (0.08, 0.56))
    return [joined(bow, pen.arc(0.34, 0.72, 0.27, 0.27, 190, 190 - pen.near(350, 15)))]


@form("6 with a long entry")
def six_entry(pen: Pen) -> Path:
    """A long, nearly straight downstroke from the right before the bowl; French cursive."""
    entry = pen.through((pen.near(0.76), 0), (0.42, 0.22), (0.14, 0.6))
    return [joined(entry, pen.arc(0.36, 0.76, 0.25, 0.23, 195, 195 - pen.near(350, 15)))]


@form("6 with a straight stem")
def six_straight(pen: Pen) -> Path:
    """A straight downstroke, upright or slanted, and a bowl at its foot, which may not close; quick writing."""
    top, low = pen.between(0.02, 0.3), pen.between(0.42, 0.62)
    reach, right = pen.between(0.02, 0.2), pen.between(0.36, 0.6)
    bowl = pen.through(
        (0.03, 0.8),
        (0.16, 1),
        (right, 0.92),
        (right + 0.02, low + 0.08),
        (right - 0.14, low),
        (0.04 + reach, low + 0.14),
    )
    return [joined(pen.straight((top, 0), (0.03, 0.8)), bowl)]


@form("6 with a deep bowl", weight=1.3)
def six_deep(pen: Pen) -> Path:
    """The bowl is nearly as high as the stem and ends in a turn inwards, which may not meet the stem; quick writing."""
    bow = pen.through((pen.between(0.0, 0.4), 0), (0.06, 0.3), (0.02, 0.66), (0.2, 0.98), (0.56, 0.86))
    top, inner = pen.between(0.2, 0.45), pen.between(0.14, 0.36)
    bowl = pen.through((0.56, 0.86), (0.74, top + 0.2), (0.6, top), (0.4, top + 0.12), (inner, pen.between(0.6, 0.8)))
    return [joined(bow, bowl)]


@form("6 with a looped bowl", weight=1.3)
def six_looped(pen: Pen) -> Path:
    """The bowl rises steeply and comes back down in a narrow loop, which ends at its foot or beyond; quick writing."""
    right, high, inner = pen.between(0.5, 0.74), pen.between(0.2, 0.45), pen.between(0.3, 0.42)
    stem = pen.through((pen.between(0.05, 0.4), 0), (0.06, 0.3), (0, 0.7), (0.12, 0.98), (0.34, 0.9))
    loop = pen.through(
        (0.34, 0.9), (right - 0.06, high + 0.24), (right, high + 0.04), (right - 0.08, high), (inner, high + 0.22),
        (inner - 0.04, 0.84), (inner + 0.06, pen.between(0.86, 0.98)),
        (pen.between(inner + 0.1, 0.85), pen.between(0.7, 0.92)),
    )  # fmt: skip
    return [joined(stem, loop)]


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
    return [joined(wave, pen.through((0.66, 0), (0.44, 0.42), (pen.near(0.28, 0.06), 1)))]


@form("7 with a curved stem")
def seven_curved(pen: Pen) -> Path:
    """The stem bends towards the vertical; Lateinische Ausgangsschrift, without its dash."""
    return [
        joined(
            pen.straight((0.02, 0.02), (0.66, 0.02)), pen.through((0.66, 0.02), (0.4, 0.36), (0.28, 0.68), (0.26, 1))
        )
    ]


@form("7 with a curled head", weight=0.5)
def seven_curled(pen: Pen) -> Path:
    """The bar begins with a curl or a small loop; Palmer, quick writing."""
    low = pen.between(0.14, 0.3)
    head = pen.through((0.12, 0.06), (0.02, low - 0.04), (0.12, low), (0.2, 0.06), (0.42, 0.04), (0.66, 0.0))
    return [joined(head, pen.through((0.66, 0), (0.42, 0.45), (pen.near(0.28, 0.06), 1)))]


@form("7 with an upright stem")
def seven_upright(pen: Pen) -> Path:
    """The stem falls almost straight from a bar that is level, or hangs a little to the left; quick writing."""
    x = pen.between(0.4, 0.66)
    return [pen.straight((0, pen.between(-0.02, 0.08)), (x, 0), (x - pen.between(0, 0.18), 1))]


@form("7 wide and crossed", weight=0.7)
def seven_wide(pen: Pen) -> Path:
    """As wide as it is high, with a long dash through the stem; quick writing in continental Europe."""
    width, height = pen.between(0.7, 1.1), pen.between(0.4, 0.62)
    stem = width * pen.between(0.2, 0.6)
    middle = width + (stem - width) * height
    half = pen.between(0.2, 0.4)
    head = pen.straight((0, pen.between(0, 0.1)), (width, 0), (stem, 1))
    return [head, pen.straight((middle - half, height + pen.near(0.02)), (middle + half, height - pen.near(0.02)))]


@form("7 with a bow and a long dash")
def seven_bow(pen: Pen) -> Path:
    """Bar and stem are one bow, and a dash as long as the bar or longer crosses it, rising a little or bent; quick
    writing in continental Europe."""
    right, foot = pen.between(0.5, 0.8), pen.between(0.3, 0.62)
    bow = pen.through(
        (0, pen.between(0.02, 0.12)), (0.3 * right, pen.between(-0.02, 0.08)), (0.8 * right, 0.1), (right, 0.4),
        (foot + 0.06, 0.8), (foot, 1),
    )  # fmt: skip
    x, y = right - pen.between(0, 0.2), pen.between(0.36, 0.62)
    half, rise = pen.between(0.3, 0.6), pen.between(0, 0.14)
    return [bow, pen.through((x - half, y + rise), (x, y + pen.near(0.02)), (x + half, y - rise))]


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


@form("8 narrow")
def eight_narrow(pen: Pen) -> Path:
    """Narrow, with small loops and a long crossing; quick writing."""
    wide, upper, lower = pen.between(0.13, 0.24), pen.between(0.16, 0.34), pen.between(0.66, 0.84)
    points = (
        (2 * wide, 0.08), (wide, 0), (0, upper / 2), (0.3 * wide, upper), (1.6 * wide, lower),
        (2 * wide, (1 + lower) / 2), (wide, 1), (0, 0.94), (0.3 * wide, lower), (1.8 * wide, upper), (2 * wide, 0.06),
    )  # fmt: skip
    return [pen.through(*points, spread=0.012)]


@form("8 slanted and open", weight=0.7)
def eight_slanted(pen: Pen) -> Path:
    """An S first, closed by a nearly straight upstroke that ends beside its beginning; quick writing."""
    bow = pen.through(
        (0.62, pen.between(0.04, 0.2)), (0.36, 0), (0.12, 0.16), (0.3, 0.42), (0.54, 0.7), (0.4, 0.98), (0.1, 0.86)
    )
    return [joined(bow, pen.straight((0.1, 0.86), (0.3, 0.5), (pen.between(0.56, 0.8), pen.between(0.0, 0.16))))]


@form("9 with a straight tail")
def nine_straight(pen: Pen) -> Path:
    """A bowl and a vertical stem; Zaner-Bloser."""
    return [joined(_nine(pen), pen.straight((0.6, 0.2), (pen.near(0.58), 1)))]


@form("9 with a curved tail")
def nine_curved(pen: Pen) -> Path:
    """The tail bends to the left, like a 6 turned round; print, Lateinische Ausgangsschrift."""
    return [joined(_nine(pen), pen.through((0.6, 0.24), (0.58, 0.6), (0.42, 0.9), (0.16, 1)))]


@form("9 with a hooked tail")
def nine_hooked(pen: Pen) -> Path:
    """The tail ends in a hook, like a g without its loop; German and Swiss hands."""
    return [joined(_nine(pen), pen.through((0.6, 0.24), (0.6, 0.66), (0.52, 0.95), (0.26, 1), (0.08, pen.near(0.86))))]


@form("9 with a closed tail")
def nine_closed(pen: Pen) -> Path:
    """The tail ends in a small loop of its own, to the left of the stem; quick writing."""
    tail = pen.through(
        (0.6, 0.22), (0.62, 0.62), (0.5, 0.97), (0.26, 1), (0.2, 0.88), (0.36, 0.82), (pen.near(0.54), 0.88)
    )
    return [joined(_nine(pen), tail)]


@form("9 with a long tail")
def nine_long(pen: Pen) -> Path:
    """A small bowl on a long tail that bends far to the left; quick writing."""
    size = pen.between(0.5, 0.85)
    bowl = _nine(pen) * size
    x, left = 0.6 * size, pen.between(-0.45, 0.1)
    tail = pen.through(
        (x, 0.2 * size), (x + 0.06, 0.62), (x - 0.1, 0.94), (left / 2 + 0.12, 1), (left, pen.between(0.76, 0.98))
    )
    return [joined(bowl, tail)]


@form("9 with a curled tail")
def nine_curled(pen: Pen) -> Path:
    """The tail curls up again, like that of a g; quick writing, Italian and Spanish hands."""
    left = pen.between(-0.2, 0.1)
    tail = pen.through(
        (0.58, 0.2), (0.6, 0.6), (0.44, 0.96), (0.16, 0.98), (left, 0.84), (left + 0.12, pen.between(0.62, 0.8))
    )
    return [joined(_nine(pen), tail)]


@form("9 with an open bowl")
def nine_open(pen: Pen) -> Path:
    """The bowl does not close before the stem begins; quick writing."""
    start = pen.between(-60, -10)
    bowl = pen.arc(0.32, 0.27, 0.29, 0.26, start, start - pen.between(230, 290))
    stem = pen.straight((0.6, pen.between(0.02, 0.16)), (pen.between(0.4, 0.66), 1))
    return [bowl, stem] if pen.between(0, 1) < 0.4 else [joined(bowl, stem)]


@form("9 with a flat bowl")
def nine_flat(pen: Pen) -> Path:
    """The bowl is a narrow, flattened loop at the upper left of a long stem; quick writing."""
    down, across = pen.between(0.1, 0.2), pen.between(0.2, 0.32)
    bowl = pen.arc(across, down, across, down, -30, -30 - pen.between(290, 350))
    return [joined(bowl, pen.straight((2 * across, down * 0.6), (2 * across - pen.between(0, 0.3), 1)))]


@form("9 that crosses itself", weight=0.7)
def nine_crossed(pen: Pen) -> Path:
    """Begun like an 8 and left unfinished: the tail leaves the bowl to the right and bends back; quick writing."""
    return [
        pen.through(
            (pen.between(0.4, 0.56), pen.between(0.3, 0.46)),
            (0.6, 0.16),
            (0.36, 0.0),
            (0.06, 0.16),
            (0.2, 0.42),
            (0.48, 0.6),
            (pen.between(0.46, 0.62), 0.82),
            (pen.between(0.2, 0.44), 1),
        )
    ]


@form("9 in one bow", weight=0.7)
def nine_bow(pen: Pen) -> Path:
    """Bowl and tail are one curve like an S, the bowl nearly closed; quick writing."""
    return [
        pen.through(
            (pen.between(0.5, 0.66), pen.between(0.1, 0.26)),
            (0.34, 0.0),
            (0.04, 0.22),
            (0.22, 0.46),
            (0.52, 0.34),
            (0.62, 0.62),
            (0.44, 0.94),
            (0.1, 1),
            (pen.between(-0.2, 0.06), 0.88),
        )
    ]
