"""Every kind of picture file that people have: what is read, in how much memory, and what is refused in which words."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from digitlab import ink, serving, settings
from digitlab.errors import InvalidValue, NothingDrawn, PictureTooLarge, UnreadablePicture
from digitlab.ink import decoding, formats, picture, shrinking
from tests import drawings

GREY = drawings.canvas(5)[..., 0]
TURNED_HEIC = (Path(__file__).parent / "turned_5.heic").read_bytes()  # a 5 as a phone stores it: turned, with a note
BLANK = Image.new("RGB", (280, 280), "white")


def coloured(digit: int = 5) -> Image.Image:
    share = (255 - drawings.canvas(digit)[..., :1].astype(float)) / 255
    return Image.fromarray((share * [20, 30, 140] + (1 - share) * [250, 248, 240]).astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(values: np.ndarray, tags: dict[int, int] | None = None) -> bytes:
    """An uncompressed TIFF of any dtype.

    Args:
        values: (h, w), (h, w, 3), or (3, h, w) for a plane of each colour.
        tags: replace those that the values need, or are added to them.
    """
    planes = len(values) if values.ndim == 3 and len(values) == 3 else 1
    height, width = values.shape[1:] if planes > 1 else values.shape[:2]
    channels = values.size // (height * width)
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    length = values.nbytes // planes
    all_tags: dict[int, tuple[int, ...]] = {
        256: (width,), 257: (height,), 258: (8 * values.itemsize,) * channels, 259: (1,), 273: (0,) * planes,
        262: (2 if channels > 1 else 1,), 277: (channels,), 278: (height,), 279: (length,) * planes,
        284: (2 if planes > 1 else 1,), 339: (kind,) * channels,
    }  # fmt: skip
    all_tags |= {tag: (value,) for tag, value in (tags or {}).items()}
    behind = 8 + 2 + 12 * len(all_tags) + 4
    begin = behind + sum(4 * len(numbers) for numbers in all_tags.values() if len(numbers) > 1)
    all_tags[273] = tuple(begin + length * at for at in range(planes))
    entries, more = b"", b""
    for tag, numbers in sorted(all_tags.items()):
        body = struct.pack(f"<{len(numbers)}I", *numbers)
        if len(numbers) > 1:
            body, more = struct.pack("<I", behind + len(more)), more + body
        entries += struct.pack("<HHI", tag, 4, len(numbers)) + body
    return b"II*\0" + struct.pack("<IH", 8, len(all_tags)) + entries + bytes(4) + more + values.tobytes()


def png(values: np.ndarray, colour_type: int) -> bytes:
    """A PNG of 16 bits."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_gaps() -> np.ndarray:
    values = GREY.astype(np.float32) / 255
    values[:30] = np.nan
    values[40:44, 10:14] = np.inf
    values[0, 0], values[60:63, 3:6] = -np.inf, -3.4e38
    return values


def lab() -> Image.Image:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(coloured(), *profiles, outputMode="LAB")


def transparent(pen: int) -> Image.Image:
    return Image.fromarray(np.dstack([np.full((280, 280, 3), pen, np.uint8), 255 - GREY]))


