"""The way of a drawing through this room: decode it, find its ink, tell digits apart, bring them to MNIST's format."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image

from digitlab.errors import NothingDrawn, OnlyADot
from digitlab.ink import cells, foreground, picture, segmentation, strokes
from digitlab.ink.faint import strengthened
from digitlab.ink.mnist_format import (
    DIGIT_SIDE,
    SIDE,
    as_it_is,
    crop,
    enlarge,
    into_frame,
    scale,
    smooth,
    with_stroke_width,
)
from digitlab.ink.segmentation import Box, Segment
from digitlab.ink.strokes import Strokes

SLIP = 0.25  # ink far from a digit and smaller than this share of its height is a slip of the pen ...
MOST_SLIPS = 2  # ... unless there is more of it


@dataclass(frozen=True)
class Step:
    """One step from drawing to digit, for display.

    Attributes:
        name: the result of the step, in a few words.
        image: (h, w) float32 in [0, 1], 1 is full ink; or (h, w, 3) uint8, the drawing as it arrived.
    """

    name: str
    image: np.ndarray


@dataclass(frozen=True)
class Ink:
    """A digit in MNIST's format.

    Attributes:
        pixels: (28, 28) float32 in [0, 1], white ink (1) on black (0).
        box: where the ink is, in px of the drawing.
        size: width and height of the drawing in px.
        steps: every step from the drawing to `pixels`, in order; empty for a segment.
        segments: the separate digits that the drawing seems to hold, in reading order; empty if it seems to hold one.
    """

    pixels: np.ndarray
    box: Box
    size: tuple[int, int]
    steps: tuple[Step, ...] = ()
    segments: tuple[Ink, ...] = ()


def read(drawing: bytes | np.ndarray | Strokes) -> Ink:
    """Bring a drawing or a picture to MNIST's format.

    Args:
        drawing: the strokes of a pen, which are drawn again with MNIST's stroke width; or a PNG, JPEG, WebP or BMP
            file, or a canvas as an (h, w, 4) uint8 RGBA array, whose pixels are changed to that width.

    Raises:
        NothingDrawn: there is no ink.
        OnlyADot: the ink is a single dot.
        PictureTooLarge, UnreadablePicture: see `picture.read`.
    """
    if isinstance(drawing, Strokes):
        return _read_strokes(drawing)
    source = _decoded(drawing)
    size = picture.size(drawing) if isinstance(drawing, bytes) else source.size
    source = picture.fitted(cells.reduced(source))
    found = foreground.find_ink(source)
    fine = smooth(found)
    even = strengthened(fine)
    segmented = even.shape[1], even.shape[0]
    segments = segmentation.segments(even)
    segments = [segments[number] for number in _no_slips(segments, lambda number: _is_dot(segments[number].ink))]
    pixels, steps = _formatted(found, fine, even, _together(segments, even))
    return Ink(
        pixels=pixels,
        box=functools.reduce(Box.around, (segment.box for segment in segments)).scaled(segmented, size),
        size=size,
        steps=(
            Step("Drawing", _on_white(source)),
            Step("Ink found", found),
            *steps,
        ),
        segments=_one_by_one(segments, segmented, size),
    )


def _formatted(
    found: np.ndarray, fine: np.ndarray, even: np.ndarray, digit: np.ndarray
) -> tuple[np.ndarray, list[Step]]:
    """The 28 x 28 pixels of a picture, and the steps to them.

    Args:
        found: the ink of the whole picture.
        fine: the same with enough pixels.
        even: the same with its faint strokes as dark as the others.
        digit: the same without what is not part of the digit.
    """
    pixels = as_it_is(found)
    if pixels is not None:
        return pixels, [Step("MNIST's format already: only scaled", pixels)]
    stroke = with_stroke_width(enlarge(digit))
    redrawn = crop(stroke)
    pixels = into_frame(stroke)
    steps = [
        Step("Cropped to the ink", crop(digit)),
        Step("Stroke width of MNIST", redrawn),
        Step(f"Scaled to {DIGIT_SIDE} px", scale(redrawn, DIGIT_SIDE)),
        Step("Centred by mass", pixels),
    ]
    if even is not fine:
        steps.insert(0, Step("Faint strokes strengthened", even))
    return pixels, steps


def _read_strokes(drawing: Strokes) -> Ink:
    size = drawing.width, drawing.height
    drawing = drawing.fitted(picture.WORKING_SIDE)
    fitted = drawing.width, drawing.height
    found = strokes.as_drawn(drawing)
    segments = _with_strokes(drawing, found)
    if not segments:
        raise NothingDrawn()
    whole = strokes.redrawn(drawing.only(_strokes_of(segments)))
    pixels = into_frame(whole)
    digits = []
    for segment, own in segments if len(segments) > 1 else ():
        with suppress(OnlyADot, NothingDrawn):
            alone = into_frame(strokes.redrawn(drawing.only(own)))
            digits.append(Ink(alone, segment.box.scaled(fitted, size), size))
    digit = crop(whole)
    return Ink(
        pixels=pixels,
        box=functools.reduce(Box.around, (segment.box for segment, _ in segments)).scaled(fitted, size),
        size=size,
        steps=(
            Step("Drawing", 1 - found),
            Step("Redrawn from its strokes, with MNIST's stroke width", digit),
            Step(f"Scaled to {DIGIT_SIDE} px", scale(digit, DIGIT_SIDE)),
            Step("Centred by mass", pixels),
        ),
        segments=tuple(digits) if len(digits) > 1 else (),
    )


def legible(drawing: Strokes) -> list[int]:
    """Which strokes `read` sees, by their places: not slips of the pen, nor what is beyond the edge."""
    drawing = drawing.fitted(picture.WORKING_SIDE)
    return _strokes_of(_with_strokes(drawing, strokes.as_drawn(drawing)))


def as_one_digit(drawing: Strokes) -> np.ndarray:
    """What models see of strokes that are one digit: like `read`, but without steps, and without looking for several
    digits and for slips of the pen.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    return into_frame(strokes.redrawn(drawing.fitted(picture.WORKING_SIDE)))


