"""Makes files that a command line may be given by mistake or by malice, from a fixed seed."""

import io
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests import drawings

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "JPEG2000", "PPM", "HEIC")
HEIC = Path(__file__).parent.parent / "ink" / "turned_5.heic"  # Pillow cannot write these


def make(folder: Path, count: int) -> list[str]:
    """Names of `count` files in the folder: broken or odd ones, some that are not there, and good ones between them."""
    names = []
    for number, (name, content) in zip(range(count), _endlessly(np.random.default_rng(0)), strict=False):
        file = folder / f"{number:03} {name}"
        if content is not None:
            file.write_bytes(content)
        names.append(str(file))
    return names


def specials(folder: Path) -> list[str]:
    """Names of what is no file, or of files with odd names."""
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "nowhere.png").symlink_to(folder / "gone")
    three = drawings.png(drawings.canvas(3))
    odd = [b"\xff\xfe.png", b"two\nlines.png", b"\x1b[31mred.png", "drei – 三.png".encode(), b" .png", b"--.png"]
    for name in odd:
        (folder / os.fsdecode(name)).write_bytes(three)
    there = [
        str(folder / os.fsdecode(name)) for name in (b"folder.png", b"pipe.png", b"loop.png", b"nowhere.png", *odd)
    ]
    return [*there, "/dev/zero", "/dev/null", "", "x" * 300, str(folder / "x" / "y.png"), f"{there[4]}/below.png"]


def _endlessly(generator: np.random.Generator) -> Iterator[tuple[str, bytes | None]]:
    while True:
        for bad in (_odd, _broken, _no_strokes):
            yield "good.png", drawings.png(drawings.canvas(int(generator.integers(10))))
            yield "good.json", json.dumps(_strokes(8)).encode()
            yield from bad(generator)


def _odd(generator: np.random.Generator) -> Iterator[tuple[str, bytes | None]]:
    yield "none.png", None
    yield "none.json", None
    yield "empty.png", b""
    yield "empty.json", b""
    yield "blank.png", drawings.png(np.full((40, 40), 255, np.uint8))
    yield "one pixel.png", drawings.png(np.zeros((1, 1), np.uint8))
    yield "thin.png", drawings.png(np.eye(1, int(generator.integers(2, 5000)), 3, np.uint8) * 255)
    yield "hairline.png", drawings.png(255 - 255 * np.eye(600, dtype=np.uint8))
    yield "noise.png", drawings.png(generator.integers(0, 256, (90, 70, 3), np.uint8))
    yield "transparent.png", drawings.png(np.zeros((50, 50, 4), np.uint8))
    yield "picture.json", drawings.png(drawings.canvas(1))
    yield "strokes.png", json.dumps(_strokes(1)).encode()
    yield "other format.png", drawings.png(drawings.canvas(1), "ICO")
    yield "bomb.png", _claims(30_000, 30_000)
    yield "large.png", _claims(9_900, 9_900)
    yield "long.png", _claims(2**31 - 1, 1)
    yield "zeros.png", bytes(1_000_001)


def _broken(generator: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    for kind in FORMATS:
        whole = HEIC.read_bytes() if kind == "HEIC" else drawings.png(drawings.canvas(4)[..., :3], kind)
        yield f"cut.{kind.lower()}", whole[: int(generator.integers(1, len(whole)))]
        changed = np.frombuffer(whole, np.uint8).copy()
        changed[generator.integers(0, len(whole), 8)] = generator.integers(0, 256, 8)
        yield f"changed.{kind.lower()}", changed.tobytes()
        begun = whole[:40] + generator.bytes(400)
        yield f"begun.{kind.lower()}", begun
    yield "anything.png", generator.bytes(300)
    buffer = io.BytesIO()
    Image.fromarray(drawings.canvas(4)[..., 0]).save(buffer, "JPEG", exif=b"Exif\0\0MM\0*" + generator.bytes(60))
    yield "exif.jpg", buffer.getvalue()


def _no_strokes(generator: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    for number, wrong in enumerate(
        [
            {"width": "280"}, {"width": float("nan")}, {"height": float("inf")}, {"height": -1}, {"brush": 10**400},
            {"brush": None}, {"strokes": []}, {"strokes": {}}, {"strokes": [[]]}, {"strokes": [[[1]]]},
            {"strokes": [[[float("nan"), 1]]]}, {"strokes": [[["1", "2"]]]}, {"strokes": [[[1e308, -1e308]]]},
            {"strokes": [[[140, 140]]]}, {"strokes": [[[9999, 9999], [9998, 9999]]]}, {"strokes": "\ud800"},
        ]
    ):  # fmt: skip
        yield f"wrong {number}.json", json.dumps({**_strokes(2), **wrong}).encode()
    yield "deep.json", b"[" * 100_000
    yield "deep strokes.json", b'{"width": 9, "height": 9, "brush": 1, "strokes": ' + b"[" * 900 + b"]" * 900 + b"}"
    yield "other.json", generator.choice([b"[]", b"null", b"3", b'"x"', b"{}", b"{", b"\xff\xfe", b"NaN"])


def _strokes(digit: int) -> dict[str, object]:
    lines = [line.tolist() for line in drawings.strokes(digit)]
    return {"width": 280, "height": 280, "brush": 20, "strokes": lines}


def _claims(width: int, height: int) -> bytes:
    """A PNG that says it has this size, and has no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