DEEP = GREY.astype(np.uint16)
RGB16 = np.asarray(coloured()).astype(np.uint16)
READ = {
    "tiff of 1 bit": lambda: saved(Image.fromarray(GREY).convert("1"), "TIFF"),
    "fax": lambda: saved(Image.fromarray(GREY).convert("1"), "TIFF", compression="group4"),
    "older fax": lambda: saved(Image.fromarray(GREY).convert("1"), "TIFF", compression="group3"),
    "tiff of 16 bits": lambda: tiff(DEEP * 257),
    "tiff of 12 bits in 16": lambda: tiff(DEEP * 16),
    "tiff of a narrow range": lambda: tiff(DEEP * 20 + 40_000),
    "tiff of signed numbers": lambda: tiff(DEEP.astype(np.int16) * 100 - 12_000),
    "tiff of 32 bits": lambda: tiff(DEEP.astype(np.uint32) << 24),
    "tiff of floats up to 1": lambda: tiff(GREY.astype(np.float32) / 255),
    "tiff of floats up to 65,535": lambda: tiff(GREY.astype(np.float32) * 257),
    "tiff of floats with gaps": lambda: tiff(with_gaps()),
    "tiff of doubles": lambda: tiff(GREY.astype(np.float64)),
    "tiff of coloured floats": lambda: tiff(np.asarray(coloured()).astype(np.float32) / 255),
    "tiff of 48 bits": lambda: tiff(RGB16 * 257),
    "tiff of 48 bits, in part": lambda: tiff(RGB16 * 16),
    "tiff, white is zero": lambda: tiff(255 - GREY, tags={262: 0}),
    "tiff of planes": lambda: tiff(np.moveaxis(np.asarray(coloured()), 2, 0)),
    "tiff, CMYK": lambda: saved(coloured().convert("CMYK"), "TIFF"),
    "tiff, YCbCr": lambda: saved(coloured().convert("YCbCr"), "TIFF"),
    "tiff, Lab": lambda: saved(lab(), "TIFF"),
    "tiff, palette": lambda: saved(coloured().quantize(32), "TIFF"),
    "tiff, LZW": lambda: saved(coloured(), "TIFF", compression="tiff_lzw"),
    "tiff, deflate": lambda: saved(coloured(), "TIFF", compression="tiff_adobe_deflate"),
    "tiff, JPEG": lambda: saved(coloured(), "TIFF", compression="jpeg"),
    "tiff on its side": lambda: saved(coloured().transpose(Image.Transpose.ROTATE_90), "TIFF", tiffinfo={274: 6}),
    "big tiff": lambda: saved(coloured(), "TIFF", big_tiff=True),
    "png of 16 bits": lambda: png(DEEP * 257, 0),
    "png of 48 bits": lambda: png(RGB16 * 257, 2),
    "png of 48 bits, in part": lambda: png(RGB16 * 16, 2),
    "png of 64 bits": lambda: png(np.dstack([RGB16 * 257, np.full((280, 280), 65_535)]), 6),
    "png of a transparent colour": lambda: saved(coloured(), "PNG", transparency=(250, 248, 240)),
    "png of a transparent palette": lambda: saved(coloured().quantize(8), "PNG", transparency=0),
    "white on nothing": lambda: saved(transparent(255), "PNG"),
    "avif": lambda: saved(coloured(), "AVIF"),
    "avif, white on nothing": lambda: saved(transparent(255), "AVIF"),
    "heic on its side": lambda: TURNED_HEIC,
    "gif": lambda: saved(coloured(), "GIF"),
    "jpeg 2000": lambda: saved(coloured(), "JPEG2000"),
    "jpeg 2000, black on nothing": lambda: saved(transparent(0), "JPEG2000"),
    "large jpeg 2000": lambda: saved(coloured().resize((2600, 2600)), "JPEG2000", num_resolutions=2),
    "jpeg, CMYK": lambda: saved(coloured().convert("CMYK"), "JPEG"),
    "jpeg, grey": lambda: saved(Image.fromarray(GREY), "JPEG"),
    "jpeg, progressive": lambda: saved(coloured(), "JPEG", progressive=True),
    "jpeg of two pictures": lambda: saved(coloured(), "MPO", save_all=True, append_images=[BLANK]),
    "pgm": lambda: saved(Image.fromarray(GREY), "PPM"),
    "pgm of 16 bits": lambda: b"P5\n# a scanner\n280 280\n65535\n" + (DEEP * 257).astype(">u2").tobytes(),
    "pgm of 10 bits": lambda: b"P5 280 280 1023\n" + (DEEP * 4).astype(">u2").tobytes(),
    "pgm as text": lambda: b"P2\n280 280\n255\n" + " ".join(map(str, GREY.ravel())).encode(),
    "pbm": lambda: saved(Image.fromarray(GREY).convert("1"), "PPM"),
    "ppm": lambda: saved(coloured(), "PPM"),
    "bmp of two colours": lambda: saved(Image.fromarray(GREY).convert("1"), "BMP"),
    "webp with alpha": lambda: saved(transparent(0), "WEBP", lossless=True),
}  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_files_as_people_have_them(kind):
    drawing = ink.read(READ[kind]())
    for name in ("dnn", "cnn"):
        answers = serving.load(name).answer(drawing.pixels[None])
        assert (answers.probabilities[0].argmax(), answers.scores[0] >= 0) == (5, True)
    assert drawing.page == (1, 1)


