"""The forms of 0 to 4."""

from __future__ import annotations

import numpy as np

from digitlab.handwriting.forms.pen import Path, Pen, form, joined


@form("0 round")
def zero_round(pen: Pen) -> Path:
    """One closed stroke from the top, counterclockwise; in all school scripts."""
    return [pen.arc(0.34, 0.5, 0.32, 0.5, -80, -80 - pen.near(365, 12))]


@form("0 with a long entry")
def zero_entry(pen: Pen) -> Path:
    """It begins with a stroke from the upper right, which sticks out of the closed bowl; quick writing, Palmer."""
    return [joined(pen.through((0.75, 0.02), (0.52, 0.02)), pen.arc(0.36, 0.52, 0.31, 0.48, -75, -75 - 345))]


@form("0 slashed")
def zero_slashed(pen: Pen) -> Path:
    """Crossed out, so that nobody reads it as the letter O; print, in typefaces made for programming."""
    reach = pen.near(0.0, 0.06)
    slash = pen.straight((0.1 - reach, 0.86 + reach), (0.58 + reach, 0.14 - reach))
    return [pen.arc(0.34, 0.5, 0.32, 0.5, -80, -440), slash]


@form("0 with a long slash", weight=3)
def zero_long_slash(pen: Pen) -> Path:
    """The slash runs beyond the ring on both sides, and the ring may be small; engineers, programmers, Scandinavia."""
    across, angle = pen.between(0.14, 0.36), np.deg2rad(pen.between(30, 80))
    down = pen.between(max(across, 0.2), 0.46)
    half = np.array([np.cos(angle), -np.sin(angle)])
    ring = 1 / np.hypot(half[0] / across, half[1] / down)  # from the middle to the ring, along the slash
    x, y = half * (ring + pen.between(0.06, 0.36))
    slash = pen.straight((0.4 - x, 0.5 - y), (0.4 + x, 0.5 + y))
    return [pen.arc(0.4, 0.5, across, down, -80, -80 - pen.near(365, 12)), slash]


@form("0 with an upright slash", weight=1.3)
def zero_upright_slash(pen: Pen) -> Path:
    """The slash stands upright or nearly, within the ring or a little beyond it; quick writing."""
    across, lean, reach = pen.between(0.26, 0.46), pen.between(-0.04, 0.14), pen.between(-0.12, 0.14)
    slash = pen.straight((0.4 + lean, 0.08 - reach), (0.4 - lean, 0.92 + reach))
    return [pen.arc(0.4, 0.5, across, 0.42, -80, -80 - pen.near(365, 12)), slash]


@form("0 wide", weight=0.7)
def zero_wide(pen: Pen) -> Path:
    """As wide as it is high, or wider, and often begun or ended with a tail; quick writing."""
    across, down, start = pen.between(0.42, 0.75), pen.between(0.3, 0.5), pen.between(-150, -20)
    ring = pen.arc(0.5, 0.5, across, down, start, start - pen.between(335, 400))
    if pen.between(0, 1) < 0.4:
        return [joined(ring, ring[-1:] + np.array([[pen.between(0.1, 0.4), pen.between(-0.2, 0.02)]]))]
    return [ring]


@form("0 open", weight=0.7)
def zero_open(pen: Pen) -> Path:
    """The stroke ends before it meets its beginning, or runs past it on the inside; quick writing."""
    start = pen.between(-110, -40)
    ring = pen.arc(0.34, 0.5, 0.34, 0.5, start, start - pen.between(310, 345))
    inwards = np.linspace(1, pen.between(0.7, 1.1), len(ring))[:, None]
    return [np.array([0.34, 0.5]) + (ring - [0.34, 0.5]) * inwards]


@form("1 bare", weight=3)
def one_bare(pen: Pen) -> Path:
    """A single downstroke; Zaner-Bloser."""
    return [pen.straight((0.3, 0), (0.3, 1))]


@form("1 with a short upstroke", weight=1.5, may_tilt=False)
def one_short(pen: Pen) -> Path:
    """A flag over a quarter of the height; Swiss Schulschrift."""
    return [pen.straight((pen.near(0.16), pen.near(0.24)), (0.34, 0), (0.34, 1))]


