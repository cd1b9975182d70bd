"""Whatever a picture shows and whatever its size: it is read, or refused in words, and nothing else happens."""

import io
import warnings
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from benchmarks.strokes import rasterise
from digitlab import ink, serving
from digitlab.errors import InkError
from digitlab.ink import Ink, Strokes
from tests import drawings

# By format, the modes that Pillow can store in it.
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "I", "I;16", "F"),
}
DEEP = {"I": np.int32, "I;16": np.uint16, "F": np.float32}

Size = tuple[int, int]
sides = st.one_of(st.integers(1, 12), st.integers(1, 80), st.integers(1, 700))
sizes = st.one_of(
    st.tuples(sides, sides),
    st.tuples(st.integers(1, 3), st.integers(1, 9000)),
    st.tuples(st.integers(1, 9000), st.integers(1, 3)),
    st.sampled_from([(600, 600), (513, 512), (1025, 40), (65, 65)]),
)
levels = st.one_of(st.sampled_from([0, 255]), st.integers(0, 255))
seeds = st.integers(0, 2**32 - 1)


def constant(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    return Image.new("L", size, paper)


def dots(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    image = constant(size, paper, pen, generator)
    for _ in range(generator.integers(1, 4)):
        image.putpixel((int(generator.integers(size[0])), int(generator.integers(size[1]))), pen)
    return image


def lines(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    """Lines of one pixel or more, often beyond the edge."""
    image = constant(size, paper, pen, generator)
    width = int(generator.choice([1, 1, 1, 2, 5, 30]))
    for _ in range(generator.integers(1, 4)):
        points = generator.uniform(-0.2, 1.2, (generator.integers(2, 6), 2)) * size
        ImageDraw.Draw(image).line([tuple(map(float, point)) for point in points], fill=pen, width=width)
    return image


def dashes(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    pixels = np.array(lines(size, paper, pen, generator))
    pixels[:, :: int(generator.integers(2, 9))] = paper
    return Image.fromarray(pixels)


def rectangle(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    image = constant(size, paper, pen, generator)
    corners = np.sort(generator.integers(0, size, (2, 2)), axis=0)
    fill = None if generator.random() < 0.5 else pen
    ImageDraw.Draw(image).rectangle([*map(int, corners.ravel())], outline=pen, fill=fill)
    return image


def blobs(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    image = constant(size, paper, pen, generator)
    for _ in range(generator.integers(1, 60)):
        x, y, radius = map(float, generator.uniform(0, 1, 3) * (*size, min(size) / 4))
        ImageDraw.Draw(image).circle((x, y), radius, fill=pen)
    return image


def noise(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    spread = generator.choice([1, 10, 60, 255])
    return Image.fromarray(np.clip(generator.normal(paper, spread, size[::-1]), 0, 255).astype(np.uint8))


def gradient(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    across, down = generator.uniform(-1, 1, 2)
    return Image.fromarray(np.clip(paper + (pen - paper) * abs(across * x + down * y), 0, 255).astype(np.uint8))


def checkerboard(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    y, x = np.mgrid[: size[1], : size[0]] // int(generator.integers(1, 40))
    return Image.fromarray(np.where((x + y) % 2, paper, pen).astype(np.uint8))


def lines_on_gradient(size: Size, paper: int, pen: int, generator: np.random.Generator) -> Image.Image:
    image = gradient(size, paper, 255 - paper, generator)
    image.paste(pen, mask=lines(size, 0, 255, generator))
    return image


KINDS = (constant, dots, lines, dashes, rectangle, blobs, noise, gradient, checkerboard, lines_on_gradient)


def shown(kind: Callable[..., Image.Image], size: Size, paper: int, pen: int, seed: int) -> Image.Image:
    return kind(size, paper, pen, np.random.default_rng(seed))


whatever = st.tuples(st.sampled_from(KINDS), sizes, levels, levels, seeds)  # what `shown` takes


def in_mode(grey: Image.Image, mode: str, *, see_through: bool) -> Image.Image:
    """The picture in another mode; if that can be transparent and `see_through` is set, its light parts are."""
    if mode in DEEP:
        return Image.fromarray(np.asarray(grey).astype(DEEP[mode]) * 257)
    if mode == "LAB":
        return Image.frombytes("LAB", grey.size, grey.convert("RGB").tobytes())
    image = grey.convert(mode)
    if see_through and mode == "P":
        image.info["transparency"] = int(np.asarray(image).max())
    elif see_through and mode in ("LA", "RGBA"):
        image.putalpha(grey.point(lambda value: 255 - value))
    return image


def read_or_refused(drawing: bytes | np.ndarray | Strokes) -> Ink | None:
    """What is read, checked for all that holds of any drawing; None where it is refused in words."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            whole = ink.read(drawing)
        except InkError:
            return None
    width, height = whole.size
    for part in (whole, *whole.segments):
        assert part.pixels.shape == (28, 28)
        assert part.pixels.dtype == np.float32
        assert 0 <= part.pixels.min() < part.pixels.max() <= 1  # not so if any is NaN
        assert 0 <= part.box.left < part.box.right <= width
        assert 0 <= part.box.top < part.box.bottom <= height
    for step in whole.steps:
        assert step.image.size
        assert np.isfinite(step.image).all()
    return whole


@settings(deadline=None, max_examples=120)
@given(whatever, st.sampled_from([(kind, mode) for kind, modes in MODES.items() for mode in modes]), st.booleans())
@example((gradient, (1025, 40), 0, 255, 1), ("PNG", "L"), False)  # a line of the paper leads out of the picture
def test_any_file_is_read_or_refused(what, stored, see_through):
    grey, (kind, mode) = shown(*what), stored
    buffer = io.BytesIO()
    in_mode(grey, mode, see_through=see_through).save(buffer, kind)
    drawing = read_or_refused(buffer.getvalue())
    assert drawing is None or drawing.size == grey.size


@settings(deadline=None, max_examples=60)
@given(whatever, st.sampled_from([0, 1, 128, 254, 255, None]), seeds)
def test_any_canvas_is_read_or_refused(what, alpha, seed):
    grey = shown(*what)
    canvas = np.dstack([np.asarray(grey)] * 4)
    canvas[..., 3] = np.random.default_rng(seed).integers(0, 256, canvas.shape[:2]) if alpha is None else alpha
    drawing = read_or_refused(canvas)
    assert drawing is None or drawing.size == grey.size


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 10_000), st.integers(1, 10_000))
def test_any_strokes_are_read_or_refused(data, width, height):
    number = st.one_of(st.integers(-10_000, 10_000), st.floats(-10_000, 10_000), st.floats(0, min(width, height)))
    as_json = {
        "width": width,
        "height": height,
        "brush": data.draw(st.floats(0.1, max(width, height))),
        "strokes": data.draw(st.lists(st.lists(st.tuples(number, number), min_size=1, max_size=6), max_size=4)),
    }
    try:
        drawing = ink.strokes_from_json(as_json)
    except InkError:
        return
    seen = read_or_refused(drawing)
    assert seen is None or seen.size == (width, height)


@settings(deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    ),
    st.sampled_from(["width", "height", "brush", "strokes", "stroke", "point"]),
)
def test_any_json_is_strokes_or_refused(anything, where):
    as_json = {"width": 280, "height": 280, "brush": 20, "strokes": [[[70, 50], [200, 50]]]}
    match where:
        case "stroke":
            as_json["strokes"] = [anything]
        case "point":
            as_json["strokes"] = [[anything, [200, 50]]]
        case name:
            as_json[name] = anything
    with suppress(InkError):
        read_or_refused(ink.strokes_from_json(as_json))


@pytest.mark.parametrize("side", [600, 1200, 3000])
@pytest.mark.parametrize("digit", range(10))
def test_a_digit_of_hairlines_is_read(digit, side):
    canvas = rasterise(drawings.strokes(digit, 0.2 * side, 0.15 * side, 0.7 * side), side, 1)
    pixels = read_or_refused(canvas).pixels
    assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == digit


def test_a_diagonal_of_single_pixels_is_read():
    for size in ((600, 600), (512, 512), (450, 600)):
        image = Image.new("L", size, 255)
        ImageDraw.Draw(image).line([(50, 40), (size[0] - 60, size[1] - 30)], fill=0)
        assert read_or_refused(drawings.png(np.asarray(image))) is not None


def test_a_bar_too_narrow_for_a_sheet_is_ink():
    bar = np.full((14, 200), 255, np.uint8)
    bar[5:9, 20:180] = 0
    assert read_or_refused(drawings.png(bar)).box == (20, 5, 160, 4)


@pytest.mark.parametrize("size", [(768, 1), (1, 768), (4000, 3), (3, 4000)])
def test_boxes_stay_within_pictures_that_are_long_and_thin(size):
    image = Image.new("L", size, 255)
    start = (size[0] * 7 // 8, 0) if size[0] > size[1] else (0, size[1] * 7 // 8)
    image.paste(0, (*start, *size))
    box = read_or_refused(drawings.png(np.asarray(image))).box
    assert (box.right, box.bottom) == size
