"""Picture files made to cost a server as much as they can: each is small to send, or holds what decoders trip over."""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from digitlab import ink
from digitlab.errors import InkError
from tests import drawings

PARTS = 4  # measured side by side
GREY = drawings.canvas(5)[..., 0]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


# PNG


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zeros(count: int) -> bytes:
    """`count` zeros as zlib packs them."""
    packer = zlib.compressobj(9)
    block = bytes(10**6)
    parts = [packer.compress(block) for _ in range(count // 10**6)]
    return b"".join([*parts, packer.compress(bytes(count % 10**6)), packer.flush()])


def png(
    width: int, height: int, *, bits: int = 8, colour: int = 0, interlaced: bool = False,
    before: bytes = b"", data: bytes | None = None, after: bytes = b"",
) -> bytes:  # fmt: skip
    """A PNG of zeros; with chunks before and after its pixels."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if data is None:
        rows = height * (2 if interlaced else 1) + 8
        data = chunk(b"IDAT", zeros((width * channels * bits + 7) // 8 * height + rows))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    palette = chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + before + data + after + chunk(b"IEND")


def apng(width: int, height: int, frames: int) -> bytes:
    pixels = zeros((width + 1) * height)
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0))]
    for number in range(frames):
        at = struct.pack(">I", max(0, 2 * number - 1))
        parts.append(chunk(b"fcTL", at + struct.pack(">IIIIHHBB", width, height, 0, 0, 1, 1, 0, 0)))
        parts.append(chunk(b"IDAT", pixels) if not number else chunk(b"fdAT", struct.pack(">I", 2 * number) + pixels))
    return png(width, height, data=b"".join(parts))


# JPEG


def segment(marker: int, body: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(
    width: int, height: int, *, scans: int = 1, sof: int = 0xC0, sampling: tuple[int, ...] = (0x11,),
    before: bytes = b"", data: bytes = b"\0\0", refines: bool = False,
) -> bytes:  # fmt: skip
    """A JPEG whose scans hold nothing: the decoder still visits every block in each of them."""
    count = len(sampling)
    components = bytes(value for at, factors in enumerate(sampling, 1) for value in (at, factors, 0))
    frame = struct.pack(">BHHB", 8, height, width, count) + components
    # Code 0, of one bit, is the value 0: no difference, and the end of a block or a band.
    tables = b"".join(segment(0xC4, bytes([kind]) + b"\1" + bytes(15) + b"\0") for kind in (0x00, 0x10))
    every = bytes([count]) + bytes(value for at in range(1, count + 1) for value in (at, 0))
    parts = [b"\xff\xd8", before, segment(0xDB, b"\0" + b"\1" * 64), segment(sof, frame), tables]
    if sof in (0xC2, 0xCA):
        parts.append(segment(0xDA, every + b"\0\0\x0d") + data)
        for number in range(scans - 1):
            low = 13 - number % 13
            band = bytes([1, 1 + number % count, 0]) + (
                bytes([1, 63, low << 4 | low - 1]) if refines else bytes([1, 63, 0])
            )
            parts.append(segment(0xDA, band) + data)
    else:
        parts += [segment(0xDA, every + b"\0\x3f\0") + data] * scans
    return b"".join([*parts, b"\xff\xd9"])


# TIFF


def ifd(tags: dict[int, tuple[int, int, int]], at: int, following: int = 0) -> bytes:
    """A directory of a TIFF: tag, type, count and value or place."""
    entries = b"".join(struct.pack("<HHII", tag, *entry) for tag, entry in sorted(tags.items()))
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def tiff_tags(width: int, height: int, **more: int) -> dict[int, tuple[int, int, int]]:
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 277: 1, 278: height, 273: 8, 279: 4}
    return {tag: (4, 1, value) for tag, value in tags.items()}


def tiff_of_many_directories(count: int, width: int = 8, height: int = 1) -> bytes:
    tags = tiff_tags(width, height)
    length = 2 + 12 * len(tags) + 4
    parts = [b"II*\0" + struct.pack("<I", 16) + bytes(8)]
    for number in range(count):
        at = 16 + number * length
        parts.append(ifd(tags, at, at + length if number + 1 < count else 0))
    return b"".join(parts)


def tiff_with_tag(tag: int, kind: int, count: int, size: int, **replaced: int) -> bytes:
    """A TIFF, one of whose tags has `count` values of `size` bytes."""
    tags = tiff_tags(64, 64) | {int(name[1:]): (4, 1, value) for name, value in replaced.items()}
    tags[tag] = (kind, count, 8 + 4096)
    body = bytes(4096) + bytes(count * size)
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + ifd(tags, 8 + len(body))


def tiff_of_tiles(width: int, height: int, side: int, *, compression: int = 1) -> bytes:
    """Every tile is the same one."""
    count = -(-width // side) * -(-height // side)
    tile = bytes(side * side)
    tile = zlib.compress(tile, 9) if compression == 8 else tile
    behind = 8 + len(tile)
    behind += behind % 2
    offsets = struct.pack("<I", 8) * count
    lengths = struct.pack("<I", len(tile)) * count
    tags = tiff_tags(width, height)
    for tag in (273, 279, 278):
        del tags[tag]
    tags[259] = (4, 1, compression)
    tags |= {322: (4, 1, side), 323: (4, 1, side), 324: (4, count, behind), 325: (4, count, behind + len(offsets))}
    body = (tile + b"\0")[: behind - 8] + offsets + lengths
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + ifd(tags, 8 + len(body))


def tiff_of_strips(width: int, height: int, rows: int, *, compression: int = 8) -> bytes:
    count = -(-height // rows)
    strip = zlib.compress(bytes(width * rows), 9)
    behind = 8 + len(strip) + len(strip) % 2
    tags = tiff_tags(width, height) | {259: (4, 1, compression), 278: (4, 1, rows)}
    tags |= {273: (4, count, behind), 279: (4, count, behind + 4 * count)}
    body = (strip + b"\0")[: behind - 8] + struct.pack("<I", 8) * count + struct.pack("<I", len(strip)) * count
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + ifd(tags, 8 + len(body))


# GIF


def gif(
    width: int, height: int, frames: int, *, side: int = 1, blocks: bytes = b"\2\x44\1\0", more: bytes = b""
) -> bytes:
    """Frames of `side` px each, of which `blocks` are the pixels."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\1\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\2" + blocks
    return head + more + frame * frames + b"\x3b"


# BMP


def bmp(width: int, height: int, *, compression: int = 1, data: bytes = b"\1\0" * 10) -> bytes:
    bits = {0: 8, 1: 8, 2: 4}[compression]
    colours = b"".join(bytes([value, value, value, 0]) for value in range(1 << bits))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 2835, 2835, 0, 0)
    start = 14 + len(header) + len(colours)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + colours + data


# JPEG 2000


def jpeg_2000(
    width: int, height: int, *, tile: tuple[int, int], components: int = 1, resolutions: int = 5, layers: int = 1,
    precincts: bytes = b"", tiles: int = 0, repeated: bytes = b"",
) -> bytes:  # fmt: skip
    """A code stream whose tiles hold empty packets."""
    siz = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, *tile, 0, 0, components) + b"\x07\1\1" * components
    style = 1 if precincts else 0
    cod = bytes([style, 2]) + struct.pack(">H", layers) + bytes([0, resolutions, 4, 4, 0, 1]) + precincts
    qcd = bytes([0x40]) + bytes([8 << 3]) * (3 * resolutions + 1)
    count = tiles or -(-width // tile[0]) * -(-height // tile[1])
    parts = [b"\xff\x4f", segment(0x51, siz), segment(0x52, cod), segment(0x5C, qcd), repeated]
    for number in range(count):
        body = b"\xff\x93" + b"\0" * 16
        parts.append(segment(0x90, struct.pack(">HIBB", number % 65535, len(body) + 12, 0, 1)) + body)
    return b"".join([*parts, b"\xff\xd9"])


def noise(width: int, height: int, channels: int = 1) -> Image.Image:
    generator = np.random.default_rng(0)
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(generator.integers(0, 256, shape, np.uint8))


def animated(kind: str, width: int, height: int, frames: int) -> bytes:
    one = noise(width, height, 1 if kind == "GIF" else 3)  # to choose a palette for noise takes a second a frame
    pictures = [one.point(lambda value, more=more: (value + more) % 256) for more in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:])


