"""Accuracy on pictures as people take them: photos, scans, screenshots and drawings from paint programs, all simulated.

    python -m benchmarks.photos --strokes FILE [--kind NAME]... [--count N] [--seed N]
        [--sheet FILE [--maps] [--failures]]

A kind is one way in which a picture of a digit comes about: paper, pen, light, lens, table, and what else is on it. For
each kind follows how many of its digits are read right by each model, doubted (including refused), wrong and believed,
and split into several; and how well the ink that was found covers the ink that was painted (intersection over union).
`--sheet` writes the pictures with their readings to one PNG for looking; with `--maps`, the ink that was found stands
beside each; with `--failures`, only what is not read right is shown. Most digits are recorded strokes, drawn again with
a pen of uneven pressure; every third one is an MNIST test digit, enlarged. The strokes are not part of digitlab: any
file of the form that `benchmarks.drawings` reads will do.

The thresholds of `digitlab.ink` were chosen on these kinds, so these figures do not say how well unseen kinds are read.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks import strokes
from benchmarks.strokes import Drawing
from digitlab import ink, serving
from digitlab.data import mnist
from digitlab.errors import InkError
from digitlab.ink import foreground, picture, smooth
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import quiet

PHOTO = 1280, 960  # px: width and height of a photo; enough to see what phones' 12 megapixels show of a digit
NONE = "none"  # the answer to a picture without a digit
TILE_PX = 240  # side of a picture on the contact sheet
Generator = np.random.Generator


@dataclass(frozen=True)
class Hand:
    """A digit that waits to be written: recorded strokes, or a picture of MNIST (28, 28) uint8."""

    label: str
    strokes: Drawing | None
    image: np.ndarray | None = None


@dataclass(frozen=True)
class Photo:
    """A picture: the file, and how much of each pixel was covered with ink, (h, w) float32 in [0, 1]."""

    label: str
    data: bytes
    cover: np.ndarray


@dataclass
class Scene:
    """A picture in the making: colours (h, w, 3) float32 in [0, 1], and the ink's cover (h, w)."""

    rgb: np.ndarray
    cover: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.cover = np.zeros(self.rgb.shape[:2], np.float32)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.rgb.shape[1], self.rgb.shape[0]

    def paint(self, cover: np.ndarray, colour: tuple[float, float, float], opacity: float | np.ndarray = 1.0) -> None:
        """Put colour where `cover` is."""
        share = (cover * opacity)[..., None].astype(np.float32)
        self.rgb = self.rgb * (1 - share) + np.float32(colour) * share

    def light(self, factor: np.ndarray) -> None:
        """Multiply the light on every pixel."""
        self.rgb = self.rgb * (factor[..., None] if factor.ndim == 2 else factor).astype(np.float32)


# --- the digit -------------------------------------------------------------------------------------------------------


