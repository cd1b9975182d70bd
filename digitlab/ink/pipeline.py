"""The way of a drawing through this room: decode it, find its ink, tell digits apart, bring them to MNIST's format."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from digitlab.errors import InvalidValue, NothingDrawn, OnlyADot
from digitlab.ink import cells, picture, segmentation, strokes
from digitlab.ink.faint import strengthened
from digitlab.ink.mnist_format import (
    DIGIT_SIDE,
    NO_STROKES,
    SIDE,
    as_it_is,
    bounds,
    crop,
    enlarge,
    into_frame,
    is_blot,
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
        page: which one of how many pictures in a file was read, such as (2, 3).
    """

    pixels: np.ndarray
    box: Box
    size: tuple[int, int]
    steps: tuple[Step, ...] = ()
    segments: tuple[Ink, ...] = ()
    page: tuple[int, int] = (1, 1)


def read(drawing: bytes | np.ndarray | Strokes, box: tuple[int, int, int, int] | None = None, turn: int = 0) -> Ink:
    """Bring a drawing or a picture to MNIST's format; of several pictures in a file, the first one that has ink.

    Args:
        drawing: the strokes of a pen, which are drawn again with MNIST's stroke width; or a picture file, or a canvas
            as an (h, w, 4) uint8 RGBA array, whose pixels are changed to that width.
        box: of a picture file, read only what is inside: left, top, width and height in px of the upright picture.
        turn: degrees by which a picture file is turned clockwise first: 0, 90, 180 or 270.

    Raises:
        NothingDrawn: there is no ink.
        OnlyADot: the ink is a single dot.
        InvalidValue, PictureTooLarge, UnreadablePicture: see `picture.read`.
    """
    if not isinstance(drawing, bytes):
        if box is not None or turn:
            raise InvalidValue("Only a picture in a file can be turned, or read in part; this is a drawing.")
        return _read_strokes(drawing) if isinstance(drawing, Strokes) else _read_picture(picture.from_canvas(drawing))
    first: NothingDrawn | OnlyADot | None = None
    for page in picture.read(drawing, box, turn):
        try:
            return _read_picture(page)
        except (NothingDrawn, OnlyADot) as error:
            first = first or error
    raise first or NothingDrawn()


def _read_picture(given: picture.Picture) -> Ink:
    size = given.box.width, given.box.height
    # OpenCV takes longer to start than all strokes of a drawing to be read.
    from digitlab.ink import foreground

    source = cells.reduced(given.pixels)
    looked = foreground.find_ink(source)
    if looked.everything is not None and (pixels := as_it_is(looked.everything)) is not None:
        return _placed(_unchanged(pixels, looked.everything, source, size), given)
    fine = smooth(looked.ink)
    even = strengthened(fine)
    found_in_source = looked.to_picture @ np.diag([*np.divide(looked.ink.shape, fine.shape)[::-1], 1.0])
    to_picture = np.diag([size[0] / source.size[0], size[1] / source.size[1], 1.0]) @ found_in_source
    segments = segmentation.segments(even)
    segments = [segments[number] for number in _no_slips(segments, lambda number: _is_dot(segments[number].ink))]
    pixels, steps = _formatted(fine, even, _together(segments, even))
    found_in_box = Ink(
        pixels=pixels,
        box=functools.reduce(Box.around, (segment.box for segment in segments)).mapped(to_picture, size),
        size=size,
        steps=(
            Step("Drawing", picture.on_white(picture.fitted(source))),
            *(Step(*step) for step in looked.steps),
            Step("Ink found", looked.ink),
            *steps,
        ),
        segments=_one_by_one(segments, to_picture, size),
    )
    return _placed(found_in_box, given)


def _placed(found: Ink, given: picture.Picture) -> Ink:
    """What was found in a part of a picture, with boxes in px of the whole picture."""

    def whole(one: Ink) -> Ink:
        moved = one.box._replace(left=one.box.left + given.box.left, top=one.box.top + given.box.top)
        return replace(one, box=moved, size=given.size, page=given.page)

    return replace(whole(found), segments=tuple(whole(segment) for segment in found.segments))


def _unchanged(pixels: np.ndarray, everything: np.ndarray, source: Image.Image, size: tuple[int, int]) -> Ink:
    """A picture that has MNIST's format: nothing need be found out about it, so nothing can be lost."""
    rows, columns = bounds(everything)
    box = Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    steps = (
        Step("Drawing", picture.on_white(picture.fitted(source))),
        Step("MNIST's format already: only scaled", pixels),
    )
    return Ink(pixels, box.scaled(everything.shape[::-1], size), size, steps)


def _formatted(fine: np.ndarray, even: np.ndarray, digit: np.ndarray) -> tuple[np.ndarray, list[Step]]:
    """The 28 x 28 pixels of a picture, and the steps to them.

    Args:
        fine: the ink of the whole picture.
        even: the same with its faint strokes as dark as the others.
        digit: the same without what is not part of the digit.
    """
    stroke = with_stroke_width(enlarge(digit))
    if is_blot(stroke):
        raise NothingDrawn(NO_STROKES)
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
    from digitlab.ink import foreground  # as in `_read_picture`

    given = next(picture.read(drawing)) if isinstance(drawing, bytes) else picture.from_canvas(drawing)
    found = Image.fromarray(foreground.find_ink(given.pixels).ink)
    return np.asarray(found.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32)


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


def _one_by_one(segments: list[Segment], to_picture: np.ndarray, size: tuple[int, int]) -> tuple[Ink, ...]:
    """`Ink.segments` of a drawing of this size; `to_picture` maps px of what was segmented to its px."""
    digits = []
    for segment in segments if len(segments) > 1 else ():
        with suppress(OnlyADot):
            pixels = into_frame(with_stroke_width(enlarge(segment.ink)))
            digits.append(Ink(pixels, segment.box.mapped(to_picture, size), size))
    return tuple(digits) if len(digits) > 1 else ()