def _with_strokes(drawing: Strokes, found: np.ndarray) -> list[tuple[Segment, list[int]]]:
    """The segments of a drawing whose ink was `found`, each with its strokes, by their places among all.

    Slips of the pen and what is beyond the edge belong to none.
    """
    segments = segmentation.segments(found)
    number_at = np.full(found.shape, -1)
    for number, (_, place, ink) in enumerate(segments):
        number_at[place.top : place.bottom, place.left : place.right][ink >= 0.5] = number
    edge = drawing.width - 1, drawing.height - 1
    owned: list[list[int]] = [[] for _ in segments]
    for at, (line, brush) in enumerate(zip(drawing.lines, drawing.brushes, strict=True)):
        # A pen is seen at few places, perhaps all beyond the edge, and paints half a brush farther than it goes.
        path = np.floor(strokes.dense(line)).astype(int)
        painted = np.clip(path, 0, edge)
        columns, rows = painted[np.hypot(*(path - painted).T) <= brush / 2].T
        numbers = number_at[rows, columns]
        if (numbers >= 0).any():
            owned[np.bincount(numbers[numbers >= 0]).argmax()].append(at)

    def is_dot(number: int) -> bool:
        return bool(owned[number]) and strokes.is_dot(drawing.only(owned[number]))

    return [(segments[number], owned[number]) for number in _no_slips(segments, is_dot)]


def _strokes_of(segments: list[tuple[Segment, list[int]]]) -> list[int]:
    return sorted(at for _, own in segments for at in own)


def _no_slips(segments: list[Segment], is_dot: Callable[[int], bool]) -> list[int]:
    """The numbers of all segments but slips of the pen: dots and short lines beside something much higher.

    A dot that is not much lower than the rest was meant: part of a sign, or in a picture a digit whose loop is filled.
    """
    heights = [segment.box.height for segment in segments]
    highest = max(heights, default=0)
    low = [at for at, height in enumerate(heights) if height < segmentation.BODY * highest]
    short = [at for at in low if max(segments[at].box.width, heights[at]) < SLIP * highest]
    if len(short) > MOST_SLIPS:  # a broken line
        short = []
    return [at for at in range(len(segments)) if at not in short and not (at in low and is_dot(at))]


def from_mnist(image: np.ndarray) -> Ink:
    """Wrap a digit that already has MNIST's format, unchanged.

    Args:
        image: (28, 28) uint8, white ink on black.
    """
    pixels = image.astype(np.float32) / 255
    return Ink(pixels, Box(0, 0, SIDE, SIDE), (SIDE, SIDE), (Step("As MNIST has it", pixels),))


def whole_canvas(drawing: bytes | np.ndarray) -> np.ndarray:
    """The whole canvas resized, as most drawn-digit demos do; for comparison.

    Returns:
        (28, 28) float32 in [0, 1].
    """
    found = Image.fromarray(foreground.find_ink(picture.fitted(_decoded(drawing))))
    return np.asarray(found.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32)


def _decoded(drawing: bytes | np.ndarray) -> Image.Image:
    return picture.read(drawing) if isinstance(drawing, bytes) else picture.from_canvas(drawing)


def _together(segments: list[Segment], found: np.ndarray) -> np.ndarray:
    """The ink of all segments, without slips of the pen, which belong to no segment."""
    whole = np.zeros_like(found)
    for _, at, ink in segments:
        place = whole[at.top : at.bottom, at.left : at.right]
        np.maximum(place, ink, out=place)
    return whole


def _is_dot(ink: np.ndarray) -> bool:
    with suppress(OnlyADot):
        with_stroke_width(enlarge(ink))
        return False
    return True


def _one_by_one(segments: list[Segment], segmented: tuple[int, int], size: tuple[int, int]) -> tuple[Ink, ...]:
    """`Ink.segments` of a drawing of this size; the picture that was segmented may have been smaller."""
    digits = []
    for segment in segments if len(segments) > 1 else ():
        with suppress(OnlyADot):
            pixels = into_frame(with_stroke_width(enlarge(segment.ink)))
            digits.append(Ink(pixels, segment.box.scaled(segmented, size), size))
    return tuple(digits) if len(digits) > 1 else ()


def _on_white(source: Image.Image) -> np.ndarray:
    white = Image.new("RGBA", source.size, "white")
    return np.asarray(Image.alpha_composite(white, source).convert("RGB"))
