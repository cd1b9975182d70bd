"""The way of a drawing through this room: decode it, find its ink, tell digits apart, bring them to MNIST's format."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from digitlab.errors import InvalidValue, NothingDrawn, OnlyADot
from digitlab.ink import cells, picture, segmentation, strokes
from digitlab.ink.box import Box
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
from digitlab.ink.segmentation import Segment
from digitlab.ink.strokes import Strokes
from digitlab.language import N_
from digitlab.pixels import to_shares

SLIP = 0.25  # ink far from a digit and smaller than this share of its height is a slip of the pen ...
MOST_SLIPS = 2  # ... unless there is more of it
MOST_DIGITS = 14  # a drawing with more segments is not read digit by digit, which would take long


@dataclass(frozen=True)
class Step:
    """One step from drawing to digit, for display.

    Attributes:
        name: the result of the step, in a few words.
        image: (h, w) float32 in [0, 1], 1 is full ink; or (h, w, 3) uint8, the drawing as it arrived.
    """

    name: str
    image: np.ndarray


def _none(_: np.ndarray) -> tuple[Step, ...]:
    return ()


@dataclass(frozen=True)
class Ink:
    """A digit in MNIST's format.

    Attributes:
        pixels: (28, 28) float32 in [0, 1], white ink (1) on black (0).
        box: where the ink is, in px of the drawing.
        size: width and height of the drawing in px.
        segments: the separate digits that the drawing seems to hold, in reading order; empty if it seems to hold one.
        page: which one of how many pictures in a file was read, such as (2, 3).
        make_steps: makes what `steps` gives of `pixels`.
    """

    pixels: np.ndarray
    box: Box
    size: tuple[int, int]
    segments: tuple[Ink, ...] = ()
    page: tuple[int, int] = (1, 1)
    make_steps: Callable[[np.ndarray], tuple[Step, ...]] = field(default=_none, repr=False, compare=False)

    @functools.cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step from the drawing to `pixels`, in order; none for a segment. They are made when first looked at."""
        return self.make_steps(self.pixels)


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
        InvalidValue, PictureTooLarge, ReadsOthers, UnreadablePicture: see `picture.read` and `picture.alone`.
    """
    if not isinstance(drawing, bytes):
        if box is not None or turn:
            raise InvalidValue(N_("Only a picture in a file can be turned, or read in part; this is a drawing."))
        return _read_strokes(drawing) if isinstance(drawing, Strokes) else _read_picture(picture.from_canvas(drawing))
    first: NothingDrawn | OnlyADot | None = None
    with picture.alone():
        for page in picture.read(drawing, box, turn):
            try:
                return _read_picture(page)
            except (NothingDrawn, OnlyADot) as error:
                first = first or error
    raise first or NothingDrawn()


def _read_picture(given: picture.Picture) -> Ink:
    # OpenCV takes longer to start than all strokes of a drawing to be read.
    from digitlab.ink import foreground

    source = cells.reduced(given.pixels)
    steps = [Step(N_("Drawing"), picture.on_white(picture.fitted(source)))]
    raw = foreground.find_ink(source)
    size = given.box.width, given.box.height
    if raw.everything is not None and (pixels := as_it_is(raw.everything)) is not None:
        # It has MNIST's format already, so nothing that could lose any ink is done to it.
        box = bounds(raw.everything).scaled(raw.everything.shape[::-1], size).moved(given.box.left, given.box.top)
        steps.append(Step(N_("MNIST's format already: only scaled"), pixels))
        return Ink(pixels, box, given.size, page=given.page, make_steps=lambda _: tuple(steps))
    fine = smooth(raw.ink)
    even = strengthened(fine)
    to_source = raw.to_picture @ np.diag([*np.divide(raw.ink.shape, fine.shape)[::-1], 1.0])
    to_picture = np.diag([size[0] / source.size[0], size[1] / source.size[1], 1.0]) @ to_source

    def in_picture(box: Box) -> Box:
        return box.mapped(to_picture, size).moved(given.box.left, given.box.top)

    segments = segmentation.segments(even)
    boxes = [segment.box for segment in segments]
    segments = [segments[number] for number in _no_slips(boxes, lambda number: _is_dot(segments[number].ink))]
    digit = _together(segments, even)
    redrawn = _redrawn(digit)
    if is_blot(redrawn):
        raise NothingDrawn(NO_STROKES)
    steps += [*(Step(*step) for step in raw.steps), Step(N_("Ink found"), raw.ink)]
    if even is not fine:
        steps.append(Step(N_("Faint strokes strengthened"), even))
    steps += [Step(N_("Cropped to the ink"), crop(digit)), Step(N_("Stroke width of MNIST"), crop(redrawn))]
    digits = [(segment.box, functools.partial(_redrawn, segment.ink)) for segment in segments]
    return _assembled(redrawn, digits, in_picture, given.size, functools.partial(_steps, steps, redrawn), given.page)


def _redrawn(ink: np.ndarray) -> np.ndarray:
    return with_stroke_width(enlarge(ink))


def _assembled(
    redrawn: np.ndarray,
    digits: Sequence[tuple[Box, Callable[[], np.ndarray]]],
    in_drawing: Callable[[Box], Box],
    size: tuple[int, int],
    make_steps: Callable[[np.ndarray], tuple[Step, ...]],
    page: tuple[int, int] = (1, 1),
) -> Ink:
    """What `read` returns, once the ink has MNIST's stroke width.

    Args:
        redrawn: all of the ink, (h, w) float32 in [0, 1].
        digits: for each separate digit its box, and what redraws it alone.
        in_drawing: gives such a box in px of the drawing.
        size: width and height of the drawing in px.
        make_steps, page: as in `Ink`.
    """
    pixels = into_frame(redrawn)
    segments = []
    for box, redraw in digits if len(digits) > 1 else ():
        with suppress(OnlyADot, NothingDrawn):
            segments.append(Ink(into_frame(redraw()), in_drawing(box), size, page=page))
    return Ink(
        pixels=pixels,
        box=in_drawing(functools.reduce(Box.around, (box for box, _ in digits))),
        size=size,
        segments=tuple(segments) if len(segments) > 1 else (),
        page=page,
        make_steps=make_steps,
    )


def _steps(first: Sequence[Step], redrawn: np.ndarray, pixels: np.ndarray) -> tuple[Step, ...]:
    return (
        *first,
        Step(N_("Scaled to 20 px"), scale(crop(redrawn), DIGIT_SIDE)),
        Step(N_("Centred by mass"), pixels),
    )


def _read_strokes(drawing: Strokes) -> Ink:
    size = drawing.width, drawing.height
    drawing = drawing.fitted()
    fitted = drawing.width, drawing.height
    segments = _with_strokes(drawing)
    if not segments:
        raise NothingDrawn()
    seen = drawing.only(_strokes_of(segments))
    redrawn = strokes.redrawn(seen)
    digits: list[tuple[Box, Callable[[], np.ndarray]]] = [
        (box, functools.partial(strokes.redrawn, drawing.only(own))) for box, own in segments
    ]
    if len(digits) > MOST_DIGITS:
        digits = [(functools.reduce(Box.around, (box for box, _ in digits)), lambda: redrawn)]
    make_steps = functools.partial(_steps_of_strokes, drawing, seen)
    return _assembled(redrawn, digits, lambda box: box.scaled(fitted, size), size, make_steps)


def _steps_of_strokes(drawing: Strokes, seen: Strokes, pixels: np.ndarray) -> tuple[Step, ...]:
    """Made of little, since an `Ink` goes from one process to another."""
    redrawn = strokes.redrawn(seen)
    first = Step(N_("Drawing"), 1 - strokes.as_drawn(drawing))
    return _steps(
        [first, Step(N_("Redrawn from its strokes, with MNIST's stroke width"), crop(redrawn))], redrawn, pixels
    )


def legible(drawing: Strokes) -> list[int]:
    """Which strokes `read` sees, by their places: not slips of the pen, nor what is beyond the edge."""
    return _strokes_of(_with_strokes(drawing.fitted()))


def as_one_digit(drawing: Strokes) -> np.ndarray:
    """What models see of strokes that are one digit: like `read`, but without steps, and without looking for several
    digits and for slips of the pen.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NothingDrawn, OnlyADot: as `read`.
    """
    return into_frame(strokes.redrawn(drawing.fitted()))


def _with_strokes(drawing: Strokes) -> list[tuple[Box, list[int]]]:
    """The boxes of the separate digits of a drawing, each with its strokes, by their places among all.

    Slips of the pen and what is beyond the edge belong to none.
    """
    if not drawing.lines:
        return []
    paths = strokes.dense(drawing.lines)
    if (whole := strokes.joined(drawing, paths)) is not None:
        return [(whole, list(range(len(paths))))]
    place, drawn = strokes.inked(drawing, paths)
    numbers, pieces, boxes = segmentation.numbered(drawn)
    if not boxes:
        return []
    # A pen is seen at few places, perhaps all beyond the edge, and paints half a brush farther than it goes.
    path = np.floor(np.concatenate(paths)).astype(int) - (place.left, place.top)
    painted = np.clip(path, 0, (place.width - 1, place.height - 1))
    counts = [len(path) for path in paths]
    digit = np.where(drawn >= 0.5, numbers[pieces], -1)[painted[:, 1], painted[:, 0]]
    apart = path - painted
    is_ink = (np.hypot(apart[:, 0], apart[:, 1]) <= np.repeat(drawing.brushes, counts) / 2) & (digit >= 0)
    votes = np.zeros((len(paths), len(boxes)), int)
    np.add.at(votes, (np.repeat(np.arange(len(paths)), counts)[is_ink], digit[is_ink]), 1)
    owned: list[list[int]] = [[] for _ in boxes]
    for at in np.flatnonzero(votes.any(axis=1)):
        owned[votes[at].argmax()].append(int(at))

    def is_dot(number: int) -> bool:
        return bool(owned[number]) and strokes.is_dot(drawing.only(owned[number]))

    found = [(box.moved(place.left, place.top), own) for box, own in zip(boxes, owned, strict=True)]
    return [found[number] for number in _no_slips(boxes, is_dot)]


def _strokes_of(segments: list[tuple[Box, list[int]]]) -> list[int]:
    return sorted(at for _, own in segments for at in own)


def _no_slips(boxes: list[Box], is_dot: Callable[[int], bool]) -> list[int]:
    """The numbers of all segments, of which these are the boxes, but slips of the pen: dots and short lines beside
    something much higher.

    A dot that is not much lower than the rest was meant: part of a sign, or in a picture a digit whose loop is filled.
    """
    heights = [box.height for box in boxes]
    highest = max(heights, default=0)
    low = [at for at, height in enumerate(heights) if height < segmentation.BODY * highest]
    short = [at for at in low if max(boxes[at].width, heights[at]) < SLIP * highest]
    if len(short) > MOST_SLIPS:  # a broken line
        short = []
    return [at for at in range(len(boxes)) if at not in short and not (at in low and is_dot(at))]


def from_mnist(image: np.ndarray) -> Ink:
    """Wrap a digit that already has MNIST's format, unchanged.

    Args:
        image: (28, 28) uint8, white ink on black.
    """
    pixels = to_shares(image)
    return Ink(pixels, Box(0, 0, SIDE, SIDE), (SIDE, SIDE), make_steps=lambda _: (Step(N_("As MNIST has it"), pixels),))


def _together(segments: list[Segment], ink: np.ndarray) -> np.ndarray:
    """The ink of all segments, without slips of the pen, which belong to no segment."""
    whole = np.zeros_like(ink)
    for segment in segments:
        part = whole[segment.place.slices]
        np.maximum(part, segment.ink, out=part)
    return whole


def _is_dot(ink: np.ndarray) -> bool:
    with suppress(OnlyADot):
        _redrawn(ink)
        return False
    return True
