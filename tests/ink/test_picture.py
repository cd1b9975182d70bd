"""Colours, formats, limits and photos: all the ways in which a picture of a digit can arrive."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from digitlab import ink, serving
from digitlab.data import mnist
from digitlab.errors import NothingDrawn, OnlyADot, PictureTooLarge, UnreadablePicture
from digitlab.ink import picture
from tests import drawings


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def coloured(digit: int, pen: tuple[int, int, int], paper: tuple[int, int, int]) -> np.ndarray:
    share = (255 - drawings.canvas(digit)[..., :1].astype(float)) / 255
    rgb = share * np.array(pen) + (1 - share) * np.array(paper)
    return np.dstack([rgb, np.full(rgb.shape[:2], 255)]).round().astype(np.uint8)


@pytest.mark.parametrize(
    ("pen", "paper"),
    [
        ((255, 255, 255), (0, 0, 0)),
        ((255, 220, 0), (255, 255, 255)),  # yellow on white: a grey picture hardly shows it
        ((200, 0, 0), (0, 90, 0)),  # red on green of about the same brightness
        ((120, 120, 120), (200, 200, 200)),
        ((240, 240, 200), (20, 30, 60)),
    ],
)
def test_colours_do_not_matter(pen, paper):
    expected = ink.read(drawings.canvas(5)).pixels
    assert difference(ink.read(coloured(5, pen, paper)).pixels, expected) < 0.01


@pytest.mark.parametrize("pen", [(0, 0, 0), (255, 255, 255), (0, 120, 255)])
def test_strokes_on_transparency(pen):
    canvas = drawings.canvas(3).copy()
    canvas[..., 3] = 255 - canvas[..., 0]
    canvas[..., :3] = pen
    assert difference(ink.read(canvas).pixels, ink.read(drawings.canvas(3)).pixels) < 0.01


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_formats(kind):
    rgb = drawings.canvas(2)[..., :3]
    assert difference(ink.read(drawings.png(rgb, kind)).pixels, ink.read(drawings.canvas(2)).pixels) < 0.01


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_modes_of_png(mode):
    grey = Image.fromarray(drawings.canvas(2)[..., 0])
    deep = np.asarray(grey).astype(np.uint16) * 257
    image = Image.fromarray(deep) if mode == "I;16" else grey.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    assert difference(ink.read(buffer.getvalue()).pixels, ink.read(drawings.canvas(2)).pixels) < 0.02


@pytest.mark.parametrize(("pen", "paper"), [(20_000, 60_000), (300, 4_000), (60_000, 100)])
def test_sixteen_bit_scans_keep_their_greys(pen, paper):
    share = (255 - drawings.canvas(5)[..., 0].astype(float)) / 255
    scan = (share * pen + (1 - share) * paper).astype(np.uint16)
    buffer = io.BytesIO()
    Image.fromarray(scan).save(buffer, "PNG")
    assert difference(ink.read(buffer.getvalue()).pixels, ink.read(drawings.canvas(5)).pixels) < 0.01


def test_damaged_exif_does_not_refuse_a_good_picture():
    exif = Image.Exif()
    exif[0x0112] = 1
    exif[0x010F] = "a camera"
    buffer = io.BytesIO()
    Image.fromarray(drawings.canvas(7)[..., :3]).save(buffer, "JPEG", exif=exif, quality=95)
    data = buffer.getvalue()
    start = data.index(b"Exif")
    end = start - 2 + int.from_bytes(data[start - 2 : start])
    generator = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(data)
        for at in generator.integers(start + 6, end, 4):
            broken[at] = generator.integers(256)
        assert next(picture.read(bytes(broken))).size == (280, 280)


@pytest.mark.parametrize("digit", range(10))
def test_sheet_on_a_dark_table(digit):
    table = np.full((800, 1000, 3), 60, np.uint8)
    sheet = photo(digit, seed=digit)
    top, left = (np.argwhere(sheet.min(axis=2) < 90).min(axis=0) - 90).clip(0)
    table[60:740, 150:850] = sheet[top : top + 680, left : left + 700]
    pixels = ink.read(drawings.png(table, "JPEG")).pixels
    assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == digit


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_tightly_cropped_digits(light_on_dark):
    digits = mnist.packaged()
    right = []
    for image, label in zip(digits.images[::25], digits.labels[::25], strict=True):
        rows, columns = np.nonzero(image > 127)
        tight = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        try:
            pixels = ink.read(drawings.png(tight if light_on_dark else 255 - tight)).pixels
        except (NothingDrawn, OnlyADot):
            right.append(False)
            continue
        right.append(serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == label)
    assert np.mean(right) > 0.9


def test_exif_rotation_is_followed():
    image = Image.fromarray(drawings.canvas(7)[..., :3])
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned a quarter to the left
    buffer = io.BytesIO()
    image.transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", exif=exif, quality=95)
    assert difference(ink.read(buffer.getvalue()).pixels, ink.read(drawings.canvas(7)).pixels) < 0.01


def photo(digit: int, seed: int, *, chalk: bool = False, size: tuple[int, int] = (900, 1200)) -> np.ndarray:
    """(h, w, 3) uint8: a digit on unevenly lit, grainy paper, slightly out of focus."""
    generator = np.random.default_rng(seed)
    height, width = size
    y, x = np.mgrid[:height, :width] / max(size)
    angle = generator.uniform(0, 2 * np.pi)
    paper = 0.72 + 0.18 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)) - 0.25 * ((x - 0.5) ** 2 + y**2)
    paper += 0.04 * ndimage.gaussian_filter(generator.normal(size=size), 40) * 40
    shape = drawings.rasterise(drawings.strokes(digit, 0, 0, 400), 500, 26)[..., 0]
    cover = np.zeros(size)
    top, left = generator.integers(100, 300), generator.integers(100, 500)
    cover[top : top + 500, left : left + 500] = 1 - shape / 255
    cover = ndimage.gaussian_filter(cover, 2)
    grey = paper * (1 - 0.75 * cover) + generator.normal(scale=0.015, size=size)
    if chalk:
        grey = 1 - grey
    tint = np.array([1.0, 0.97, 0.9])
    return (np.clip(grey[..., None] * tint, 0, 1) * 255).round().astype(np.uint8)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("chalk", [False, True])
def test_photo_on_uneven_paper(digit, chalk):
    pixels = ink.read(drawings.png(photo(digit, seed=digit, chalk=chalk), "JPEG")).pixels
    assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == digit


def test_photo_of_bare_paper_is_nothing_drawn():
    generator = np.random.default_rng(0)
    y, x = np.mgrid[:600, :800] / 800
    grey = 0.5 + 0.3 * x + 0.1 * y + generator.normal(scale=0.02, size=x.shape)
    with pytest.raises(NothingDrawn, match="paper"):
        ink.read(drawings.png((np.clip(grey, 0, 1) * 255).astype(np.uint8)))


def header_only_png(width: int, height: int) -> bytes:
    """A PNG that claims a size: nothing to decode, so only a check before decoding can answer."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_500, 15_000, 100_000])
def test_too_many_pixels_are_refused_before_decoding(side):
    with pytest.raises(PictureTooLarge, match="megapixels"):
        ink.read(header_only_png(side, side))


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureTooLarge, match="at most 100 MB"):
        ink.read(bytes(100_000_001))


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("DIGITLAB_PICTURE_MEGAPIXELS", "0.05")
    with pytest.raises(PictureTooLarge, match=r"at most 0\.05"):
        ink.read(drawings.png(drawings.canvas(1)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(kind, share):
    data = drawings.png(photo(3, 0)[300:700, 300:900], kind)
    with pytest.raises(UnreadablePicture):
        ink.read(data[: int(len(data) * share)])


def test_large_pictures_are_averaged_down():
    large = Image.new("RGBA", (3000, 1500))
    assert picture.fitted(large).size == (512, 256)