@form("1 with a long upstroke", may_tilt=False)
def one_long(pen: Pen) -> Path:
    """A flag that begins half-way down or lower; Lateinische Ausgangsschrift, French cursive."""
    x = pen.near(0.36, 0.02)  # a steep flag: that of a 7 tilted to the left is flatter
    return [pen.straight((pen.near(0), pen.near(0.52)), (x, 0), (pen.near(x, 0.02), 1))]


@form("1 with an upstroke as long as the stem", may_tilt=False)
def one_longest(pen: Pen) -> Path:
    """The upstroke begins near the foot of the line; French cursive, continental Europe."""
    low = pen.between(0.6, 1)
    x = low * pen.between(0.4, 0.75)
    return [pen.straight((0, low), (x, 0), (x + pen.near(0, 0.04), 1))]


@form("1 with a curved upstroke", may_tilt=False)
def one_curved(pen: Pen) -> Path:
    """The upstroke is a bow that gets steeper as it rises, or less steep; Lateinische Ausgangsschrift."""
    low, bulge = pen.between(0.25, 0.75), pen.between(-0.08, 0.08)
    x = low * pen.between(0.6, 1.0)
    upstroke = pen.through((0, low), (x / 2 + bulge, low / 2 + bulge), (x, 0))
    return [joined(upstroke, pen.straight((x, 0), (x - pen.between(-0.03, 0.1), 1)))]


@form("1 with a hooked upstroke", may_tilt=False)
def one_hooked(pen: Pen) -> Path:
    """The upstroke itself begins with a small hook from above; quick writing in continental Europe."""
    low, hook = pen.between(0.24, 0.6), pen.between(0.02, 0.08)
    x = low * pen.between(0.85, 1.3)
    upstroke = pen.through((-0.03, low - hook), (0.05, low), (0.16 * x + 0.06, low), (0.62 * x, 0.42 * low), (x, 0))
    return [joined(upstroke, pen.straight((x, 0), (x - pen.between(-0.03, 0.2), 1)))]


@form("1 like a tent", weight=0.8, may_tilt=False)
def one_tent(pen: Pen) -> Path:
    """Two steep strokes of nearly equal length that meet at the top; quick writing in continental Europe."""
    low, x = pen.between(0.75, 1), pen.between(0.26, 0.62)
    return [pen.straight((0, low), (x, 0), (x + pen.between(0.06, 0.34), 1))]


@form("1 like a leaning tent", weight=0.8, may_tilt=False)
def one_leaning_tent(pen: Pen) -> Path:
    """The upstroke begins at the foot of the line and leans, and so does the stem, which may start below the tip or
    follow the upstroke for a while; quick writing in continental Europe."""
    x, down, foot = pen.between(0.5, 0.9), pen.between(0, 0.25), pen.between(-0.3, 0.02)
    parting = np.array([x, 0]) * (1 - down) + np.array([0, 1]) * down
    return [pen.straight((0, pen.between(0.85, 1)), (x, 0), tuple(parting), (x + foot, 1))]


@form("1 with a base", may_tilt=False)
def one_base(pen: Pen) -> Path:
    """With a flag and a foot; print."""
    flag = pen.straight((pen.near(0.16), pen.near(0.22)), (0.36, 0), (0.36, 1))
    half = pen.near(0.26)
    return [flag, pen.straight((0.36 - half, 1), (0.36 + half, 1))]


@form("1 with a flag and a long base", may_tilt=False)
def one_long_base(pen: Pen) -> Path:
    """The base is as wide as the digit is high, or nearly; print, and forms filled in by hand."""
    low, half = pen.between(0.15, 0.4), pen.between(0.3, 0.55)
    x = low * pen.between(0.8, 1.2)
    foot = x + pen.near(0, 0.03)
    stem = pen.straight((0, low), (x, 0), (foot, 1))
    left = half * pen.between(0.6, 1.1)
    return [stem, pen.straight((foot - left, 1 + pen.near(0, 0.02)), (foot + half, 1 + pen.near(0, 0.02)))]


