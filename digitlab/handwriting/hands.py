"""Other hands: forms of digits as imaginary people would write them on the app's canvas, read by the app's own `ink`.

Each form varies by itself. On top of that, hands and pens differ in haste, proportion, slant, curvature, gaps and
overshoot where strokes meet, tremor, and speed, which decides how many points the browser reports. This module does
not use TensorFlow.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitlab import ink
from digitlab.errors import InkError
from digitlab.handwriting.forms import FORMS, Form, Path, Pen
from digitlab.ink import BRUSH_PX, CANVAS_PX, Strokes

HASTE = (0.6, 1.8)
LEANS = 0.1  # average slant to the right, x per y: school scripts slope, and few hands lean to the left
# The next four are standard deviations.
WIDTH, SLANT = 0.2, 0.1  # of the logarithm of width over height, and of x per y
BEND = 0.02  # share of the height: the size of a wave along the digit
OVERSHOOT = 0.03  # share of the height by which a stroke begins or ends too late or too early
TREMOR = 0.006  # share of the height
HABITS = {"plain": 0.7, "cornered": 0.1, "wobbly": 0.1, "interrupted": 0.1}  # shares of the hands
CORNERS_APART = (0.2, 0.4)  # shares of the height between two corners of a hand that draws no curves
WOBBLE, WOBBLES = (0.008, 0.025), (2, 6)  # share of the height, and waves per height along the stroke
GAP = (0.02, 0.08)  # share of the height for which the ink of an interrupted stroke is missing
# A form that may not be tilted in training is tilted here, as often, and by so many degrees clockwise at most.
TILTED, TILT_DEG = 0.4, (-30, 8)
SPEED = (9, 26)  # number of points reported for a stroke as long as the digit is high
SIZE_PX = (40, 200)  # longer side of a writing
# The share of writings that are read from pixels, and their size. These are small, since larger ones look the same
# whether they are read from pixels or from strokes.
PICTURES, PICTURE_SIZE_PX = 1 / 3, (38, 110)
# Of a small drawing, the brush may leave a blot, which nobody can read: a digit is only taken if the correlation of its
# pixels with those of its strokes is as high as this. Below, holes are closed, and an 8 may as well be a 1.
LEGIBLE = 0.75
SHEET_ROW, SHEET_EXAMPLES = 44, 10  # px, and the number of digits in a row


@dataclass(frozen=True)
class Writing:
    """A form as a hand wrote it: the digit (None for a letter), the form's name, and strokes (n, 2) in a box 1 high."""

    digit: int | None
    form: str
    path: Path


def write(form: Form, generator: np.random.Generator) -> Writing:
    """Write a form once, by a new hand."""
    pen = Pen(generator, generator.uniform(*HASTE))
    width, slant = np.exp(generator.normal(0, WIDTH)), generator.normal(LEANS, SLANT)
    phase, waves, bend = generator.uniform(0, 2 * np.pi, 2), generator.uniform(0.6, 1.6), generator.normal(0, BEND, 2)
    points, habit = int(generator.uniform(*SPEED)), generator.choice(list(HABITS), p=list(HABITS.values()))
    path = []
    for stroke in _by_habit([_with_ends(drawn, pen) for drawn in form.draw(pen)], habit, generator):
        x, y = stroke.T
        x, y = (
            x * width + bend[0] * np.sin(waves * np.pi * y + phase[0]),
            y + bend[1] * np.sin(waves * np.pi * x + phase[1]),
        )
        path.append(_as_reported(np.stack([x - slant * y, y], axis=1), points, generator))
    return Writing(form.digit, form.name, path)


def _with_ends(stroke: np.ndarray, pen: Pen) -> np.ndarray:
    """The stroke with its beginning and its end a little too late or too early."""
    return _with_end(_with_end(stroke, pen)[::-1], pen)[::-1]


def _with_end(stroke: np.ndarray, pen: Pen) -> np.ndarray:
    too_late = pen.near(0, OVERSHOOT)
    step = stroke[-1] - stroke[-4]
    length = float(np.hypot(*step))
    if too_late > 0 and length > 0:
        return np.concatenate([stroke, [stroke[-1] + step / length * too_late]])
    travelled = np.cumsum(np.hypot(*np.diff(stroke[::-1], axis=0).T))
    kept = len(stroke) - int(np.searchsorted(travelled, -too_late))
    return stroke[: max(kept, 4)]


def _by_habit(path: Path, habit: str, generator: np.random.Generator) -> Path:
    """The strokes as somebody draws them who draws corners in place of curves, wobbles, or whose pen fails once."""
    if habit == "cornered":
        return [_cornered(stroke, generator.uniform(*CORNERS_APART)) for stroke in path]
    if habit == "wobbly":
        return [_wobbly(stroke, generator) for stroke in path]
    if habit == "interrupted":
        longest = int(np.argmax([_along(stroke)[-1] for stroke in path]))
        return [*path[:longest], *_interrupted(path[longest], generator), *path[longest + 1 :]]
    return path


def _along(stroke: np.ndarray) -> np.ndarray:
    """(n,): how far along the stroke each of its points is."""
    return np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])


