import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from digitlab import ink, serving
from digitlab.errors import NothingDrawn, OnlyADot, UnreadablePicture
from tests import drawings

digits = st.integers(0, 9)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


def resized(canvas: np.ndarray) -> np.ndarray:
    """The whole canvas, black on white, as white on black in 28 x 28 px."""
    return 1 - np.asarray(Image.fromarray(canvas).convert("L").resize((28, 28), Image.Resampling.BILINEAR)) / 255


@pytest.mark.parametrize("digit", range(10))
def test_pixels_have_mnists_format(digit):
    pixels = ink.read(drawings.canvas(digit)).pixels
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.float32
    assert pixels.min() == 0.0
    assert 0.95 < pixels.max() <= 1.0
    rows, columns = np.nonzero(pixels >= 0.5)
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21


@pytest.mark.parametrize("digit", [0, 2, 3, 5, 8])
def test_centre_of_mass_is_in_the_middle(digit):
    pixels = ink.read(drawings.canvas(digit, left=20, top=100)).pixels
    rows, columns = np.mgrid[:28, :28] + 0.5
    assert (pixels * rows).sum() / pixels.sum() == pytest.approx(14, abs=0.15)
    assert (pixels * columns).sum() / pixels.sum() == pytest.approx(14, abs=0.15)


def test_lopsided_digit_stays_inside_the_frame():
    canvas = np.full((280, 280, 4), 255, np.uint8)
    canvas[20:80, 20:260, :3] = 0  # a heavy bar on top of a thin leg: the mass is far from the middle
    canvas[80:260, 20:34, :3] = 0
    pixels = ink.read(canvas).pixels
    rows, columns = np.nonzero(pixels >= 0.3)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 in (20, 21)  # not shifted by whole pixels, so it may straddle two
    assert rows.max() == 27  # nothing is cut off, though the mass stands above the middle


@settings(max_examples=40)
@given(digit=digits, left=st.floats(12, 90), top=st.floats(12, 90))
def test_moving_a_drawing_changes_nearly_nothing(digit, left, top):
    still, moved = drawings.canvas(digit), drawings.canvas(digit, left=left, top=top)
    assert difference(ink.read(still).pixels, ink.read(moved).pixels) < 0.01


@settings(max_examples=40)
@given(digit=digits, size=st.floats(90, 240))
def test_scaling_a_drawing_changes_little(digit, size):
    still, scaled = drawings.canvas(digit), drawings.canvas(digit, left=18, top=18, size=size)
    assert difference(ink.read(still).pixels, ink.read(scaled).pixels) < 0.02
    # The bound means something: resizing the whole canvas, as demos do, is far outside it.
    if size < 130:
        assert difference(resized(still), resized(scaled)) > 0.03


@settings(max_examples=40)
@given(digit=digits, brush=st.floats(8, 30))
def test_another_brush_changes_little(digit, brush):
    fine, other = drawings.canvas(digit), drawings.canvas(digit, brush=brush)
    assert difference(ink.read(fine).pixels, ink.read(other).pixels) < 0.025


@settings(max_examples=25)
@given(digit=digits, scale=st.integers(2, 5))
def test_resolution_of_the_canvas_changes_little(digit, scale):
    canvas = drawings.canvas(digit)
    enlarged = canvas.repeat(scale, axis=0).repeat(scale, axis=1)
    assert difference(ink.read(canvas).pixels, ink.read(enlarged).pixels) < 0.015


@settings(max_examples=60)
@given(data=st.data())
def test_any_small_canvas_is_read_or_refused_in_words(data):
    height, width = data.draw(st.integers(1, 24)), data.draw(st.integers(1, 24))
    seed = data.draw(st.integers(0, 2**32 - 1))
    canvas = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    try:
        pixels = ink.read(canvas).pixels
    except (NothingDrawn, OnlyADot):
        return
    assert pixels.shape == (28, 28)
    assert np.isfinite(pixels).all()
    assert 0 <= pixels.min() <= pixels.max() <= 1


def test_every_stage_is_kept():
    result = ink.read(drawings.canvas(4))
    names = [step.name for step in result.steps]
    assert names == [
        "Drawing",
        "Ink found",
        "Cropped to the ink",
        "Stroke width of MNIST",
        "Scaled to 20 px",
        "Centred by mass",
    ]
    assert result.steps[0].image.shape == (280, 280, 3)
    assert max(result.steps[4].image.shape) == 20
    assert result.steps[-1].image is result.pixels


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_stroke_gets_mnists_proportion(digit):
    for brush in (8, 20, 34):
        stroke = ink.read(drawings.canvas(digit, brush=brush)).steps[3].image
        solid = np.pad(stroke, 2) >= 0.5
        width = 4 * (ndimage.distance_transform_edt(solid)[solid] - 0.5).mean()
        assert width / max(stroke.shape) == pytest.approx(ink.STROKE_SHARE, rel=0.05)


def test_thin_part_of_a_thick_digit_is_kept():
    strokes = drawings.strokes(4)
    thick, thin = drawings.rasterise(strokes[:1], 280, 36), drawings.rasterise(strokes[1:], 280, 8)
    pixels = ink.read(np.minimum(thick, thin)).pixels
    assert np.nonzero(pixels >= 0.3)[0].max() >= 22  # the thin stem still reaches down
    assert serving.load("cnn").answer(pixels[None]).probabilities[0].argmax() == 4


@pytest.mark.parametrize("value", [0, 255, 90])
def test_blank_canvas_is_nothing_drawn(value):
    with pytest.raises(NothingDrawn, match="no ink"):
        ink.read(np.full((280, 280, 4), value, np.uint8))


def test_transparent_canvas_is_nothing_drawn():
    with pytest.raises(NothingDrawn):
        ink.read(np.zeros((280, 280, 4), np.uint8))


@pytest.mark.parametrize("brush", [2, 6, 20, 40])
def test_single_dot_is_refused(brush):
    with pytest.raises(OnlyADot, match="only a dot"):
        ink.read(drawings.rasterise([np.array([[140.0, 140.0]])], 280, brush))


@pytest.mark.parametrize("shape", [(280, 280), (280, 280, 3), (0, 280, 4)])
def test_other_arrays_are_refused(shape):
    with pytest.raises(UnreadablePicture, match="RGBA"):
        ink.read(np.zeros(shape, np.uint8))
