"""Refuses files that are small to send and dear to decode, before a decoder sees them.

Each limit lies far beyond what cameras, scanners and editors write. What decoders bound by themselves, such as Pillow
the texts in a PNG, is not counted here again.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from contextlib import suppress

from digitlab.errors import PictureTooLarge, UnreadablePicture
from digitlab.language import N_

READS = 600_000  # decoders written in Python read a chunk, a marker, a block or a run at a time: a second in all
MORE_READS = 3_000_000  # of the pixels of a BMP, in runs
SCANS, SCANNED_PX = 1000, 2e9  # of a JPEG, and in all of them: each scan visits every pixel; photos have about ten
EXIF_BYTES = 1_000_000  # of a JPEG, sixteen segments; a photo has one, with a small picture in it
BLOCK_BYTES = 20_000_000  # in segments of Photoshop, which are taken apart in Python
DIRECTORIES = 1000  # of a TIFF: one for each of its pictures
VALUES = 100_000  # of a tag of a TIFF, such as the places of its strips and tiles
NOTES = 16  # directories of EXIF in an AVIF file

# In a JPEG's scan, 0xff00 is a byte of it, and 0xffd0 to d7 go on with it.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_IN_BYTES = (1, 2, 6, 7)  # types of a TIFF's tags whose values are kept as they are stored


class File(io.BytesIO):
    """A file in memory that may be read from only so often."""

    left = READS

    def read(self, size: int | None = -1, /) -> bytes:
        """As `io.BytesIO.read`.

        Raises:
            UnreadablePicture: it was read from too often.
        """
        self.left -= 1
        if self.left < 0:
            raise UnreadablePicture(
                N_(
                    "This file is cut into so many small pieces that reading it would take too long. Open it in "
                    "another program, save it as PNG or JPEG, and try again."
                )
            )
        return super().read(size)


def check_jpeg(data: bytes) -> None:
    """Refuse a JPEG of too many scans, or with too much to take apart in front of them.

    Raises:
        PictureTooLarge: decoding it would take seconds.
    """
    scans, pixels, exif, blocks = 0, 0, 0, 0
    for marker, at in _markers(data):
        body = data[at + 2 : at + 20]
        length = int.from_bytes(data[at : at + 2], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # the frame, with its size
            pixels = max(pixels, int.from_bytes(body[1:3], "big") * int.from_bytes(body[3:5], "big"))
        exif += length * (marker == 0xE1 and body.startswith(b"Exif"))
        blocks += length * (marker == 0xED)
        scans += marker == 0xDA
        if scans > SCANS or scans * pixels > SCANNED_PX:
            raise PictureTooLarge(
                N_(
                    "This JPEG file shows its {megapixels:.1f} megapixels in more than {steps} steps, which would "
                    "take too long to read. Save it again without progressive steps, or as PNG, and try again."
                ),
                megapixels=pixels / 1e6,
                steps=scans - 1,
            )
        if exif > EXIF_BYTES or blocks > BLOCK_BYTES:
            raise PictureTooLarge(
                N_(
                    "This JPEG file has more notes than picture, which would take too long to read. Save it again "
                    "without them and try again."
                )
            )


def _markers(data: bytes) -> Iterator[tuple[int, int]]:
    """The markers of a JPEG until its end, as libjpeg finds them, each with the place of its segment."""
    at, count = 2, 0
    while (found := _MARKER.search(data, at)) is not None and (marker := data[found.start() + 1]) != 0xD9:
        at = found.end()
        if marker in (0x01, 0xD8):  # without a segment
            continue
        count += 1
        if count > READS:
            return  # `File` will refuse it
        yield marker, at
        at += max(2, int.from_bytes(data[at : at + 2], "big"))


def check_tiff(data: bytes) -> None:
    """Refuse a TIFF of too many pictures, or whose tags have too many values.

    Raises:
        PictureTooLarge: decoding it would take seconds.
        UnreadablePicture: its directories lead nowhere.
    """
    order = "<" if data[:2] == b"II" else ">"
    is_big = data[2:4] in (b"\x2b\0", b"\0\x2b")
    head, entry, link = ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    entry, step = order + entry, struct.calcsize("=" + entry)
    (at,) = struct.unpack_from(order + link, data, 8 if is_big else 4)
    seen: set[int] = set()
    while at and at not in seen:
        seen.add(at)
        if len(seen) > DIRECTORIES:
            raise PictureTooLarge(
                N_("This TIFF file holds more than {most} pictures. Save the one with the digit and try again."),
                most=DIRECTORIES,
            )
        try:
            (count,) = struct.unpack_from(order + head, data, at)
            start = at + struct.calcsize("=" + head)
            if count > VALUES:
                raise _too_many_values()
            for number in range(count):
                _, kind, values, _ = struct.unpack_from(entry, data, start + number * step)
                if values > VALUES and (kind not in _IN_BYTES or values > len(data)):
                    raise _too_many_values()
            (at,) = struct.unpack_from(order + link, data, start + count * step)
        except struct.error as error:
            if len(seen) > 1:  # a later picture is cut off; the first ones may be whole
                return
            raise UnreadablePicture(
                N_("This TIFF file is damaged, cut short, or of a rare kind. Save it as PNG and try once more.")
            ) from error


def _too_many_values() -> PictureTooLarge:
    return PictureTooLarge(
        N_(
            "This TIFF file has a list of more than {most:,} values, such as the places of its strips "
            "or tiles, which would take too long to read. Save it as PNG and try again."
        ),
        most=VALUES,
    )


def check_heic(data: bytes) -> None:
    """Refuse a HEIC file whose pictures are put together of pictures that are put together themselves.

    A few such steps would make millions of decodings. Phones put a picture together of tiles, once.

    Raises:
        UnreadablePicture: see above.
    """
    kinds: dict[int, bytes] = {}
    parts: list[tuple[int, list[int]]] = []
    for kind, body in _boxes(data):
        if kind == b"meta":
            for inner, held in _boxes(body[4:]):
                if inner == b"iinf":
                    kinds |= dict(
                        _item(entry) for name, entry in _boxes(held[6 if held[:1] == b"\0" else 8 :]) if name == b"infe"
                    )
                elif inner == b"iref":
                    wide = 4 if held[:1] == b"\1" else 2
                    parts += [_reference(entry, wide) for name, entry in _boxes(held[4:]) if name == b"dimg"]
    made = {b"grid", b"iovl", b"iden"}
    is_nested = any(kinds.get(whole) in made and any(kinds.get(part) in made for part in of) for whole, of in parts)
    if is_nested or b"iovl" in kinds.values():
        raise UnreadablePicture(
            N_(
                "This HEIC file puts its picture together in a rare way, which is not read. Save it as JPEG or PNG and "
                "try once more."
            )
        )


def check_avif(data: bytes) -> None:
    """Refuse an AVIF file whose EXIF notes have too many values; Pillow looks at them as it opens the file.

    Raises:
        PictureTooLarge: reading them would take seconds.
    """
    for start, _note in zip(re.finditer(rb"II\*\0|MM\0\*", data), range(NOTES), strict=False):
        with suppress(UnreadablePicture, struct.error):  # other bytes may look so
            check_tiff(data[start.start() :])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of an ISO media file or of one of its boxes, each with what it holds."""
    at = 0
    for _box in range(VALUES):
        if at + 8 > len(data):
            return
        size, start = int.from_bytes(data[at : at + 4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = at + size if size >= 8 else len(data)
        kind = data[at + 4 : at + 8]
        yield kind, data[start:end] if kind != b"mdat" else b""
        at = end


def _item(entry: bytes) -> tuple[int, bytes]:
    """The number of an item, and what kind it is."""
    wide = 4 if entry[:1] == b"\3" else 2
    return int.from_bytes(entry[4 : 4 + wide], "big"), entry[6 + wide : 10 + wide]


def _reference(entry: bytes, wide: int) -> tuple[int, list[int]]:
    """The number of an item, and those of the items that it is put together of."""
    numbers = [int.from_bytes(entry[at : at + wide], "big") for at in range(wide + 2, len(entry), wide)]
    return int.from_bytes(entry[:wide], "big"), numbers