def test_a_phone_s_photo_is_upright():
    assert ink.read(TURNED_HEIC).size == (150, 210)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_is_followed(kind, orientation):
    upright = coloured(7).crop((20, 0, 260, 280))
    stored = picture._turned(upright, {6: 8, 8: 6}.get(orientation, orientation))  # the others undo themselves
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {274: orientation}} if kind == "TIFF" else {"exif": exif}
    data = saved(stored, kind, **options)
    (decoded,) = picture.read(data)
    assert decoded.size == upright.size
    assert np.abs(np.asarray(decoded.pixels.convert("RGB"), int) - np.asarray(upright, int)).mean() < 3
    (part,) = picture.read(data, (30, 50, 100, 200))
    expected = upright.crop((30, 50, 130, 250))
    assert np.abs(np.asarray(part.pixels.convert("RGB"), int) - np.asarray(expected, int)).mean() < 3


@pytest.mark.parametrize(
    ("data", "page"),
    [
        (lambda: saved(BLANK, "TIFF", save_all=True, append_images=[coloured()]), (2, 2)),
        (lambda: saved(coloured(), "TIFF", save_all=True, append_images=[coloured(2)]), (1, 2)),
        (lambda: saved(BLANK, "GIF", save_all=True, append_images=[BLANK.point(lambda v: v - 1), coloured()]), (3, 3)),
        (lambda: saved(BLANK, "PNG", save_all=True, append_images=[coloured()]), (2, 2)),
        (lambda: saved(BLANK, "WEBP", save_all=True, append_images=[coloured()]), (2, 2)),
        (lambda: saved(BLANK, "AVIF", save_all=True, append_images=[coloured()]), (2, 2)),
    ],
)
def test_of_several_pictures_the_first_with_ink_is_read(data, page):
    drawing = ink.read(data())
    assert drawing.page == page
    assert serving.load("cnn").answer(drawing.pixels[None]).probabilities[0].argmax() == 5


def test_several_pictures_without_ink():
    with pytest.raises(NothingDrawn):
        ink.read(saved(BLANK, "TIFF", save_all=True, append_images=[BLANK]))


