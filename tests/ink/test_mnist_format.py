"""From ink of any size, darkness and sharpness to MNIST's format."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from digitlab import ink, serving
from digitlab.data import mnist
from digitlab.errors import NothingDrawn, OnlyADot
from digitlab.ink import cells, faint, mnist_format
from tests import drawings

RESAMPLING = Image.Resampling


def drawn(*strokes, brush=12):
    """(280, 280) float32: the ink of strokes, each with its darkness."""
    whole = np.zeros((drawings.CANVAS_PX,) * 2, np.float32)
    for points, darkness in strokes:
        canvas = drawings.rasterise([np.array(points, float)], drawings.CANVAS_PX, brush)
        whole = np.maximum(whole, darkness * (1 - canvas[..., 0] / np.float32(255)))
    return whole


def on_paper(cover):
    return drawings.png(np.repeat((255 * (1 - cover)).astype(np.uint8)[..., None], 3, axis=2))


@settings(max_examples=150, deadline=None)
@given(
    height=st.integers(1, 90), width=st.integers(1, 90), seed=st.integers(0, 2**32 - 1),
    sparse=st.floats(0, 1), most=st.floats(0, 1),
)  # fmt: skip
@example(height=1, width=1, seed=0, sparse=0.0, most=1.0)
@example(height=90, width=1, seed=0, sparse=0.0, most=0.3)
@example(height=60, width=60, seed=0, sparse=0.99, most=0.6)
def test_any_ink_becomes_a_digit_or_is_refused(height, width, seed, sparse, most):
    generator = np.random.default_rng(seed)
    noise = generator.uniform(0, most, (height, width)) * (generator.random((height, width)) >= sparse)
    try:
        pixels = ink.normalise(noise.astype(np.float32))
    except (NothingDrawn, OnlyADot):
        return
    assert pixels.shape == (28, 28)
    assert np.isfinite(pixels).all()
    assert 0 <= pixels.min() <= pixels.max() <= 1


@pytest.mark.parametrize("value", [0.0, 0.1, 0.4, 1.0])
def test_ink_everywhere_is_refused(value):
    with pytest.raises((NothingDrawn, OnlyADot)):
        ink.normalise(np.full((100, 100), value, np.float32))


def test_a_faint_segment_does_not_break_the_others():
    lines = drawn(([[60, 60], [60, 220]], 1.0), ([[200, 60], [200, 220]], 0.3))
    assert len(ink.read(on_paper(lines)).segments) == 2


@pytest.mark.parametrize("darkness", [0.25, 0.35, 0.45])
def test_a_faint_stem_belongs_to_its_four(darkness):
    four = drawn(([[150, 50], [70, 160], [200, 160]], 1.0), ([[160, 110], [160, 240]], darkness))
    drawing = ink.read(on_paper(four))
    assert drawing.segments == ()
    assert serving.load("cnn").answer(drawing.pixels[None]).probabilities[0].argmax() == 4
    assert "Faint strokes strengthened" in [step.name for step in drawing.steps]


def test_a_faint_side_leaves_the_loop_of_a_nine_closed():
    angles = np.linspace(0, 2 * np.pi, 40)
    ring = np.stack([140 + 40 * np.cos(angles), 100 + 40 * np.sin(angles)], axis=1)
    nine = drawn((ring[8:24], 0.35), (ring[:9], 1.0), (ring[23:], 1.0), ([[180, 100], [170, 230]], 1.0))
    pixels = ink.normalise(nine)
    # The middle of the loop is paper, and no way leads out of it.
    rooms, _ = ndimage.label(pixels < 0.5)
    middle = rooms[np.unravel_index(np.argmin(pixels[6:13, 10:17]), (7, 7))[0] + 6, 13]
    assert middle != 0
    assert middle != rooms[0, 0]


def test_even_ink_stays_as_it_is():
    even = ink.as_drawn(ink.Strokes(280, 280, (np.array([[60.0, 60.0], [200.0, 200.0]]),), (20,)))
    assert faint.strengthened(even) is even


def test_a_shadow_is_no_faint_stroke():
    digit = drawn(([[140, 50], [140, 230]], 1.0))
    shaded = np.maximum(digit, 0.3 * (np.arange(280) > 180)[None, :])
    np.testing.assert_allclose(ink.normalise(shaded.astype(np.float32)), ink.normalise(digit), atol=0.05)


@pytest.mark.parametrize("length_px", [200, 400, 440])
def test_hairlines_survive(length_px):
    picture = Image.new("L", (512, 512), 255)
    column = np.full((512, 512), 255, np.uint8)
    top = (512 - length_px) // 2
    column[top : top + length_px, 250] = 0
    column[top, 250 : 250 + length_px // 2] = 0
    assert picture.size == column.shape
    pixels = ink.read(drawings.png(np.repeat(column[..., None], 3, axis=2))).pixels
    assert pixels.max() > 0.9
    assert np.ptp(np.nonzero(pixels >= 0.5)[0]) + 1 >= 19


@pytest.fixture(scope="module")
def digits():
    return mnist.packaged().images[::40]


@pytest.mark.parametrize("inverted", [False, True])
def test_mnists_digits_pass_through_unchanged(digits, inverted):
    for image in digits:
        pixels = ink.read(drawings.png(255 - image if inverted else image)).pixels
        np.testing.assert_allclose(pixels, image / np.float32(image.max()), atol=0.01)


@pytest.mark.parametrize("how", [RESAMPLING.NEAREST, RESAMPLING.BILINEAR, RESAMPLING.BICUBIC])
@pytest.mark.parametrize("times", [8, 20])
def test_enlarged_mnist_digits_are_only_made_smaller(digits, how, times):
    for image in digits[::4]:
        large = np.asarray(Image.fromarray(image).resize((28 * times,) * 2, how))
        drawing = ink.read(drawings.png(large))
        assert drawing.size == (28 * times,) * 2
        assert drawing.steps[-1].name == "MNIST's format already: only scaled"
        assert np.abs(drawing.pixels - image / 255).mean() < (0.005 if how == RESAMPLING.NEAREST else 0.04)


def test_a_neat_drawing_in_the_middle_is_redrawn():
    steps = [step.name for step in ink.read(drawings.canvas(0, left=45, top=44)).steps]
    assert "Stroke width of MNIST" in steps


@pytest.mark.parametrize("times", [1, 20])
def test_a_digit_of_few_pixels_keeps_its_greys(times):
    # An 8 as a coarse scanner sees it; at half ink, its loops are filled.
    eight = np.array(
        [
            [0, 0, 5, 13, 12, 3, 0, 0],
            [0, 1, 14, 8, 9, 13, 0, 0],
            [0, 2, 14, 7, 9, 13, 0, 0],
            [0, 0, 8, 16, 15, 4, 0, 0],
            [0, 0, 9, 15, 14, 5, 0, 0],
            [0, 2, 15, 6, 8, 14, 1, 0],
            [0, 1, 14, 8, 9, 14, 1, 0],
            [0, 0, 5, 13, 13, 5, 0, 0],
        ]
    )
    page = np.pad(255 - eight * 255 // 16, 2, constant_values=255).astype(np.uint8)
    pixels = ink.read(drawings.png(page.repeat(times, axis=0).repeat(times, axis=1))).pixels
    assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == 8


def test_cells_are_found_and_nothing_else_is_reduced():
    canvas = Image.fromarray(drawings.canvas(3))
    assert cells.reduced(canvas) is canvas
    enlarged = canvas.resize((840, 840), RESAMPLING.NEAREST)
    np.testing.assert_array_equal(np.asarray(cells.reduced(enlarged)), np.asarray(canvas))
    bar = np.full((280, 280, 4), 255, np.uint8)
    bar[40:240, 120:160, :3] = 0
    plain = Image.fromarray(bar)
    assert cells.reduced(plain) is plain


def test_room_for_soft_edges_is_left_around_enlarged_ink():
    soft = ndimage.gaussian_filter(drawn(([[140, 50], [140, 230]], 1.0)), 4)
    enlarged = mnist_format.enlarge(soft)
    assert mnist_format.bounds(enlarged).height == pytest.approx(ink.WORKING_SIDE, abs=2)
    assert enlarged[:, 0].max() < 0.05


@pytest.mark.parametrize("share", [0.5, 0.02])
def test_noise_is_nothing_drawn(share):
    speckled = np.where(np.random.default_rng(0).random((300, 300)) < share, 0, 255).astype(np.uint8)
    with pytest.raises(NothingDrawn, match="only a blot or noise"):
        ink.read(drawings.png(speckled))


@pytest.mark.parametrize("size", [(300, 40), (60, 260)])
def test_a_bar_is_no_blot(size):
    bar = np.full((320, 320), 255, np.uint8)
    bar[10 : 10 + size[0], 20 : 20 + size[1]] = 0
    assert ink.read(drawings.png(bar)).pixels.max() > 0.9


@pytest.mark.parametrize(("height", "width"), [(9, 14), (28, 28), (184, 120), (60, 260)])
def test_ink_is_scaled_as_pillow_does(height, width):
    generator = np.random.default_rng(height)
    soft = ndimage.gaussian_filter(generator.random((height, width)), height / 20)
    drawn = np.clip((soft - soft.mean()) / soft.std() / 2, 0, 1).astype(np.float32)
    box, mass = mnist_format.bounds(drawn), drawn.sum()
    side = box.longer_side * 28 / 20
    centre = [drawn.sum(axis=axis) @ np.arange(0.5, drawn.shape[1 - axis]) / mass for axis in (1, 0)]
    top, left = np.clip(np.array(centre) - side / 2, (box.bottom - side, box.right - side), (box.top, box.left))
    room = 400
    place = (left + room, top + room, left + room + side, top + room + side)
    padded = Image.fromarray(np.pad(drawn, room))
    expected = np.clip(padded.resize((28, 28), Image.Resampling.BICUBIC, box=place), 0, 1)
    np.testing.assert_allclose(mnist_format.into_frame(drawn), expected, atol=1e-4)