def _at(stroke: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The points of the stroke that are so far along it."""
    along = _along(stroke)
    return np.stack([np.interp(places, along, axis) for axis in stroke.T], axis=1)


def _cornered(stroke: np.ndarray, apart: float) -> np.ndarray:
    length = _along(stroke)[-1]
    corners = _at(stroke, np.linspace(0, length, max(2, round(length / apart) + 1)))
    return _at(corners, np.linspace(0, _along(corners)[-1], 40))


def _wobbly(stroke: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    along = _along(stroke)[:, None]
    waves, phases = generator.uniform(*WOBBLES, 2), generator.uniform(0, 2 * np.pi, 2)
    return stroke + generator.uniform(*WOBBLE) * np.sin(2 * np.pi * waves * along + phases)


def _interrupted(stroke: np.ndarray, generator: np.random.Generator) -> Path:
    length, gap = _along(stroke)[-1], generator.uniform(*GAP)
    if length < 4 * gap:
        return [stroke]
    start = generator.uniform(gap, length - 2 * gap)
    return [_at(stroke, np.linspace(low, high, 40)) for low, high in ((0, start), (start + gap, length))]


def _as_reported(stroke: np.ndarray, points: int, generator: np.random.Generator) -> np.ndarray:
    """The points that the browser would report, with the pen's tremor: even in time, so sparser where it is fast."""
    length = _along(stroke)[-1]
    time = np.linspace(0, 1, max(3, round(points * length)))
    place = (time - generator.uniform(0, 0.12) * np.sin(2 * np.pi * time)) * length  # slow at both ends
    reported = _at(stroke, place)
    return reported + generator.normal(0, TREMOR, reported.shape)


def on_canvas(
    writing: Writing, size_px: float, generator: np.random.Generator, *, brush_px: float = BRUSH_PX, tilt_deg: float = 0
) -> Strokes:
    """A writing at a random place on the app's canvas.

    Args:
        writing: from `write`.
        size_px: the longer side of its path; together with the brush's width at most the canvas's side.
        generator: chooses the place.
        brush_px: the brush's width.
        tilt_deg: the angle by which the writing is turned clockwise.
    """
    angle = np.deg2rad(tilt_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    path = [stroke @ turn for stroke in writing.path]
    points = np.concatenate(path)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    factor = size_px / span.max()
    corner = brush_px / 2 + generator.uniform(0, 1, 2) * np.maximum(CANVAS_PX - brush_px - span * factor, 0)
    lines = tuple(ink.smooth((stroke - low) * factor + corner) for stroke in path)
    return Strokes(CANVAS_PX, CANVAS_PX, lines, (brush_px,) * len(lines))


def sample(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Digits of all forms as models see them: each digit equally often, and its forms according to their weights.

    Args:
        count: how many digits.
        generator: the source of all randomness.

    Returns:
        (count, 28, 28) float32 in [0, 1]; (count,) uint8 labels; and (count,) bool, see `Form.may_tilt`.
    """
    labels = np.arange(count) % 10
    by_digit = [[form for form in FORMS.values() if form.digit == digit] for digit in range(10)]
    chosen = [_one_of(by_digit[digit], generator) for digit in labels]
    images = np.stack([seen(form, generator) for form in chosen])
    return images, labels.astype(np.uint8), np.array([form.may_tilt for form in chosen])


def _one_of(forms: list[Form], generator: np.random.Generator) -> Form:
    weights = np.array([form.weight for form in forms])
    return forms[generator.choice(len(forms), p=weights / weights.sum())]


def seen(form: Form, generator: np.random.Generator) -> np.ndarray:
    """(28, 28) float32 in [0, 1]: a form, drawn on the canvas and read by `ink`.

    Most are read from their strokes; a third, which are small, from the picture that the brush left, like an upload.
    """
    while True:
        tilt_deg = 0 if form.may_tilt or generator.random() > TILTED else generator.uniform(*TILT_DEG)
        is_picture = generator.random() < PICTURES
        size_px = generator.uniform(*(PICTURE_SIZE_PX if is_picture else SIZE_PX))
        drawing = on_canvas(write(form, generator), size_px, generator, tilt_deg=tilt_deg)
        with suppress(InkError):
            clear = ink.as_one_digit(drawing)
            if not is_picture:
                return clear
            blurred = ink.normalise(ink.as_drawn(drawing))
            if form.digit is None or is_legible(blurred, clear):
                return blurred


def is_legible(pixels: np.ndarray, clear: np.ndarray) -> bool:
    """Whether (28, 28) pixels still show the digit that they show when a fine pen draws it."""
    return bool(np.corrcoef(pixels.ravel(), clear.ravel())[0, 1] >= LEGIBLE)


def sheet() -> Image.Image:
    """A sheet of all forms with their names, each written by ten hands, black on white; the same each time."""
    generator = np.random.default_rng(0)
    name_px, columns = 260, 2
    rows = -(-len(FORMS) // columns)
    across = name_px + SHEET_EXAMPLES * SHEET_ROW
    paper = Image.new("L", (columns * across, rows * SHEET_ROW), 255)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(15)
    for number, form in enumerate(FORMS.values()):
        left, top = number // rows * across, number % rows * SHEET_ROW
        pen.text((left + 8, top + SHEET_ROW // 2), form.name, fill=0, font=font, anchor="lm")
        for at in range(SHEET_EXAMPLES):
            drawing = on_canvas(write(form, generator), 150, generator)
            pixels = np.round(255 * (1 - ink.read(drawing).pixels)).astype(np.uint8)
            tile = Image.fromarray(pixels).resize((SHEET_ROW - 4,) * 2, Image.Resampling.BICUBIC)
            paper.paste(tile, (left + name_px + at * SHEET_ROW, top + 2))
    return paper