def heic(kinds: dict[int, bytes], parts: dict[int, list[int]]) -> bytes:
    """The beginning of a HEIC file: what its items are, and of which others they are put together."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + kind + body

    entries = [
        box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0") for number, kind in kinds.items()
    ]
    references = [box(b"dimg", struct.pack(f">HH{len(of)}H", whole, len(of), *of)) for whole, of in parts.items()]
    meta = box(b"iinf", bytes(4) + struct.pack(">H", len(entries)) + b"".join(entries))
    meta += box(b"iref", bytes(4) + b"".join(references))
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4) + meta)


def avif_with_exif(notes: bytes) -> bytes:
    """As `Image.save` stores notes, which Pillow would not take as they are."""
    whole = saved(Image.fromarray(GREY), "AVIF")
    return whole + struct.pack(">I", len(notes) + 8) + b"free" + notes


def damaged() -> Iterator[tuple[str, bytes]]:
    """Small pictures of every format, cut short and with changed bytes."""
    picture = Image.fromarray(GREY).resize((64, 64)).convert("RGB")
    whole = {
        kind: saved(picture, kind) for kind in ("PNG", "JPEG", "AVIF", "WEBP", "TIFF", "GIF", "BMP", "JPEG2000", "PPM")
    }
    whole |= {
        "PNG of a palette": saved(picture.quantize(8), "PNG", transparency=0),
        "progressive JPEG": saved(picture, "JPEG", progressive=True),
        "TIFF, LZW": saved(picture, "TIFF", compression="tiff_lzw"),
        "TIFF, JPEG": saved(picture, "TIFF", compression="jpeg"),
        "fax": saved(picture.convert("1"), "TIFF", compression="group4"), "APNG": animated("PNG", 32, 32, 3),
        "animated GIF": animated("GIF", 32, 32, 3), "animated WebP": animated("WEBP", 32, 32, 3),
        "BMP in runs": bmp(64, 64, data=b"\x08\1" * 512),
        "HEIC": (Path(__file__).parent / "turned_5.heic").read_bytes(),
    }  # fmt: skip
    generator = np.random.default_rng(0)
    for kind, data in whole.items():
        for share in (0.1, 0.5, 0.95):
            yield f"{kind} cut at {share}", data[: int(share * len(data))]
        for number in range(3):
            changed = bytearray(data)
            for _ in range(3):
                changed[generator.integers(8, min(len(data), 600 if number else len(data)))] = generator.integers(256)
            yield f"{kind} changed {number}", bytes(changed)


N = 10**6
CASES = {
    "png 1x40M": lambda: png(1, 39_999_999),
    "png 40Mx1": lambda: png(39_999_999, 1),
    "png 14000x15000 L": lambda: png(14000, 15000),
    "png 14000x15000 L interlaced": lambda: png(14000, 15000, interlaced=True),
    "png 14000x15000 1 bit": lambda: png(14000, 15000, bits=1),
    "png 14000x15000 P": lambda: png(14000, 15000, bits=1, colour=3),
    "png 9000x9000 RGBA inter": lambda: png(9000, 9000, colour=6, interlaced=True),
    "png 16bit 5000x5000 rgb": lambda: png(5000, 5000, colour=2, bits=16, interlaced=True),
    "png many chunks": lambda: png(64, 64, before=chunk(b"prVt") * (3 * N)),
    "png many idat": lambda: png(640, 640, data=chunk(b"IDAT", zeros(641 * 640)) + chunk(b"IDAT") * (3 * N)),
    "png many idat before": lambda: png(640, 640, data=chunk(b"IDAT") * (3 * N) + chunk(b"IDAT", zeros(641 * 640))),
    "png many after": lambda: png(64, 64, after=chunk(b"prVt") * (3 * N)),
    "png zTXt": lambda: png(64, 64, before=chunk(b"zTXt", b"a\0\0" + zeros(10**6)) * 80),
    "png zTXt bomb": lambda: png(64, 64, before=chunk(b"zTXt", b"a\0\0" + zeros(500 * 10**6))),
    "png iCCP bomb": lambda: png(64, 64, before=chunk(b"iCCP", b"a\0\0" + zeros(500 * 10**6))),
    "png iTXt many": lambda: png(64, 64, after=chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(10**6)) * 100),
    "png exif": lambda: png(64, 64, before=chunk(b"eXIf", b"Exif\0\0" + tiff_of_many_directories(100000))),
    "apng 50 x 4MP": lambda: apng(2040, 2040, 50),
    "apng 1M frames claimed": lambda: png(
        64, 64, data=chunk(b"acTL", struct.pack(">II", 4 * 10**9, 0)) + chunk(b"IDAT", zeros(65 * 64))
    ),
    "apng 500k frames": lambda: apng(1, 1, 500_000),
    "jpeg prog 1500 x 40MP": lambda: jpeg(8000, 5000, scans=1500, sof=0xC2),
    "jpeg prog 20 x 80MP": lambda: jpeg(10000, 8000, scans=20, sof=0xC2),
    "jpeg prog refine 20 x 80MP": lambda: jpeg(10000, 8000, scans=14, sof=0xC2, refines=True),
    "jpeg prog 100 x 12MP": lambda: jpeg(4000, 3000, scans=100, sof=0xC2),
    "jpeg seq 500 scans": lambda: jpeg(8000, 5000, scans=500),
    "jpeg seq 3c 50 scans": lambda: jpeg(8000, 5000, scans=50, sampling=(0x22, 0x11, 0x11)),
    "jpeg base 200MP grey": lambda: jpeg(14000, 15000),
    "jpeg base 200MP 3c": lambda: jpeg(14000, 15000, sampling=(0x11, 0x11, 0x11)),
    "jpeg base 4 comps weird": lambda: jpeg(14000, 15000, sampling=(0x14, 0x11, 0x41, 0x11)),
    "jpeg arithmetic 200MP": lambda: jpeg(14000, 15000, sof=0xC9, sampling=(0x11, 0x11, 0x11)),
    "jpeg arithmetic prog": lambda: jpeg(8000, 5000, sof=0xCA, scans=20),
    "jpeg lossless": lambda: jpeg(8000, 5000, sof=0xC3),
    "jpeg comments": lambda: jpeg(64, 64, before=segment(0xFE) * (10 * N)),
    "jpeg app": lambda: jpeg(64, 64, before=segment(0xE5) * (10 * N)),
    "jpeg ff": lambda: jpeg(64, 64, before=b"\xff" * (40 * N)),
    "jpeg junk": lambda: jpeg(64, 64, before=b"\0" * (40 * N)),
    "jpeg icc": lambda: jpeg(64, 64, before=segment(0xE2, b"ICC_PROFILE\0\1\xff") * (2 * N)),
    "jpeg 8bim": lambda: jpeg(64, 64, before=segment(0xED, b"Photoshop 3.0\0" + b"8BIM\0\1\0\0\0\0\0\0" * 5000) * 1000),
    "jpeg dqt": lambda: jpeg(64, 64, before=segment(0xDB, b"\0" + b"\1" * 64) * (1 * N)),
    "jpeg exif": lambda: jpeg(64, 64, before=segment(0xE1, b"Exif\0\0" + tiff_of_many_directories(500)) * 1500),
    "tiff 2k ifds": lambda: tiff_of_many_directories(2_000),
    "tiff 20k ifds": lambda: tiff_of_many_directories(20_000),
    "tiff 50 ifds 4MP": lambda: tiff_of_many_directories(50, 2000, 2000),
    "tiff strip offsets 20M": lambda: tiff_with_tag(273, 4, 20 * N, 4),
    "tiff strip offsets short 20M": lambda: tiff_with_tag(273, 3, 20 * N, 2),
    "tiff bits 20M": lambda: tiff_with_tag(258, 3, 20 * N, 2),
    "tiff rational 10M": lambda: tiff_with_tag(282, 5, 10 * N, 8),
    "tiff ascii": lambda: tiff_with_tag(270, 2, 90 * N, 1),
    "tiff xmp": lambda: tiff_with_tag(700, 1, 90 * N, 1),
    "tiff orientation": lambda: tiff_with_tag(274, 3, 40 * N, 2),
    "tiff raw tiles 1": lambda: tiff_of_tiles(3000, 3000, 1),
    "tiff raw tiles 16": lambda: tiff_of_tiles(14000, 15000, 16),
    "tiff deflate tiles 16": lambda: tiff_of_tiles(14000, 15000, 16, compression=8),
    "tiff deflate strips 1": lambda: tiff_of_strips(7000, 30000, 1),
    "tiff deflate strips all": lambda: tiff_of_strips(10000, 9000, 9000),
    "tiff tall": lambda: tiff_of_strips(1, 2 * N, 1),
    "gif 1M frames": lambda: gif(8, 8, 1 * N),
    "gif 50 frames 4MP": lambda: gif(2000, 2000, 50, side=2000, blocks=b"\2" + b"\x01\x44" * 0 + b"\1\x44\0"),
    "gif blocks": lambda: gif(2000, 2000, 1, side=2000, blocks=b"\1\0" * (10 * N) + b"\0"),
    "gif comments": lambda: gif(8, 8, 1, more=b"\x21\xfe" + b"\1a" * (10 * N) + b"\0"),
    "gif comment exts": lambda: gif(8, 8, 1, more=b"\x21\xfe\1a\0" * (5 * N)),
    "gif junk": lambda: gif(8, 8, 1, more=b"\0" * (40 * N)),
    "bmp rle8": lambda: bmp(14000, 14000, data=b"\1\0" * (15 * N)),
    "bmp rle8 delta": lambda: bmp(14000, 14000, data=b"\0\2\xff\xff" * 100),
    "bmp rle4": lambda: bmp(14000, 14000, compression=2, data=b"\xff\x01" * (1 * N)),
    "bmp eol": lambda: bmp(30000, 7000, data=(b"\1\0" * 1 + b"\0\0") * (10000)),
    "bmp raw 200MP short": lambda: bmp(14000, 14000, compression=0),
    "ppm comments": lambda: b"P5\n" + b"#" * (40 * N) + b"\n8 8\n255\n" + bytes(64),
    "ppm spaces": lambda: b"P5\n" + b" " * (40 * N) + b"8 8\n255\n" + bytes(64),
    "ppm plain": lambda: b"P2 1700 1700 255\n" + b"0 " * (1700 * 1700),
    "ppm plain spaces": lambda: b"P2 1700 1700 255\n" + b" " * (80 * N) + b"0 " * (1700 * 1700),
    "ppm plain comments": lambda: b"P2 1700 1700 255\n" + b"#\n" * (20 * N) + b"0 " * (1700 * 1700),
    "pbm plain": lambda: b"P1 1700 1700\n" + b"0" * (1700 * 1700) + b" " * (20 * N),
    "ppm 200": lambda: b"P5 1700 1700 200\n" + bytes(1700 * 1700),
    "jp2 tiles 1": lambda: jpeg_2000(255, 255, tile=(1, 1)),
    "jp2 4000 tiles": lambda: jpeg_2000(4000, 4000, tile=(64, 64)),
    "jp2 layers": lambda: jpeg_2000(1000, 1000, tile=(1000, 1000), layers=65535, resolutions=32),
    "jp2 components": lambda: jpeg_2000(1000, 1000, tile=(1000, 1000), components=16384),
    "jp2 components 3 layers tiles": lambda: jpeg_2000(1000, 1000, tile=(16, 16), components=3, layers=65535),
    "jp2 precincts": lambda: jpeg_2000(
        4000, 4000, tile=(4000, 4000), resolutions=5, precincts=b"\0\1\1\1\1\1", layers=100
    ),
    "jp2 precincts 32": lambda: jpeg_2000(
        4000, 4000, tile=(4000, 4000), resolutions=5, precincts=b"\1\1\1\1\1\1", layers=65535
    ),
    "jp2 16MP": lambda: saved(noise(4000, 4000, 3), "JPEG2000", quality_mode="rates", quality_layers=[20]),
    "webp lossless 12MP noise": lambda: saved(noise(4000, 3000, 3), "WEBP", lossless=True, method=0, quality=0),
    "webp lossless 40MP flat": lambda: saved(
        Image.new("RGB", (7000, 6000)), "WEBP", lossless=True, method=0, quality=0
    ),
    "webp anim 50": lambda: animated("WEBP", 1000, 1000, 30),
    "avif 12MP noise": lambda: saved(noise(4000, 3000, 3), "AVIF", speed=10),
    "avif 34MP flat": lambda: saved(Image.new("RGB", (6000, 5600)), "AVIF", speed=10),
    "noise png 2047": lambda: saved(noise(2047, 2047, 3), "PNG", compress_level=1),
    "noise png 1000 grey": lambda: saved(noise(1000, 1000), "PNG", compress_level=1),
    "apng noise 30": lambda: animated("PNG", 1000, 1000, 30),
    "gif noise 30": lambda: animated("GIF", 1000, 1000, 30),
}


def measure(data: bytes) -> dict[str, Any]:
    """Read a picture in a process of its own: seconds of processor time, bytes of memory, and what came of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        Path("/proc/self/clear_refs").write_text("5")  # forget the most memory that was taken so far
        before, began = _memory("VmRSS"), time.process_time()
        try:
            found = str(ink.read(data).size)
        except InkError as error:
            found = str(error)
        except BaseException as error:  # which must not happen
            found = f"{type(error).__name__} is no InkError: {error}"
        others = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = time.process_time() - began + others.ru_utime + others.ru_stime
        told = {"seconds": seconds, "bytes": _memory("VmHWM") - before, "found": found}
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told or b'{"found": "its process is no InkError: it was killed"}')


def _memory(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith(field)))


if __name__ == "__main__":  # tells of each file of one part in a line of JSON
    part = int(sys.argv[1])
    for kind in ("PNG", "JPEG", "TIFF", "GIF", "AVIF", "WEBP", "BMP", "PPM"):  # what is imported only then
        ink.read(saved(Image.fromarray(GREY).convert("RGB"), kind))
    for name, make in islice(CASES.items(), part, None, PARTS):
        print(json.dumps({"name": name} | measure(make())), flush=True)
    for name, data in islice(damaged(), part, None, PARTS):
        print(json.dumps({"name": name} | measure(data)), flush=True)