def test_noise_of_sixteen_bits_is_not_stretched_to_ink():
    bare = np.random.default_rng(0).normal(60_000, 60, (280, 280)).astype(np.uint16)
    with pytest.raises(NothingDrawn):
        ink.read(tiff(bare))


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7\n", "PDF is not read: save it as PNG."),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG is not read: save it as PNG."),
        (b"<!DOCTYPE html><html>", "A web page (HTML) is not read: save the picture on it, not the page."),
        (b"8BPS\0\1" + bytes(30), "Photoshop's PSD is not read: save it as PNG."),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript is not read: save it as PNG."),
        (b"\xff\x0a" + bytes(30), "JPEG XL is not read: save it as PNG or JPEG."),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(30), "A camera's raw file (CR2) is not read: save it as PNG or JPEG."),
        (b"\0\0\0\x18ftypcrx " + bytes(30), "A camera's raw file (CR3) is not read: save it as PNG or JPEG."),
        (tiff(GREY, tags={50706: 1}), "A camera's raw file (such as DNG, NEF or ARW) is not read: save it as JPEG or "),
        (tiff(GREY, tags={271: 1, 330: 8, 254: 1}), "A camera's raw file (such as DNG, NEF or ARW) is not read: save"),
        (b"\0\0\0\x20ftypisom" + bytes(30), "A film (MP4) is not read: save one picture of it as PNG or JPEG."),
        (b"\0\0\0\x14ftypqt  " + bytes(30), "A film (MOV, such as a live photo's) is not read: save one picture"),
        (b"\x1a\x45\xdf\xa3" + bytes(30), "A film (WebM or MKV) is not read: save one picture of it as PNG or JPEG."),
        (zipped("mimetype", "word/document.xml"), "A Word document (DOCX) is not read: save the picture in it as PNG."),
        (zipped("a.png"), "A ZIP archive is not read: unpack it and choose a picture."),
        (b"PK\3\4" + bytes(30), "A ZIP archive is not read: unpack it and choose a picture."),
        ("schön".encode(), "This file holds text, not a picture. Expected PNG, JPEG, HEIC, AVIF, WebP, TIFF, GIF, "),
        ("Text".encode("utf-16"), "This file holds text, not a picture. Expected"),
        (b'{"width": 9, "strokes": []}', "These are strokes, which are read from files whose name ends in .json"),
        (b"", "This file is empty. Expected PNG"),
        (bytes(500), "This file is not a picture that can be read. Expected PNG"),
        (tiff(np.stack([DEEP] * 3)), "This TIFF file has a plane of more than eight bits for each"),
    ],
)
def test_what_stays_out_is_refused_by_name(data, told):
    with pytest.raises(UnreadablePicture) as refused:
        ink.read(data)
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["AVIF", "GIF", "JPEG2000", "TIFF", "PPM", "HEIC"])
def test_files_cut_short_are_refused(kind, share):
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    data = TURNED_HEIC if kind == "HEIC" else saved(Image.fromarray(noise), kind)
    with pytest.raises(UnreadablePicture, match="cut short"):
        ink.read(data[: int(share * len(data))])


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (lambda: tiff(GREY, tags={256: 60_000, 257: 60_000}), "at most 210 are read"),
        (lambda: tiff(np.asarray(coloured()).astype(np.float32), tags={256: 9_000, 257: 9_000}), "at most 13 are read"),
        (lambda: tiff(GREY, tags={322: 30_000, 323: 30_000, 324: 200, 325: 100}), "at most"),
        (lambda: b"P2\n5000 5000\n255\n0", "such PGM, PPM or PBM files, at most 3 are read"),
        (lambda: b"P5\n90000 90000\n255\n0", "at most 210 are read"),
        (
            lambda: b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + saved(coloured(), "GIF")[10:],
            "more megapixels than are read",
        ),
    ],
)
def test_bombs_are_refused_before_decoding(data, most):
    with pytest.raises(PictureTooLarge, match=most):
        ink.read(data())