def written(
    hand: Hand,
    scene: Scene,
    generator: Generator,
    *,
    size: float,
    width: float = 0.1,
    uneven: float = 0.15,
    place: tuple[float, float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How a pen covers the paper, and how much ink flows: both (h, w) float32 in [0, 1].

    Args:
        size: the digit's longer side as a share of the scene's shorter one.
        width: the stroke's width as a share of the digit's longer side.
        uneven: how far the pressure and the flow of ink vary along a stroke.
        place: the digit's centre as shares of width and height; near the middle if not given.
    """
    across, down = scene.size
    side = size * min(scene.size)
    if place is None:
        place = tuple(generator.uniform(0.42, 0.58, 2)) if size < 0.7 else (0.5, 0.5)
    centre = np.array(place) * (across, down)
    if hand.image is not None:
        return _enlarged(hand.image, (across, down), centre, side), np.ones((down, across), np.float32)
    lines = hand.strokes or []
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    factor = side * (1 - width) / max((high - low).max(), 1e-9)
    pen = width * side
    cover, flow = np.zeros((down, across), np.uint8), np.zeros((down, across), np.float32)
    for line in lines:
        path = smooth((line - (low + high) / 2) * factor + centre)
        if len(path) < 2:
            path = np.concatenate([path, path + 0.5])
        steps = np.concatenate([[0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
        at = np.linspace(0, steps[-1], max(2, int(2 * steps[-1])))
        path = np.stack([np.interp(at, steps, path[:, axis]) for axis in (0, 1)], axis=1)
        knots = max(3, int(steps[-1] / (1.5 * pen + 1)))
        places = np.linspace(0, knots - 1, len(at))
        press = 1 + uneven * np.interp(places, np.arange(knots), generator.uniform(-1, 1, knots))
        strength = np.clip(
            1 - 2 * uneven * np.interp(places, np.arange(knots), generator.uniform(0, 1, knots)), 0.25, 1
        )
        for (x, y), thick, strong in zip(path, press, strength, strict=True):
            middle = round(x * 16), round(y * 16)
            cv2.circle(cover, middle, max(6, round(pen / 2 * thick * 16)), 255, -1, cv2.LINE_AA, 4)
            cv2.circle(flow, middle, max(6, round((pen / 2 * thick + 1) * 16)), float(strong), -1, cv2.LINE_8, 4)
    return cover / np.float32(255), cv2.GaussianBlur(flow, (0, 0), max(0.6, pen / 8))


def _enlarged(image: np.ndarray, size: tuple[int, int], centre: np.ndarray, side: float) -> np.ndarray:
    rows, columns = np.nonzero(image > 127)
    box = to_shares(image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    factor = side / max(box.shape)
    large = cv2.resize(np.pad(box, 1), None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    steep = np.clip((large - 0.5) * max(1, factor / 3) + 0.5, 0, 1)
    shift = centre - np.array(steep.shape[::-1]) / 2
    return cv2.warpAffine(steep, np.float32([[1, 0, shift[0]], [0, 1, shift[1]]]), size)


def pen_colour(generator: Generator) -> tuple[float, float, float]:
    """Black, blue, dark blue, red or green, as pens are."""
    inks = (
        (0.1, 0.1, 0.12),
        (0.12, 0.2, 0.6),
        (0.1, 0.12, 0.4),
        (0.15, 0.15, 0.15),
        (0.7, 0.1, 0.15),
        (0.05, 0.4, 0.2),
    )
    return inks[generator.choice(len(inks), p=(0.35, 0.25, 0.15, 0.1, 0.1, 0.05))]


# --- paper -----------------------------------------------------------------------------------------------------------


def paper(
    generator: Generator,
    colour: tuple[float, float, float] = (0.9, 0.89, 0.86),
    grain: float = 0.012,
    size: tuple[int, int] = PHOTO,
) -> Scene:
    """A sheet that fills the scene, with grain of a few sizes."""
    across, down = size
    rgb = np.full((down, across, 3), colour, np.float32)
    for scale in (1, 3, 12):
        small = generator.normal(0, grain, (down // scale + 2, across // scale + 2)).astype(np.float32)
        rgb += cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)[:down, :across, None]
    return Scene(rgb)


def rule(
    scene: Scene,
    generator: Generator,
    *,
    squares: bool = False,
    dark: bool = False,
    spacing: float | None = None,
    margin: bool = True,
) -> None:
    """Print lines or squares on the paper, turned a little, thin, in a colour or a grey."""
    across, down = scene.size
    gap = (spacing or generator.uniform(0.05, 0.1)) * down
    angle = np.deg2rad(generator.uniform(-3, 3))
    colours = ((0.55, 0.65, 0.85), (0.6, 0.6, 0.65), (0.6, 0.75, 0.8), (0.7, 0.6, 0.75))
    colour = (0.25, 0.25, 0.28) if dark else colours[generator.integers(len(colours))]
    lines = np.zeros((down, across), np.uint8)
    reach = across + down
    width = max(1, round(generator.uniform(0.8, 2.2)))
    for turn in (angle, angle + np.pi / 2)[: 2 if squares else 1]:
        along, normal = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        for step in np.arange(-reach, reach, gap):
            middle = np.array([across / 2, down / 2]) + normal * (step + generator.uniform(0, 0.02) * gap)
            start, end = (tuple(int(value * 16) for value in middle + sign * reach * along) for sign in (-1, 1))
            cv2.line(lines, start, end, 255, width, cv2.LINE_AA, 4)
    scene.paint(lines / np.float32(255), colour, generator.uniform(0.75, 1))
    if margin and not squares and generator.uniform() < 0.6:
        red, x = np.zeros((down, across), np.uint8), generator.uniform(0.1, 0.2) * across
        cv2.line(red, (int(x), 0), (int(x - np.tan(angle) * down), down), 255, 2, cv2.LINE_AA)
        scene.paint(red / np.float32(255), (0.85, 0.4, 0.45))


def wood(generator: Generator, size: tuple[int, int] = PHOTO) -> np.ndarray:
    """(h, w, 3) float32: a wooden table."""
    down = size[1]
    grain = cv2.resize(generator.normal(0, 1, (down // 4, 12)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(generator.normal(0, 1, (down, 40)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    tone = 1 + 0.16 * grain + 0.08 * fine
    base = ((0.42, 0.26, 0.16), (0.6, 0.42, 0.26), (0.3, 0.2, 0.14))[generator.integers(3)]
    return np.float32(base) * tone[..., None]


# --- light and lens --------------------------------------------------------------------------------------------------


def lit(scene: Scene, generator: Generator, strength: float = 0.2) -> None:
    """Light that falls off across the picture and towards its corners."""
    across, down = scene.size
    y, x = np.mgrid[-1 : 1 : down * 1j, -1 : 1 : across * 1j].astype(np.float32)
    angle = generator.uniform(0, 2 * np.pi)
    scene.light(
        1 - strength / 2 + strength / 2 * (np.cos(angle) * x + np.sin(angle) * y) - strength / 4 * (x * x + y * y)
    )


def shadow(scene: Scene, generator: Generator, *, depth: float, soft_px: float, hand: bool = False) -> None:
    """A shadow from one side, with a straight edge, or in the form of a hand with a phone."""
    across, down = scene.size
    shape = np.zeros((down, across), np.float32)
    side = generator.integers(4)
    if hand:
        x = generator.uniform(0.3, 0.7, 2)[0] * across
        cv2.ellipse(shape, (int(x), down), (int(0.22 * across), int(0.45 * down)), 0, 0, 360, 1, -1)
        for finger in range(3):
            cv2.ellipse(
                shape,
                (int(x + (finger - 1) * 0.1 * across), int(0.62 * down)),
                (int(0.04 * across), int(0.25 * down)),
                float(10 * (finger - 1)),
                0,
                360,
                1,
                -1,
            )
    else:
        angle = generator.uniform(0, 2 * np.pi)
        yy, xx = np.mgrid[:down, :across]
        where = np.cos(angle) * (xx / across - 0.5) + np.sin(angle) * (yy / down - 0.5)
        shape = (where > generator.uniform(-0.12, 0.12)).astype(np.float32)
    shape = np.rot90(shape, 2) if hand and side % 2 else shape
    scene.light(1 - depth * cv2.GaussianBlur(np.ascontiguousarray(shape), (0, 0), max(0.5, soft_px)))


def glare(scene: Scene, generator: Generator, count: int = 1) -> None:
    """Bright spots of a lamp."""
    across, down = scene.size
    y, x = np.mgrid[:down, :across].astype(np.float32)
    for _ in range(count):
        centre = generator.uniform(0.1, 0.9, 2) * scene.size
        radius = generator.uniform(0.06, 0.15) * across
        spot = np.exp(-(((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2))
        scene.rgb = scene.rgb + (0.5 * spot)[..., None]


def on_table(scene: Scene, table: np.ndarray, generator: Generator, *, cut: bool = False, reach: float = 0.12) -> Scene:
    """The sheet laid on a table, seen at an angle; with `cut`, a part of it is outside of the picture."""
    across, down = scene.size
    corners = np.float32([[0, 0], [across, 0], [across, down], [0, down]])
    inset = generator.uniform(0.06, 0.06 + reach, (4, 2)) * (across, down)
    target = np.float32(corners + inset * [[1, 1], [-1, 1], [-1, -1], [1, -1]])
    if cut:
        target = target + np.float32([[0.25 * across, 0], [0, 0.25 * down], [-0.25 * across, 0]][generator.integers(3)])
    view = cv2.getPerspectiveTransform(corners, target)
    result = Scene(table.copy())
    mask = cv2.warpPerspective(np.ones((down, across), np.float32), view, scene.size, flags=cv2.INTER_AREA)
    edge = cv2.GaussianBlur(mask, (0, 0), 6)
    result.light(1 - 0.35 * edge)  # the sheet's own shadow on the table
    seen = cv2.warpPerspective(scene.rgb, view, scene.size)
    result.rgb = result.rgb * (1 - mask[..., None]) + seen * mask[..., None]
    result.cover = cv2.warpPerspective(scene.cover, view, scene.size)
    return result


def taken(
    scene: Scene,
    generator: Generator,
    label: str,
    *,
    blur_px: float = 0.8,
    noise: float = 0.012,
    quality: int = 85,
    motion_px: int = 0,
) -> Photo:
    """What a camera makes of the scene."""
    rgb = cv2.GaussianBlur(scene.rgb, (0, 0), blur_px)
    if motion_px:
        kernel = np.zeros((motion_px, motion_px), np.float32)
        angle = generator.uniform(0, np.pi)
        reach = motion_px / 2 * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([motion_px / 2, motion_px / 2])
        cv2.line(kernel, tuple((middle - reach).astype(int)), tuple((middle + reach).astype(int)), 1, 1, cv2.LINE_AA)
        rgb = cv2.filter2D(rgb, -1, kernel / kernel.sum())
    rgb = rgb + generator.normal(0, noise, rgb.shape)
    return Photo(label, _file(rgb, "JPEG", quality=quality), scene.cover)


def saved(scene: Scene, label: str) -> Photo:
    """The scene as a program saves it."""
    return Photo(label, _file(scene.rgb), scene.cover)


def _file(rgb: np.ndarray, kind: str = "PNG", **how: object) -> bytes:
    buffer = io.BytesIO()
    pixels = rgb if rgb.dtype == np.uint8 else (np.clip(rgb, 0, 1) * 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(buffer, kind, **how)
    return buffer.getvalue()


# --- kinds -----------------------------------------------------------------------------------------------------------

KINDS: dict[str, Callable[[Hand, Generator], Photo]] = {}


def kind(make: Callable[[Hand, Generator], Photo]) -> Callable[[Hand, Generator], Photo]:
    """Add a kind of picture under the name of its function."""
    KINDS[make.__name__] = make
    return make


def _pen(
    scene: Scene, hand: Hand, generator: Generator, colour: tuple | None = None, opacity: float = 0.92, **how
) -> None:
    how.setdefault("size", generator.uniform(0.35, 0.65))
    how.setdefault("width", generator.uniform(0.04, 0.1))
    cover, flow = written(hand, scene, generator, **how)
    scene.paint(cover, colour or pen_colour(generator), opacity * flow)
    scene.cover = cover


def _pencil(scene: Scene, hand: Hand, generator: Generator, contrast: float, **how) -> None:
    how.setdefault("width", generator.uniform(0.035, 0.07))
    how.setdefault("uneven", 0.2)
    _pen(scene, hand, generator, (0.25, 0.25, 0.27), contrast, **how)
    grain = generator.normal(1, 0.12, scene.cover.shape)
    scene.rgb = scene.rgb + (scene.cover * 0.1 * contrast * (grain - 1))[..., None].astype(np.float32)


@kind
def plain(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def marker(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, width=generator.uniform(0.14, 0.22), size=generator.uniform(0.6, 0.9))
    lit(scene, generator, 0.3)
    return taken(scene, generator, hand.label)


@kind
def on_dark_table(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, size=generator.uniform(0.3, 0.6))
    shade = generator.uniform(0.12, 0.4)
    scene = on_table(scene, paper(generator, (shade, shade, shade * 0.95)).rgb, generator)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def on_light_table(hand, generator):
    scene = paper(generator, (0.72, 0.6, 0.45), grain=0.02)
    _pen(scene, hand, generator, (0.1, 0.1, 0.1), size=generator.uniform(0.3, 0.6))
    scene = on_table(scene, paper(generator, (0.93, 0.93, 0.93)).rgb, generator)
    lit(scene, generator, 0.1)
    return taken(scene, generator, hand.label)


@kind
def on_wood(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, size=generator.uniform(0.25, 0.6))
    scene = on_table(scene, wood(generator), generator, reach=0.2)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def sheet_cut(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, size=generator.uniform(0.3, 0.5))
    scene = on_table(scene, wood(generator), generator, cut=True)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def ruled_on_wood(hand, generator):
    scene = paper(generator)
    rule(scene, generator)
    _pen(scene, hand, generator, size=generator.uniform(0.3, 0.5))
    scene = on_table(scene, wood(generator), generator)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def ruled_pen(hand, generator):
    scene = paper(generator)
    rule(scene, generator)
    _pen(scene, hand, generator, size=generator.uniform(0.2, 0.6))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def ruled_pencil(hand, generator):
    scene = paper(generator)
    rule(scene, generator)
    _pencil(scene, hand, generator, generator.uniform(0.35, 0.6), size=generator.uniform(0.25, 0.6))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def squared_pen(hand, generator):
    scene = paper(generator)
    rule(scene, generator, squares=True)
    _pen(scene, hand, generator, size=generator.uniform(0.25, 0.6))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def squared_pencil(hand, generator):
    scene = paper(generator)
    rule(scene, generator, squares=True)
    _pencil(scene, hand, generator, generator.uniform(0.35, 0.6), size=generator.uniform(0.25, 0.6))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def squared_dark(hand, generator):
    scene = paper(generator)
    rule(scene, generator, squares=True, dark=True)
    _pen(scene, hand, generator, size=generator.uniform(0.3, 0.6))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def faint_pencil(hand, generator):
    scene = paper(generator, grain=0.006)
    _pencil(scene, hand, generator, generator.uniform(0.09, 0.2), uneven=0.1)
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def shadow_hard(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    shadow(scene, generator, depth=generator.uniform(0.3, 0.65), soft_px=generator.uniform(0.5, 12))
    return taken(scene, generator, hand.label)


@kind
def shadow_soft(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    shadow(scene, generator, depth=generator.uniform(0.3, 0.6), soft_px=generator.uniform(20, 80))
    return taken(scene, generator, hand.label)


@kind
def shadow_of_hand(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    shadow(scene, generator, depth=generator.uniform(0.25, 0.5), soft_px=generator.uniform(3, 25), hand=True)
    lit(scene, generator, 0.1)
    return taken(scene, generator, hand.label)


@kind
def pencil_in_shadow(hand, generator):
    scene = paper(generator)
    _pencil(scene, hand, generator, generator.uniform(0.3, 0.5))
    shadow(scene, generator, depth=generator.uniform(0.3, 0.5), soft_px=generator.uniform(1, 30))
    return taken(scene, generator, hand.label)


@kind
def vignetting(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    lit(scene, generator, 0.7)
    return taken(scene, generator, hand.label)


@kind
def kraft(hand, generator):
    scene = paper(generator, (0.62, 0.47, 0.32), grain=0.03)
    _pen(scene, hand, generator, [(0.1, 0.1, 0.1), (0.1, 0.12, 0.35), (0.95, 0.95, 0.93)][generator.integers(3)])
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def coloured_paper(hand, generator):
    colour = tuple(generator.uniform(0.35, 0.95, 3))
    scene = paper(generator, colour)
    _pen(scene, hand, generator, tuple(np.float64(colour) * generator.uniform(0.1, 0.5, 3)))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def blackboard(hand, generator):
    scene = paper(generator, (0.15, 0.22, 0.18), grain=0.02)
    smear = cv2.GaussianBlur(generator.normal(0, 1, scene.cover.shape).astype(np.float32), (0, 0), 30) * 1.2
    scene.rgb = scene.rgb + np.clip(smear, 0, 0.08)[..., None]
    _pen(scene, hand, generator, (0.9, 0.9, 0.85), 0.8)
    scene.rgb = scene.rgb - (scene.cover * np.clip(generator.normal(0, 0.12, scene.cover.shape), 0, 0.4))[
        ..., None
    ].astype(np.float32)
    lit(scene, generator, 0.3)
    return taken(scene, generator, hand.label)


@kind
def whiteboard(hand, generator):
    scene = paper(generator, (0.82, 0.84, 0.86), grain=0.002)
    _pen(scene, hand, generator, width=generator.uniform(0.07, 0.14))
    lit(scene, generator, 0.3)
    glare(scene, generator, 2)
    return taken(scene, generator, hand.label)


@kind
def glare_on_paper(hand, generator):
    scene = paper(generator, (0.75, 0.74, 0.72))
    _pen(scene, hand, generator)
    glare(scene, generator, 2)
    return taken(scene, generator, hand.label)


@kind
def small_on_page(hand, generator):
    scene = paper(generator)
    _pen(
        scene,
        hand,
        generator,
        size=generator.uniform(0.045, 0.13),
        width=0.11,
        place=tuple(generator.uniform(0.2, 0.8, 2)),
    )
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def small_on_ruled(hand, generator):
    scene = paper(generator)
    rule(scene, generator, spacing=generator.uniform(0.06, 0.09))
    _pen(
        scene,
        hand,
        generator,
        size=generator.uniform(0.07, 0.13),
        width=0.1,
        place=tuple(generator.uniform(0.3, 0.7, 2)),
    )
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def jpeg_20(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    lit(scene, generator)
    return taken(scene, generator, hand.label, quality=20)


@kind
def out_of_focus(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    return taken(scene, generator, hand.label, blur_px=generator.uniform(4, 9))


@kind
def shaken(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    return taken(scene, generator, hand.label, motion_px=int(generator.integers(10, 28)))


@kind
def noisy(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator)
    lit(scene, generator, 0.5)
    return taken(scene, generator, hand.label, noise=generator.uniform(0.05, 0.12))


@kind
def boxed_on_paper(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, size=generator.uniform(0.3, 0.45), place=(0.5, 0.5))
    box = np.zeros(scene.cover.shape, np.uint8)
    left, top, right, bottom = (
        int(value)
        for value in (
            0.5 * 1280 - generator.uniform(300, 380),
            generator.uniform(120, 190),
            640 + generator.uniform(300, 380),
            generator.uniform(760, 840),
        )
    )
    tilt = int(generator.uniform(-25, 25))
    cv2.polylines(
        box,
        [np.int32([[left, top], [right, top + tilt], [right - tilt, bottom], [left - tilt, bottom - tilt]])],
        True,
        255,
        int(generator.integers(2, 9)),
        cv2.LINE_AA,
    )
    scene.paint(box / np.float32(255), (0.15, 0.15, 0.18))
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def circled_on_paper(hand, generator):
    scene = paper(generator)
    _pen(scene, hand, generator, (0.1, 0.1, 0.15), size=generator.uniform(0.3, 0.4), place=(0.5, 0.5))
    ring = np.zeros(scene.cover.shape, np.uint8)
    axes = int(generator.uniform(300, 400)), int(generator.uniform(300, 380))
    cv2.ellipse(
        ring,
        (640, 480),
        axes,
        generator.uniform(0, 90),
        0,
        generator.uniform(350, 375),
        255,
        int(generator.integers(6, 14)),
        cv2.LINE_AA,
    )
    scene.paint(ring / np.float32(255), ((0.75, 0.1, 0.1), (0.1, 0.1, 0.15))[generator.integers(2)])
    lit(scene, generator)
    return taken(scene, generator, hand.label)


@kind
def uneven_pen(hand, generator):
    side = int(generator.uniform(120, 200))
    scene = paper(generator, (0.985, 0.985, 0.985), grain=0.002, size=(4 * side, 4 * side))
    _pen(
        scene,
        hand,
        generator,
        (0.25, 0.25, 0.6),
        0.9,
        size=generator.uniform(0.3, 0.5),
        width=generator.uniform(0.04, 0.08),
        uneven=0.42,
    )
    rgb = cv2.resize(scene.rgb, (side, side), interpolation=cv2.INTER_AREA)
    small = Scene(rgb)
    small.cover = cv2.resize(scene.cover, (side, side), interpolation=cv2.INTER_AREA)
    return taken(small, generator, hand.label, blur_px=0.5, noise=0.004)


def _canvas(hand, generator, side=400, size=None, width=None, ground=(1, 1, 1), colour=(0, 0, 0), **how) -> Scene:
    scene = Scene(np.full((side, side, 3), ground, np.float32))
    how.setdefault("uneven", 0.0)
    _pen(
        scene,
        hand,
        generator,
        colour,
        1.0,
        size=size or generator.uniform(0.4, 0.65),
        width=width or generator.uniform(0.07, 0.13),
        **how,
    )
    return scene


@kind
def canvas(hand, generator):
    return saved(_canvas(hand, generator), hand.label)


@kind
def boxed(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.45, 0.65), place=(0.5, 0.5))
    box = np.zeros(scene.cover.shape, np.uint8)
    near, far = int(generator.uniform(5, 60)), int(400 - generator.uniform(5, 60))
    cv2.rectangle(box, (near, near), (far, far), 255, int(generator.integers(1, 9)))
    scene.paint(box / np.float32(255), (0, 0, 0))
    return saved(scene, hand.label)


@kind
def boxed_tight(hand, generator):
    scene = _canvas(hand, generator, size=0.6, place=(0.5, 0.5))
    rows, columns = np.nonzero(scene.cover > 0.5)
    pad = int(generator.integers(-4, 12))
    box = np.zeros(scene.cover.shape, np.uint8)
    cv2.rectangle(
        box,
        (int(columns.min()) - pad - 8, int(rows.min()) - pad),
        (int(columns.max()) + pad + 8, int(rows.max()) + pad),
        255,
        4,
    )
    scene.paint(box / np.float32(255), (0, 0, 0))
    return saved(scene, hand.label)


@kind
def sudoku_cell(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.5, 0.7), place=(0.5, 0.5))
    for side in generator.choice(4, generator.integers(2, 5), replace=False):
        band = np.zeros(scene.cover.shape, np.float32)
        thick = int(generator.integers(4, 22))
        np.rot90(band, side)[:thick] = 1
        scene.paint(band, (0, 0, 0))
    return saved(scene, hand.label)


@kind
def cell_of_grid(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.35, 0.5), place=(0.5, 0.5))
    lines = np.zeros(scene.cover.shape, np.uint8)
    for at in (int(generator.uniform(25, 50)), int(generator.uniform(350, 375))):
        cv2.line(lines, (at, 0), (at + int(generator.uniform(-6, 6)), 400), 255, int(generator.integers(2, 7)))
        cv2.line(lines, (0, at), (400, at + int(generator.uniform(-6, 6))), 255, int(generator.integers(2, 7)))
    scene.paint(lines / np.float32(255), (0, 0, 0))
    other, _ = written(hand, scene, generator, size=0.45, place=(1.03, 0.5), uneven=0)
    scene.paint(other, (0, 0, 0))
    return saved(scene, hand.label)


@kind
def circled(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.4, 0.5), place=(0.5, 0.5))
    ring = np.zeros(scene.cover.shape, np.uint8)
    cv2.ellipse(
        ring,
        (200, 200),
        (int(generator.uniform(140, 185)), int(generator.uniform(140, 185))),
        0,
        0,
        360,
        255,
        int(generator.integers(3, 12)),
        cv2.LINE_AA,
    )
    scene.paint(ring / np.float32(255), (0, 0, 0))
    return saved(scene, hand.label)


@kind
def underlined(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.4, 0.6), place=(0.5, 0.42))
    bottom = int(np.flatnonzero((scene.cover > 0.5).any(axis=1))[-1] + generator.uniform(10, 40))
    line = np.zeros(scene.cover.shape, np.uint8)
    cv2.line(
        line,
        (int(generator.uniform(60, 130)), bottom),
        (int(generator.uniform(270, 340)), bottom + int(generator.uniform(-10, 10))),
        255,
        int(generator.integers(3, 14)),
        cv2.LINE_AA,
    )
    scene.paint(line / np.float32(255), (0, 0, 0))
    return saved(scene, hand.label)


@kind
def cut_neighbours(hand, generator):
    scene = _canvas(hand, generator, size=generator.uniform(0.45, 0.6), place=(0.5, 0.5))
    for x in (generator.uniform(-0.08, -0.02), generator.uniform(1.02, 1.08)):
        other, _ = written(hand, scene, generator, size=0.5, place=(x, 0.5), uneven=0)
        scene.paint(other, (0, 0, 0))
    return saved(scene, hand.label)


@kind
def tight(hand, generator):
    scene = _canvas(hand, generator, size=0.8, place=(0.5, 0.5))
    rows, columns = np.nonzero(scene.cover > 0.5)
    rows, columns = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    cut = Scene(scene.rgb[rows, columns])
    cut.cover = scene.cover[rows, columns]
    return saved(cut, hand.label)


@kind
def low_contrast(hand, generator):
    ground = generator.uniform(0.2, 0.8)
    shift = generator.uniform(0.04, 0.1) * generator.choice([-1, 1])
    return saved(_canvas(hand, generator, ground=(ground,) * 3, colour=(ground + shift,) * 3), hand.label)


@kind
def hairline(hand, generator):
    return saved(_canvas(hand, generator, side=600, size=0.75, width=0.0025), hand.label)


@kind
def inverted(hand, generator):
    return saved(_canvas(hand, generator, ground=(0.05, 0.05, 0.1), colour=(0.95, 0.95, 0.9)), hand.label)


@kind
def equal_luminance(hand, generator):
    pair = [
        ((0.78, 0, 0), (0, 0.35, 0)),
        ((0.2, 0.4, 0.95), (0.75, 0.3, 0.25)),
        ((0.85, 0.75, 0.1), (0.55, 0.8, 0.95)),
    ][generator.integers(3)]
    scene = _canvas(hand, generator, ground=pair[0], colour=pair[1])
    return taken(scene, generator, hand.label, noise=0.01) if generator.uniform() < 0.5 else saved(scene, hand.label)


@kind
def gradient_background(hand, generator):
    scene = Scene(np.ones((400, 400, 3), np.float32))
    bottom, top = generator.uniform(0.45, 1, (2, 3)).astype(np.float32)
    share = np.linspace(0, 1, 400, dtype=np.float32)[:, None, None]
    scene.rgb = scene.rgb * (bottom * share + top * (1 - share))
    _pen(scene, hand, generator, (0.05, 0.05, 0.1), 1.0, uneven=0)
    return saved(scene, hand.label)


@kind
def spray_can(hand, generator):
    scene = Scene(np.ones((400, 500, 3), np.float32))
    cover, _ = written(hand, scene, generator, size=0.7, width=0.13, uneven=0)
    dots = ((generator.uniform(0, 1, cover.shape) < 0.4) & (cover > 0.5)).astype(np.float32)
    scene.paint(dots, pen_colour(generator))
    scene.cover = cover
    return saved(scene, hand.label)


@kind
def paint_program(hand, generator):
    colours = ((0, 0, 0), (0.93, 0.11, 0.14), (0, 0.64, 0.91), (1, 0.95, 0), (0.13, 0.69, 0.3))
    scene = Scene(np.ones((500, 700, 3), np.float32))
    width = float(generator.choice([0.004, 0.01, 0.03, 0.08]))
    cover, _ = written(hand, scene, generator, size=generator.uniform(0.5, 1.0), width=width, uneven=0)
    scene.paint((cover > 0.5).astype(np.float32), colours[generator.integers(len(colours))])
    scene.cover = (cover > 0.5).astype(np.float32)
    return saved(scene, hand.label)


@kind
def transparent(hand, generator):
    scene = _canvas(hand, generator)
    opacity = generator.uniform(0.3, 1)
    tone = int(generator.choice([0, 255]))
    pixels = np.full((400, 400, 4), tone, np.uint8)
    pixels[..., 3] = (scene.cover * opacity * 255).round()
    return Photo(hand.label, _file(pixels), scene.cover)


@kind
def small_picture(hand, generator):
    side = int(generator.choice([16, 28, 32, 48]))
    scene = _canvas(hand, generator, side=448, size=0.7, width=0.12)
    small = Scene(cv2.resize(scene.rgb, (side, side), interpolation=cv2.INTER_AREA))
    small.cover = cv2.resize(scene.cover, (side, side), interpolation=cv2.INTER_AREA)
    return saved(small, hand.label)


@kind
def large_white_space(hand, generator):
    scene = _canvas(
        hand,
        generator,
        side=1600,
        size=generator.uniform(0.03, 0.08),
        width=0.12,
        place=tuple(generator.uniform(0.1, 0.9, 2)),
    )
    return saved(scene, hand.label)


def _page(hand, generator) -> Scene:
    scene = paper(generator, (0.97, 0.97, 0.97), grain=0.004, size=(1240, 1754))
    _pen(
        scene,
        hand,
        generator,
        (0.1, 0.1, 0.1),
        size=generator.uniform(0.05, 0.3),
        place=tuple(generator.uniform(0.3, 0.7, 2)),
    )
    return scene


@kind
def scan_dark_edges(hand, generator):
    scene = _page(hand, generator)
    for side in generator.choice(4, generator.integers(1, 4), replace=False):
        band = np.zeros(scene.cover.shape, np.float32)
        turned = np.rot90(band, side)
        depth = generator.uniform(5, 40)
        turned[:] = np.arange(len(turned))[:, None] < depth + np.linspace(0, generator.uniform(0, 30), turned.shape[1])
        scene.paint(cv2.GaussianBlur(band, (0, 0), 1.5), (0.08, 0.08, 0.1))
    return taken(scene, generator, hand.label, noise=0.004)


@kind
def punched(hand, generator):
    scene = _page(hand, generator)
    holes = np.zeros(scene.cover.shape, np.uint8)
    for y in (580, 1170):
        cv2.circle(holes, (int(generator.uniform(50, 110)), y), 33, 255, -1, cv2.LINE_AA)
    scene.paint(holes / np.float32(255), (0.15, 0.15, 0.15))
    return taken(scene, generator, hand.label, noise=0.004)


@kind
def form_field(hand, generator):
    scene = _page(hand, generator)
    scene.rgb, scene.cover = scene.rgb[500:1200], scene.cover[500:1200]
    scene.cover[:] = 0
    scene.rgb[:] = np.float32(0.97)
    _pen(scene, hand, generator, (0.1, 0.15, 0.5), size=generator.uniform(0.4, 0.7), place=(0.5, 0.45))
    lines = np.zeros(scene.cover.shape, np.uint8)
    at = int(generator.uniform(560, 620))
    cv2.line(lines, (0, at), (1240, at + 5), 255, 4, cv2.LINE_AA)
    cv2.line(lines, (0, 40), (1240, 44), 255, 4, cv2.LINE_AA)
    if generator.uniform() < 0.5:
        cv2.line(lines, (90, 0), (92, 700), 255, 4, cv2.LINE_AA)
    scene.paint(lines / np.float32(255), (0.2, 0.2, 0.2))
    return taken(scene, generator, hand.label, noise=0.004)


def _labels(image: Image.Image, boxed: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = boxed
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    for step in range(5):
        x, y = left + (right - left) * step // 5 + 8, top + (bottom - top) * step // 5 + 8
        draw.line((x, bottom, x, bottom + 5), fill="black")
        draw.line((left - 5, y, left, y), fill="black")
        draw.text((x - 5, bottom + 8), str(5 * step), fill="black", font=font)
        draw.text((left - 26, y - 8), str(5 * step), fill="black", font=font)
    draw.text(((left + right) // 2 - 30, top - 24), "Sample 17", fill="black", font=font)


@kind
def figure_of_pixels(hand, generator):
    scene = _canvas(hand, generator, side=448, size=0.7, width=0.12)
    small = cv2.resize(scene.cover, (28, 28), interpolation=cv2.INTER_AREA)
    maps = [cv2.COLORMAP_VIRIDIS, cv2.COLORMAP_BONE, cv2.COLORMAP_HOT, cv2.COLORMAP_PLASMA]
    coloured = cv2.applyColorMap((small * 255).astype(np.uint8), maps[generator.integers(4)])[..., ::-1]
    image = Image.new("RGB", (640, 480), "white")
    image.paste(Image.fromarray(np.ascontiguousarray(coloured)).resize((370, 370), Image.Resampling.NEAREST), (140, 55))
    _labels(image, (140, 55, 510, 425))
    cover = np.zeros((480, 640), np.float32)
    cover[55:425, 140:510] = cv2.resize(small, (370, 370), interpolation=cv2.INTER_NEAREST)
    return Photo(hand.label, _file(np.asarray(image)), cover)


@kind
def figure_with_axes(hand, generator):
    scene = _canvas(
        hand, generator, side=370, size=0.7, width=0.1, colour=((0.12, 0.47, 0.71), (0, 0, 0))[generator.integers(2)]
    )
    image = Image.new("RGB", (640, 480), "white")
    image.paste(Image.fromarray((scene.rgb * 255).astype(np.uint8)), (140, 55))
    ImageDraw.Draw(image).rectangle((140, 55, 509, 424), outline="black")
    _labels(image, (140, 55, 510, 425))
    cover = np.zeros((480, 640), np.float32)
    cover[55:425, 140:510] = scene.cover
    return Photo(hand.label, _file(np.asarray(image)), cover)


@kind
def screenshot(hand, generator):
    scene = Scene(np.ones((700, 1100, 3), np.float32))
    _pen(scene, hand, generator, size=generator.uniform(0.35, 0.55), uneven=0)
    scene.rgb[:46], scene.rgb[-40:] = (0.85, 0.87, 0.9), (0.12, 0.12, 0.16)
    scene.rgb[46:48] = 0.6
    for at in range(3):
        scene.rgb[14:32, 1000 + 30 * at : 1018 + 30 * at] = ((0.4, 0.8, 0.4), (0.9, 0.8, 0.3), (0.9, 0.3, 0.3))[at]
        scene.rgb[-30:-10, 20 + 40 * at : 40 + 40 * at] = (0.9, 0.9, 0.9)
    image = Image.fromarray((scene.rgb * 255).astype(np.uint8))
    ImageDraw.Draw(image).text((20, 12), "Untitled - Paint", fill="black", font=ImageFont.load_default(18))
    return Photo(hand.label, _file(np.asarray(image)), scene.cover)


@kind
def bare_noise(hand, generator):
    side = int(generator.integers(100, 500))
    deep = generator.normal(0.5, generator.uniform(0.05, 0.6), (side, side, 1 + 2 * int(generator.integers(2))))
    return Photo(NONE, _file(np.broadcast_to(deep, (side, side, 3))), np.zeros((side, side), np.float32))


@kind
def bare_paper(hand, generator):
    scene = paper(generator, tuple(generator.uniform(0.5, 0.95, 3)), grain=generator.uniform(0.005, 0.03))
    lit(scene, generator, generator.uniform(0, 0.6))
    if generator.uniform() < 0.4:
        shadow(scene, generator, depth=0.4, soft_px=generator.uniform(1, 40))
    return taken(scene, generator, NONE)


@kind
def bare_ruled(hand, generator):
    scene = paper(generator)
    rule(scene, generator, squares=bool(generator.integers(2)))
    lit(scene, generator)
    return taken(scene, generator, NONE)


# --- reading ---------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", required=True, metavar="FILE", help="recorded strokes, JSON")
    parser.add_argument("--kind", dest="kinds", action="append", choices=list(KINDS), help="can be repeated")
    parser.add_argument("--count", type=int, default=20, help="pictures of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", metavar="FILE", help="write the pictures and their readings to this PNG")
    parser.add_argument("--maps", action="store_true", help="on the sheet, the ink that was found beside each picture")
    parser.add_argument("--failures", action="store_true", help="on the sheet, only what is not read right")
    options = parser.parse_args()
    names = list(store.FLAGSHIPS)
    with quiet():
        models = [serving.load(name) for name in names]
    heads = "".join(f"{name:>8}: right  doubted  wrong  split" for name in names)
    print(f"{'':<22}{heads}    ink   time")
    tiles: list[tuple[Photo, np.ndarray | None, str]] = []
    totals = []
    for name in options.kinds or list(KINDS):
        rows, covers, times = [], [], []
        for photo in photos(name, hands(options.strokes), options.count, options.seed):
            start = time.perf_counter()
            said = _read(photo, models)
            times.append(time.perf_counter() - start)
            cover = None if said[0] == "-" else _ink_on(photo)
            rows.append([_outcome(photo.label, each) for each in said])
            covers.append(_overlap(photo, cover))
            if not (options.failures and all(outcome[0] for outcome in rows[-1])):
                tiles.append((photo, cover, f"{name} {photo.label}: {' '.join(said)}"))
        shares = np.mean(rows, axis=0)
        totals.append(shares)
        print(f"{name:<22}{_line(shares)}{np.mean(covers):>7.2f}{1000 * np.median(times):>5.0f} ms", flush=True)
    print(f"{'all':<22}{_line(np.mean(totals, axis=0))}")
    if options.sheet:
        _sheet(tiles, options.maps).save(options.sheet)


def hands(file: str) -> list[Hand]:
    """Recorded digits and MNIST test digits, in a fixed order of digits: 0, 1, ..., 9, 0, ..."""
    drawn, packaged = strokes.load(file), mnist.packaged()
    by_label = {label: [lines for each, lines in drawn if each == label] for label in map(str, range(10))}
    images = {label: packaged.images[packaged.labels == int(label)] for label in by_label}
    digits = []
    for turn in range(max(len(each) for each in by_label.values())):
        for label, lines in by_label.items():
            mnist_turn = (turn + int(label)) % 3 == 2
            image = images[label][turn % len(images[label])] if mnist_turn else None
            digits.append(Hand(label, None if mnist_turn else lines[turn % len(lines)], image))
    return digits


def photos(name: str, digits: list[Hand], count: int, seed: int) -> list[Photo]:
    """`count` pictures of a kind; each depends on the kind, the seed and its number alone."""
    start = 10 * (list(KINDS).index(name) + 7 * seed)
    return [
        KINDS[name](digits[(start + at) % len(digits)], np.random.default_rng([seed, list(KINDS).index(name), at]))
        for at in range(count)
    ]


def _read(photo: Photo, models: list[serving.Classifier]) -> list[str]:
    """What each model says; "-" where the picture was refused before."""
    try:
        drawing = ink.read(photo.data)
    except InkError:
        return ["-"] * len(models)
    reading = serving.read(drawing, models)
    return [reading.number(model.name) for model in models]


def _ink_on(photo: Photo) -> np.ndarray:
    """The ink that is found, in px of the picture."""
    source = next(picture.read(photo.data)).pixels
    raw = foreground.find_ink(source)
    across, down = photo.cover.shape[1], photo.cover.shape[0]
    to_photo = np.diag([across / source.size[0], down / source.size[1], 1.0]) @ raw.to_picture
    return cv2.warpPerspective(raw.ink, to_photo, (across, down))


def _outcome(label: str, said: str) -> list[bool]:
    """Right, doubted, wrong and believed, split."""
    refused = said == "-" or (len(said) == 2 and said.endswith("?"))
    split = len(said.replace("?", "")) > 1
    right = refused if label == NONE else said == label
    return [right, refused and not right, not (right or refused or split), split]


def _overlap(photo: Photo, cover: np.ndarray | None) -> float:
    true = photo.cover >= 0.5
    if not true.any():
        return 1.0
    return 0.0 if cover is None else float((true & (cover >= 0.5)).sum() / (true | (cover >= 0.5)).sum())


def _line(shares: np.ndarray) -> str:
    return "".join(
        f"{right:>15.0%}{doubted:>9.0%}{wrong:>7.0%}{split:>7.0%}" for right, doubted, wrong, split in shares
    )


def _sheet(tiles: list[tuple[Photo, np.ndarray | None, str]], maps: bool) -> Image.Image:
    columns = 5 if maps else 10
    wide = TILE_PX * (2 if maps else 1)
    sheet = Image.new("RGB", (columns * wide, -(-len(tiles) // columns) * (TILE_PX + 16)), "white")
    draw = ImageDraw.Draw(sheet)
    for at, (photo, cover, text) in enumerate(tiles):
        x, y = at % columns * wide, at // columns * (TILE_PX + 16)
        draw.text((x + 2, y + 2), text, fill="black")
        images = [Image.open(io.BytesIO(photo.data)).convert("RGBA")]
        if maps and cover is not None:
            images.append(Image.fromarray((255 * (1 - np.clip(cover, 0, 1))).astype(np.uint8)).convert("RGBA"))
        for number, image in enumerate(images):
            image.thumbnail((TILE_PX - 4, TILE_PX - 4))
            sheet.paste(
                Image.alpha_composite(Image.new("RGBA", image.size, (200, 200, 200, 255)), image),
                (x + number * TILE_PX, y + 15),
            )
    return sheet


if __name__ == "__main__":
    main()