@form("1 with a foot")
def one_foot(pen: Pen) -> Path:
    """A bare downstroke that ends in a short turn to the right, round or sharp, and may begin there; quick writing."""
    end, rise = pen.between(0.08, 0.26), pen.between(0, 0.28)
    if pen.between(0, 1) < 0.5:
        stem = pen.straight((0.1, 0), (0.08, 1), (0.08 + end, 1 - rise))
    else:
        stem = pen.through((0.1, 0), (0.06, 0.6), (0.08, 0.95), (0.08 + end, 1 - rise))
    if pen.between(0, 1) < 0.3:
        return [joined(stem[:1] + np.array([[pen.between(0.06, 0.2), pen.between(-0.1, 0.06)]]), stem)]
    return [stem]


@form("1 with a level flag", weight=0.7, may_tilt=False)
def one_level(pen: Pen) -> Path:
    """A short flag that is nearly level, on an upright stem: the whole stays narrow, unlike a 7; quick writing."""
    wide = pen.between(0.12, 0.24)
    return [
        pen.through((0, pen.between(0.06, 0.16)), (wide * 0.6, pen.between(0, 0.06)), (wide, 0.04)),
        pen.straight((wide, 0), (wide + pen.near(0, 0.02), 1)),
    ]


@form("1 bent", weight=0.6)
def one_bent(pen: Pen) -> Path:
    """A downstroke that is a bow; quick writing."""
    bulge = pen.between(0.05, 0.14) * (1 if pen.between(0, 1) < 0.5 else -1)
    return [pen.through((0.2, 0), (0.2 - bulge, 0.5), (0.2 + pen.near(0, 0.04), 1))]


@form("2 without a loop")
def two_plain(pen: Pen) -> Path:
    """A neck like a swan's and an angle at the foot; Zaner-Bloser."""
    neck = pen.through((0.06, 0.26), (0.2, 0.04), (0.46, 0.02), (0.62, 0.2), (0.52, 0.48), (0.26, 0.74), (0.05, 0.98))
    return [joined(neck, pen.straight((0.05, 0.98), (pen.near(0.66), pen.near(0.98))))]


@form("2 with a loop")
def two_loop(pen: Pen) -> Path:
    """The foot begins with a loop; Palmer, French cursive."""
    neck = pen.through((0.08, 0.24), (0.22, 0.03), (0.5, 0.04), (0.6, 0.24), (0.46, 0.52), (0.2, 0.86))
    low = pen.near(0.76)
    loop = pen.through((0.2, 0.86), (0.08, 0.96), (0.03, 0.88), (0.14, low), (0.34, 0.9), (0.52, 0.98), (0.7, 0.9))
    return [joined(neck, loop)]


@form("2 angular")
def two_angular(pen: Pen) -> Path:
    """Three nearly straight strokes, like a Z whose top is a little round; quick writing."""
    top = pen.through((0.02, pen.between(0.04, 0.2)), (0.3, 0), (0.62, pen.between(0.06, 0.2)))
    foot = pen.near(0.06), pen.near(0.96, 0.02)
    return [joined(top, pen.straight((0.62, 0.14), foot, (pen.between(0.55, 0.95), pen.near(0.98))))]


@form("3 round")
def three_round(pen: Pen) -> Path:
    """Two bows; in all school scripts."""
    waist = pen.near(0.46, 0.02)
    upper = pen.through((0.08, 0.16), (0.26, 0.01), (0.54, 0.08), (0.54, 0.32), (0.28, waist))
    lower = pen.through((0.28, waist), (0.58, 0.56), (0.6, 0.84), (0.34, 1), (0.04, 0.86))
    return [joined(upper, lower)]


@form("3 flat-topped")
def three_flat(pen: Pen) -> Path:
    """A bar and a slanted line in place of the upper bow, so that nobody can turn it into an 8; Hill, from the 16th
    century."""
    top = pen.straight((0.06, 0), (0.58, 0), (0.28, pen.near(0.4)))
    return [joined(top, pen.through((0.28, 0.4), (0.56, 0.5), (0.62, 0.74), (0.4, 0.99), (0.04, 0.9)))]