LARGE = """
import io, resource, sys
import numpy as np
from PIL import Image
from digitlab import ink
from digitlab.errors import PictureTooLarge
from digitlab.ink import decoding, pipeline
width, height, kind, options = {arguments}
file = io.BytesIO()
if {write}:
    image = Image.new("L", (width, height), 230)
    image.paste(30, (width // 2, height // 4, width // 2 + width // 20, height * 3 // 4))
    image.convert("1" if kind == "TIFF" else "RGB").save(sys.argv[1], kind, **options)
    sys.exit()
data = open(sys.argv[1], "rb").read()
ink.read(open(sys.argv[2], "rb").read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = ink.read(data)
assert found.size == (width, height)
assert abs(found.box.left - width // 2) <= 16, found.box
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 + len(data))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
@pytest.mark.parametrize(
    "arguments",
    [
        (16_320, 12_240, "JPEG", {}),
        (8_000, 6_000, "JPEG", {"progressive": True, "subsampling": 0}),
        (8_000, 6_000, "PNG", {"compress_level": 1}),
        (8_000, 6_000, "WEBP", {"lossless": True, "quality": 0, "method": 0}),
        (8_000, 6_000, "TIFF", {"compression": "group4"}),
    ],
    ids=lambda arguments: f"{arguments[2]} {arguments[0]}",
)
def test_large_pictures_are_read_in_at_most_400_mb(tmp_path, arguments):
    files = [str(tmp_path / name) for name in ("large", "small")]
    Path(files[1]).write_bytes(drawings.png(drawings.canvas(3)))
    for write in (True, False):
        code = LARGE.format(arguments=arguments, write=write)
        done = subprocess.run(
            [sys.executable, "-c", code, *files], cwd=settings.REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 400e6


def test_what_takes_more_memory_is_refused_with_the_size_that_would_do(monkeypatch):
    monkeypatch.setattr(decoding, "MEMORY", 1e6)
    with pytest.raises(PictureTooLarge, match=r"0\.3 megapixels; of such PNG files, at most 0\.2"):
        ink.read(saved(coloured().resize((600, 500)), "PNG"))


def test_a_box_is_read_in_the_detail_that_the_file_has():
    """A 5 that is 24 px high on a large page is read in its box, and its place is told in px of the page."""
    page = Image.new("RGB", (4000, 3000), "white")
    page.paste(coloured().crop((60, 40, 220, 240)).resize((28, 35)), (3007, 2011))
    for kind in ("JPEG", "PNG"):
        drawing = ink.read(saved(page, kind, **({"quality": 95} if kind == "JPEG" else {})), box=(2990, 1990, 70, 70))
        assert serving.load("cnn").answer(drawing.pixels[None]).probabilities[0].argmax() == 5
        assert drawing.size == (4000, 3000)
        assert 3007 <= drawing.box.left < drawing.box.right <= 3036
        assert 2011 <= drawing.box.top < drawing.box.bottom <= 2047


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_picture_is_read_upright(turn):
    on_its_side = coloured().rotate(turn, expand=True)  # against the clock
    drawing = ink.read(saved(on_its_side, "PNG"), turn=turn)
    assert np.abs(drawing.pixels - ink.read(saved(coloured(), "PNG")).pixels).mean() < 1e-3
    left, top, width, height = ink.read(saved(coloured(), "PNG")).box
    assert drawing.box == (left, top, width, height)
    assert ink.read(saved(on_its_side, "PNG"), box=(40, 30, 210, 220), turn=turn).box == drawing.box


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ((0, 0, 0, 5), "A box is at least 1 px wide and high, not 0 x 5."),
        ((200, 0, 100, 5), "The box reaches from (200, 0) to (300, 5), but the picture has only 280 x 280 px."),
        ((-1, 0, 100, 5), "The box reaches from (-1, 0) to (99, 5), but the picture has only 280 x 280 px."),
    ],
)
def test_a_box_beyond_the_picture_is_refused(box, told):
    with pytest.raises(InvalidValue) as refused:
        ink.read(drawings.png(drawings.canvas(5)), box=box)
    assert str(refused.value).startswith(told)


def test_only_quarter_turns_and_only_of_files():
    with pytest.raises(InvalidValue, match="by 0, 90, 180 or 270 degrees, not by 45"):
        ink.read(drawings.png(drawings.canvas(5)), turn=45)
    with pytest.raises(InvalidValue, match="this is a drawing"):
        ink.read(drawings.canvas(5), turn=90)


def test_large_pictures_of_any_mode_are_averaged_down():
    large = Image.fromarray(GREY).resize((4100, 3000))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "F"):
        small = shrinking.shrunk(large.convert(mode), ink.Box(0, 0, 4100, 3000))
        assert small.mode == "RGBA"
        assert small.size == (1025, 750)
        grey = np.asarray(small.convert("L"), float)
        assert np.abs(grey - np.asarray(large.resize(small.size, Image.Resampling.BOX), float)).mean() < 4


def test_every_format_has_its_extensions():
    endings = [ending for endings in formats.EXTENSIONS.values() for ending in endings]
    assert len(set(endings)) == len(endings)
    assert all(ending == ending.lower().lstrip(".") for ending in endings)
    json.dumps(endings)


def test_a_frame_beyond_its_animation_is_refused_before_decoding():
    """A first frame without ink, and a second that claims to reach 60,000 px further."""
    data = bytearray(saved(BLANK, "GIF", save_all=True, append_images=[coloured()]))
    second = data.rindex(b"\x2c\0\0\0\0")  # where a frame lies: left, top, width, height
    data[second + 1 : second + 5] = struct.pack("<HH", 60_000, 60_000)
    with pytest.raises(PictureTooLarge, match="more megapixels than are read"):
        ink.read(bytes(data))


def test_a_chunk_that_claims_gigabytes_is_not_believed(monkeypatch):
    data = png(RGB16 * 257, 2)
    at = data.index(b"IDAT") - 4
    monkeypatch.setattr(decoding, "_by_opencv", lambda *_: pytest.fail("would provide that much memory"))
    ink.read(data[:at] + b"\xf0\0\0\0" + data[at + 4 :])
