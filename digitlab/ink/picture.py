"""Checks a picture file, decodes it and turns it upright; what a canvas shows is a picture, too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
from PIL import ExifTags, Image, ImageOps

from digitlab import settings
from digitlab.errors import InvalidValue, PictureTooLarge, ReadsOthers, UnreadablePicture
from digitlab.ink import apart, decoding, formats
from digitlab.ink.box import Box
from digitlab.language import N_

WORKING_SIDE = 512  # px: larger pictures are averaged down to this before their ink is found
_ALONE = threading.Lock()  # large pictures take hundreds of megabytes while they are read: one at a time
_QUEUE = threading.BoundedSemaphore(8)  # this many wait for it or hold it ...
PATIENCE_S = 10.0  # ... and no longer than this
_TURNED = {0: 1, 90: 6, 180: 3, 270: 8}  # degrees clockwise: EXIF's number for a picture that must be turned so


@dataclass(frozen=True)
class Picture:
    """A picture, or the part of it that is to be read, upright.

    Attributes:
        pixels: in mode "RGBA"; a large picture is averaged down.
        box: the part of the picture, in px of `size`.
        size: width and height in px of the whole picture at full size.
        page: which one of how many pictures in its file it is, such as (2, 3).
    """

    pixels: Image.Image
    box: Box
    size: tuple[int, int]
    page: tuple[int, int] = (1, 1)


def read(data: bytes, box: tuple[int, int, int, int] | None = None, turn: int = 0) -> Iterator[Picture]:
    """Decode the pictures in a file, one after the other: pages, frames, or a single picture.

    Args:
        data: the whole file, of any format of `formats.EXTENSIONS`.
        box: the part that is to be read: left, top, width and height in px of the upright picture at full size.
        turn: degrees by which the picture is turned clockwise first: 0, 90, 180 or 270.

    Raises:
        InvalidValue: the box is not within the picture, or the turn is another one.
        PictureTooLarge: it exceeds `Settings.picture_bytes`, `Settings.picture_pixels` or the memory that a picture may
            take; checked before decoding.
        UnreadablePicture: the file is not a picture, has another format, or is cut short.
    """
    check_bytes(len(data))
    if turn not in _TURNED:
        raise InvalidValue(N_("A picture is turned by 0, 90, 180 or 270 degrees, not by {turn}."), turn=turn)
    if formats.named(data) == "JPEG 2000":  # of which a file holds one
        yield apart.read(data, _first, box, turn)
    else:
        yield from _read(data, box, turn)


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other thread of this process reads a picture, and keep all others waiting.

    Raises:
        ReadsOthers: too many wait already, or it would take too long.
    """
    if not _QUEUE.acquire(blocking=False):
        raise ReadsOthers()
    try:
        if not _ALONE.acquire(timeout=PATIENCE_S):
            raise ReadsOthers()
        try:
            yield
        finally:
            _ALONE.release()
    finally:
        _QUEUE.release()


def _first(data: bytes, box: tuple[int, int, int, int] | None, turn: int) -> Picture:
    return next(_read(data, box, turn))


def _read(data: bytes, box: tuple[int, int, int, int] | None, turn: int) -> Iterator[Picture]:
    pages = decoding.pages(data, max(box[2:]) if box else None)
    for page in pages:
        picture = _upright(page, box, turn)
        if page.number == page.count:
            pages.close()
        del page  # what was decoded of it
        yield picture


def _upright(page: decoding.Decoded, box: tuple[int, int, int, int] | None, turn: int) -> Picture:
    upright = _sides(page.size, page.orientation)
    size = _sides(upright, _TURNED[turn])
    part = _within(box, size)
    stored = _unturned(_unturned(part, size, _TURNED[turn]), upright, page.orientation)
    pixels = _turned(_turned(page.shrunk(stored), page.orientation), _TURNED[turn])
    return Picture(pixels, part, size, (page.number, page.count))


def preview(data: bytes, turn: int = 0, page: int = 1) -> tuple[np.ndarray, tuple[int, int]]:
    """A picture file for display, and its size.

    Args:
        data, turn: as for `read`.
        page: which picture of the file.

    Returns:
        (h, w, 3) uint8, transparent parts white, at most `WORKING_SIDE` px on its longer side; width and height in px
        at full size, to which `Ink.box` refers.

    Raises:
        PictureTooLarge, UnreadablePicture: as for `read`.
        ReadsOthers: as for `alone`.
    """
    with alone():
        picture = next(islice(read(data, turn=turn), page - 1, None))
    return on_white(fitted(picture.pixels)), picture.size


def on_white(picture: Image.Image) -> np.ndarray:
    """(h, w, 3) uint8: a picture as viewers show it."""
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB"))


def from_canvas(pixels: np.ndarray) -> Picture:
    """A canvas as a picture.

    Args:
        pixels: (h, w, 4) uint8 RGBA.

    Raises:
        UnreadablePicture: the array has another shape or dtype.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise UnreadablePicture(
            N_("A drawing is an (h, w, 4) uint8 RGBA array; this one is {shape} {dtype}."),
            shape=pixels.shape,
            dtype=pixels.dtype,
        )
    size = pixels.shape[1], pixels.shape[0]
    return Picture(Image.fromarray(pixels, "RGBA"), Box(0, 0, *size), size)


def check_bytes(count: int) -> None:
    """Refuse a file of `count` bytes if that is too large; works before the file is read.

    Raises:
        PictureTooLarge: `count` exceeds `Settings.picture_bytes`.
    """
    most = settings.load().picture_bytes
    if count > most:
        raise PictureTooLarge(
            N_("This file has {megabytes:.1f} MB; at most {most:g} MB are read. Save it smaller and try again."),
            megabytes=count / 1e6,
            most=most / 1e6,
        )


def fitted(picture: Image.Image) -> Image.Image:
    """The picture averaged down until its longer side is at most `WORKING_SIDE` px."""
    factor = WORKING_SIDE / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _within(box: tuple[int, int, int, int] | None, size: tuple[int, int]) -> Box:
    if box is None:
        return Box(0, 0, *size)
    part = Box(*box)
    if part.width < 1 or part.height < 1:
        raise InvalidValue(
            N_("A box is at least 1 px wide and high, not {width} x {height}."), width=part.width, height=part.height
        )
    if part.left < 0 or part.top < 0 or part.right > size[0] or part.bottom > size[1]:
        raise InvalidValue(
            N_(
                "The box reaches from ({left}, {top}) to ({right}, {bottom}), but the picture has only "
                "{width} x {height} px. Name a box within it: left, top, width, height."
            ),
            left=part.left,
            top=part.top,
            right=part.right,
            bottom=part.bottom,
            width=size[0],
            height=size[1],
        )
    return part


def _sides(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size


def _turned(stored: Image.Image, orientation: int) -> Image.Image:
    """A picture as it is upright."""
    stored.getexif()[ExifTags.Base.Orientation] = orientation
    return ImageOps.exif_transpose(stored)


def _unturned(box: Box, size: tuple[int, int], orientation: int) -> Box:
    """A box of an upright picture of this size as a box of what is stored."""
    left, top, width, height = box
    if orientation in (2, 3, 6, 7):  # the right side is stored first
        left = size[0] - box.right
    if orientation in (3, 4, 7, 8):  # the bottom is
        top = size[1] - box.bottom
    return Box(top, left, height, width) if orientation >= 5 else Box(left, top, width, height)