@form("3 with a loop", weight=1.3)
def three_loop(pen: Pen) -> Path:
    """The pen turns in a small loop at the waist; Palmer."""
    upper = pen.through((0.08, 0.16), (0.26, 0.01), (0.54, 0.08), (0.52, 0.34), (0.28, 0.48), (0.17, 0.44))
    lower = pen.through((0.17, 0.44), (0.24, 0.39), (0.52, 0.54), (0.58, 0.84), (0.32, 1), (0.04, 0.86))
    return [joined(upper, lower)]


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


@form("4 of three strokes")
def four_three(pen: Pen) -> Path:
    """A slanted stroke, a bar and a stem, which may miss each other; children, Menninger."""
    bar, stem = pen.near(0.62, 0.05), pen.near(0.52, 0.05)
    slant = pen.straight((pen.between(0.2, 0.5), pen.near(0)), (pen.near(0.04), bar + pen.near(0, 0.03)))
    across = pen.straight((pen.near(0.02), bar), (pen.between(0.62, 0.9), bar + pen.near(0, 0.03)))
    return [slant, across, pen.straight((stem, pen.between(0, 0.4)), (stem + pen.near(0, 0.04), 1))]


@form("4 square")
def four_square(pen: Pen) -> Path:
    """Open, with a left side that is upright or curved, and a stem that is as high; quick writing."""
    bar, left = pen.between(0.42, 0.66), pen.between(-0.04, 0.12)
    side = pen.straight((left, pen.between(0, 0.18)), (0.04, bar), (pen.between(0.55, 0.95), bar + pen.near(0, 0.03)))
    x = pen.between(0.44, 0.66)
    return [side, pen.straight((x + pen.near(0.02), pen.between(0, 0.2)), (x + pen.near(0, 0.03), 1))]


@form("4 crossed late")
def four_late(pen: Pen) -> Path:
    """The stem crosses the bar near its right end, or just misses it; quick writing."""
    bar, end = pen.near(0.62, 0.05), pen.near(0.62)
    x = end + pen.between(-0.1, 0.03)
    angle = pen.straight((pen.between(0.14, 0.4), 0), (0.03, bar), (end, bar + pen.near(0, 0.03)))
    return [angle, pen.straight((x + pen.near(0.02), pen.between(0.05, 0.45)), (x - pen.between(-0.03, 0.12), 1))]


@form("4 with a looped corner", weight=0.7)
def four_looped(pen: Pen) -> Path:
    """The pen turns in a small loop where the bar begins; quick writing."""
    bar = pen.near(0.58, 0.04)
    corner = pen.through(
        (pen.between(0.2, 0.4), 0), (0.08, bar - 0.12), (0, bar + 0.04), (0.1, bar + 0.05), (0.2, bar - 0.02),
        (pen.between(0.66, 0.95), bar - 0.02),
    )  # fmt: skip
    return [corner, pen.straight((pen.near(0.54), pen.between(0.05, 0.4)), (pen.near(0.5), 1))]


@form("4 with a bent stem", weight=1.3)
def four_bent(pen: Pen) -> Path:
    """A bow or an angle, then a stem that begins on the right with a bow and may end in a hook; quick writing."""
    bar, end = pen.between(0.45, 0.8), pen.between(0.6, 1.1)
    top, left = pen.between(0.1, 0.4), pen.between(-0.04, 0.06)
    draw = pen.through if pen.between(0, 1) < 0.5 else pen.straight
    side = draw((top, 0), (left, bar - 0.1), (left + 0.08, bar), (end, bar - pen.between(-0.02, 0.12)))
    x, high = pen.between(0.3, 0.5), pen.between(0.05, 0.4)
    stem = [(x + pen.between(0.1, 0.32), high), (x + 0.06, high + pen.between(0, 0.14)), (x, bar), (x + pen.near(0), 1)]
    if pen.between(0, 1) < 0.4:
        stem.append((x + pen.between(0.06, 0.16), pen.between(0.92, 1)))
    return [side, pen.through(*stem)]
