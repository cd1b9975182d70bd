"""Decodes a picture file within a fixed share of memory: large pictures come out small.

A picture is decoded as small as its format allows, and what is still large is averaged down strip by strip. What would
take more memory than `MEMORY` is refused before anything of it is decoded.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from digitlab import settings
from digitlab.errors import InkError, PictureTooLarge, ReadsOthers, UnreadablePicture
from digitlab.ink import costs, formats, shrinking
from digitlab.ink.box import Box
from digitlab.language import N_
from digitlab.language import gettext as _

# `_check_pixels` refuses sizes before anything is decoded; Pillow would refuse large photos, too.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
# A user cannot do anything about what Pillow skips in a picture.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

MEMORY = 350e6  # bytes: the most that a file and what is decoded of it may take
SIDE = 30_000  # px: decoders keep a list of all rows, whatever their length
MOST_PAGES = 50  # of a file that holds several pictures, this many are looked at ...
PAGES_COST = 20e6  # ... while `_cost` adds up to no more than this
SLOW, LESS_SLOW = 3e6, 12e6  # values: some rare kinds of files are decoded by Python, a microsecond or less each
# Bytes for each pixel of a WebP file, of one of 48 bits, and of a frame with what it takes over from the one before.
WEBP_BY_PILLOW, WEBP_BY_OPENCV, DEEP_BY_OPENCV, PER_FRAME = 16, 7, 13, 13

_left: list[Callable[[], float]] = []
_PILLOW = {
    "PNG": "PNG", "JPEG": "JPEG", "AVIF": "AVIF", "WebP": "WEBP", "TIFF": "TIFF", "GIF": "GIF", "BMP": "BMP",
    "JPEG 2000": "JPEG2000", "PGM, PPM and PBM": "PPM",
}  # fmt: skip
_COSTS = {"JPEG": costs.check_jpeg, "TIFF": costs.check_tiff, "HEIC": costs.check_heic, "AVIF": costs.check_avif}
_Tag = ExifTags.Base  # of TIFF, some of which EXIF has
_SCAN_OF_ONE = b"\xff\xda\x00\x08\x01"  # the start of a JPEG's scan that has one colour channel


@dataclass(frozen=True)
class Decoded:
    """One picture of a file, decoded, perhaps smaller than it is.

    Attributes:
        source: its pixels, of any mode; or (h, w, channels) of any dtype.
        size: width and height in px at full size, as stored.
        orientation: EXIF's number for the way it is stored: 1 is upright, 5 to 8 are on their side.
        number, count: which one of how many pictures in the file it is, from 1.
    """

    source: Image.Image | np.ndarray
    size: tuple[int, int]
    orientation: int = 1
    number: int = 1
    count: int = 1

    def shrunk(self, box: Box) -> Image.Image:
        """What is in a box, in mode "RGBA", averaged down as `shrinking.shrunk` does.

        Args:
            box: in px of `size`, within it.
        """
        source = self.source
        width, height = (source.shape[1], source.shape[0]) if isinstance(source, np.ndarray) else source.size
        box = box.scaled(self.size, (width, height))  # a JPEG may have been decoded smaller, so that nothing is left
        box = Box(min(box.left, width - 1), min(box.top, height - 1), max(1, box.width), max(1, box.height))
        return shrinking.shrunk(source, box)


def pages(data: bytes, needed: int | None = None) -> Generator[Decoded]:
    """The pictures in a file, in order: the pages of a TIFF, the frames of an animation, otherwise a single one.

    Args:
        data: the whole file.
        needed: width or height, in px at full size, of the part that is to be read, whichever is larger; None for all.

    Raises:
        PictureTooLarge: it has more than `Settings.picture_pixels`, or would take more than `MEMORY`.
        UnreadablePicture: the file is not a picture that is read, is damaged, or is cut short.
    """
    if not data:
        raise UnreadablePicture(N_("This file is empty. {expected}"), expected=_(formats.EXPECTED))
    name = formats.named(data)
    if name is None:
        raise UnreadablePicture(formats.refusal(data))
    try:
        if name in _COSTS:
            _COSTS[name](data)
        yield from _heic(data) if name == "HEIC" else _by_pillow(data, name, needed)
    except InkError:
        raise
    except MemoryError as error:
        raise PictureTooLarge(
            N_("This picture takes more memory than this machine has left. Save it smaller and try again.")
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(
            N_("This {format} file has more megapixels than are read. Save it smaller, or as JPEG, and try again."),
            format=_short(name),
        ) from error
    except Exception as error:  # decoders are given arbitrary data and may raise anything
        raise _damaged(name) from error


def _by_pillow(data: bytes, name: str, needed: int | None) -> Iterator[Decoded]:
    if name == "TIFF" and not _is_for_pillow(data):
        yield _by_opencv(data, name)
        return
    file = costs.File(data)
    with _gif_within(settings.load().picture_pixels) if name == "GIF" else nullcontext():
        picture: Any = Image.open(file, formats=(_PILLOW[name],))
    if name == "BMP":
        file.left = costs.MORE_READS
    elif name == "PGM, PPM and PBM":  # read value by value; `SLOW` bounds their number
        picture.fp = io.BytesIO(data)
    count = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)  # MPO: the same again, for depth or light
    cost = 0.0
    for number in range(min(count, MOST_PAGES)):
        with _gif_within(MEMORY / PER_FRAME) if name == "GIF" and number else nullcontext():
            picture.seek(number)
        size = picture.size
        _check_pixels(size)
        cost += _cost(size)
        if number and cost > PAGES_COST:
            return
        if count == 1 and _is_better_by_opencv(picture, data, name):
            yield replace(_by_opencv(data, name), orientation=_orientation(picture))
            return
        _check_memory(_memory(picture, data, name, needed), data, size, name)
        picture.load()
        orientation = _orientation(picture)
        if name == "TIFF":  # Pillow has turned it
            size, orientation = picture.size, 1
        yield Decoded(picture, size, orientation, number + 1, count)


def _cost(size: tuple[int, int]) -> float:
    """How much work it is to decode a page and to look for ink on it: a page of one megapixel is about 1e6."""
    pixels = size[0] * size[1]
    return min(pixels, 1e6) + pixels / 8


@contextmanager
def _gif_within(pixels: float) -> Iterator[None]:
    """Let Pillow refuse a GIF whose frames reach beyond its size, where they make it larger as they are looked for.

    Pillow knows only one limit for all that it does; `picture.read` decodes one picture at a time.
    """
    Image.MAX_IMAGE_PIXELS = int(pixels / 2)  # it warns from there on, and refuses from twice as many
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = None


def _is_for_pillow(data: bytes) -> bool:
    """Whether Pillow is to decode a TIFF, rather than OpenCV.

    Raises:
        UnreadablePicture: neither does, or it is a camera's raw file, of which Pillow would read a preview.
        PictureTooLarge: OpenCV would take more than `MEMORY`.
    """
    tags = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if data[2:4] in (b"\x2b\0", b"\0\x2b") else 8])
    file = costs.File(data)
    file.seek(tags.next)
    tags.load(file)
    if _Tag.DNGVersion in tags or (_Tag.SubIFDs in tags and _Tag.Make in tags and tags.get(_Tag.NewSubfileType) == 1):
        raise UnreadablePicture(
            N_("A camera's raw file (such as DNG, NEF or ARW) is not read: save it as JPEG or PNG.")
        )
    bits = tags.get(_Tag.BitsPerSample, (1,))
    if max(bits) > 8 and len(bits) > 1 and tags.get(_Tag.PlanarConfiguration) == 2:
        raise UnreadablePicture(
            N_(
                "This TIFF file has a plane of more than eight bits for each colour, which is not read. Save it as PNG "
                "and try once more."
            )
        )
    is_deep = bits == (16, 16, 16) or (tags.get(_Tag.SampleFormat) == (3,) * len(bits) and sum(bits) > 32)
    if not is_deep:
        return True
    size = tags[_Tag.ImageWidth], tags[_Tag.ImageLength]
    _check_pixels(size)
    tile = tags.get(_Tag.TileWidth, 0) * tags.get(_Tag.TileLength, 0)
    needed = (2.2 * size[0] * size[1] + tile) * sum(bits) / 8
    if bits == (16, 16, 16) and needed > MEMORY - len(data):
        return True  # in eight bits, which mostly is enough
    _check_memory(needed, data, size, "TIFF")
    return False


def _is_whole(png: bytes) -> bool:
    """Whether no chunk claims to be longer than the file; OpenCV would provide memory for it."""
    at = 8
    for _chunk in range(costs.READS):
        if at >= len(png) or png[at + 4 : at + 8] == b"IEND":
            return at < len(png)
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return False


def _is_better_by_opencv(picture: Any, data: bytes, name: str) -> bool:
    pixels = picture.width * picture.height
    if name == "WebP":
        return WEBP_BY_PILLOW * pixels > MEMORY / 2 and WEBP_BY_OPENCV * pixels < MEMORY
    # Pillow cuts colours of 16 bits down to eight, which leaves little of those that fill only a part of their range.
    is_deep = name == "PNG" and "RGB;16" in str(picture.tile)
    return is_deep and DEEP_BY_OPENCV * pixels < MEMORY and _is_whole(data)


def _memory(picture: Any, data: bytes, name: str, needed: int | None) -> float:
    """How many bytes it will take to decode a picture, after choosing how small it will be decoded."""
    width, height = picture.size
    pixels = width * height
    # How many px of the picture may become one: a part of it is to keep `shrinking.SIDE` px.
    most = max(1.0, (needed or max(width, height)) / shrinking.SIDE)
    per_pixel: float = 1 if picture.mode in ("1", "L", "P") else 2 if picture.mode.startswith("I;16") else 4
    more: float = 0
    if picture.tell() and name != "TIFF":
        per_pixel = PER_FRAME
    elif name == "JPEG":
        layers = [layer[1] * layer[2] for layer in picture.layer]
        if "progressive" in picture.info or (len(layers) > 1 and _SCAN_OF_ONE in data):
            more = 2.1 * pixels * sum(layers) / max(layers)  # of several scans, all coefficients are kept
        most = max(most, 2 ** math.ceil(math.log2(max(1.0, per_pixel * pixels / (MEMORY / 2))) / 2))
        picture.draft(None, (max(1, int(width / most)), max(1, int(height / most))))
        pixels = picture.size[0] * picture.size[1]
    elif name == "JPEG 2000":
        halvings = min(int(math.log2(most)), _resolutions(data))
        picture.reduce = halvings
        per_pixel = 20 / 4**halvings + 0.3
        more = len(data)  # `apart` has the file a second time
    elif name == "TIFF":
        rows = min(picture.tag_v2.get(_Tag.RowsPerStrip, height), height)
        tile = picture.tag_v2.get(_Tag.TileWidth, 0) * picture.tag_v2.get(_Tag.TileLength, 0)
        more = max(rows * width, tile) * sum(picture.tag_v2.get(_Tag.BitsPerSample, (1,))) / 8
    elif name == "WebP":
        per_pixel = WEBP_BY_PILLOW
    elif name == "AVIF":
        per_pixel = 10
    elif name == "PGM, PPM and PBM" and picture.tile[0].codec_name != "raw":
        per_pixel = MEMORY / SLOW * len(picture.getbands())
    elif name == "BMP" and picture.tile[0].codec_name != "raw":
        per_pixel = MEMORY / LESS_SLOW
    return per_pixel * pixels + more


def _heic(data: bytes) -> Iterator[Decoded]:
    import pi_heif

    file = pi_heif.open_heif(data, remove_stride=False)
    picture = file[file.primary_index]
    _check_pixels(picture.size)
    per_pixel = 5 if picture.info["bit_depth"] == 8 else 8.5
    _check_memory(len(data) + per_pixel * picture.size[0] * picture.size[1], data, picture.size, "HEIC")
    rows, channels = picture.data, {"L": 1, "LA": 2}.get(picture.mode, len(picture.mode))
    width, height = picture.size  # upright
    pixels: np.ndarray = np.ndarray((height, width, channels), np.uint8, rows, strides=(picture.stride, channels, 1))
    yield Decoded(pixels, (width, height))


def _by_opencv(data: bytes, name: str) -> Decoded:
    """A picture that Pillow cannot decode, or only in more memory or in fewer bits."""
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # it would write to stderr
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.min() == pixels.max():  # of what it does not know, OpenCV decodes nothing but zeros
        raise _damaged(name)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[2] > 1:
        for row in pixels:  # in place: OpenCV has blue first
            row[:, :3] = row[:, 2::-1].copy()
    return Decoded(pixels, (pixels.shape[1], pixels.shape[0]))


def _check_pixels(size: tuple[int, int]) -> None:
    most = settings.load().picture_pixels
    pixels = size[0] * size[1]
    if pixels > most:
        raise PictureTooLarge(
            N_(
                "This picture has {width} x {height} = {megapixels:.1f} megapixels; at most {most:g} are read. "
                "Save it smaller and try again."
            ),
            width=size[0],
            height=size[1],
            megapixels=pixels / 1e6,
            most=most / 1e6,
        )
    if max(size) > SIDE:
        raise PictureTooLarge(
            N_(
                "This picture has {width} x {height} px; at most {most:,} px are read on a side. Cut out the "
                "part with the digit and try again."
            ),
            width=size[0],
            height=size[1],
            most=SIDE,
        )


def share_memory(left: Callable[[], float]) -> None:
    """Refuse for the moment what takes less than `MEMORY`, but more than the process has left.

    Args:
        left: how many bytes the process may still take, with the file that is being read already in memory.
    """
    _left[:] = [left]


def _check_memory(needed: float, data: bytes, size: tuple[int, int], name: str) -> None:
    left = MEMORY - len(data)
    if left >= needed > min((left() for left in _left), default=MEMORY):
        raise ReadsOthers(
            N_("This picture takes more memory than the server has left now. Save it smaller, or try again later.")
        )
    if needed > left:
        pixels = size[0] * size[1] / 1e6
        sentence = N_(
            "This picture has {width} x {height} = {megapixels:.1f} megapixels; of such {format} files, at most "
            "{most:.2g} are read. Save it smaller, or as JPEG, and try again."
        )
        if name == "JPEG":
            sentence = N_(
                "This picture has {width} x {height} = {megapixels:.1f} megapixels; of such {format} files, at most "
                "{most:.2g} are read. Save it smaller and try again."
            )
        raise PictureTooLarge(
            sentence, width=size[0], height=size[1], megapixels=pixels, format=_short(name),
            most=pixels * left / needed,
        )  # fmt: skip


def _resolutions(data: bytes) -> int:
    """How often a JPEG 2000 picture can be halved as it is decoded."""
    at = data.find(b"\xff\x52", data.find(b"\xff\x4f\xff\x51"))
    return data[at + 9] if 0 <= at < len(data) - 9 else 0


def _orientation(picture: Image.Image) -> int:
    """EXIF's number for the orientation, or 1 if it is missing or the EXIF data are damaged."""
    if len(picture.info.get("exif") or b"") > costs.EXIF_BYTES:
        return 1
    try:
        orientation = picture.getexif().get(_Tag.Orientation)
    except Exception:  # as in `pages`
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _damaged(name: str) -> UnreadablePicture:
    if name == "TIFF":  # which may hold almost anything
        return UnreadablePicture(
            N_("This TIFF file is damaged, cut short, or of a rare kind. Save it as PNG and try once more.")
        )
    return UnreadablePicture(
        N_("This {format} file is damaged or cut short. Save it again and try once more."), format=_short(name)
    )


def _short(name: str) -> str:
    return "PGM, PPM or PBM" if name.startswith("PGM") else name
