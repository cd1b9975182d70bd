import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import ink
from digitlab.explain import DISTORTIONS, distort
from digitlab.explain.distortions import noise_fields
from tests import drawings

SEVEN = ink.read(drawings.canvas(7)).pixels


def middle(image: np.ndarray) -> np.ndarray:
    """Row and column of the centre of mass."""
    rows, columns = np.mgrid[:28, :28]
    return np.array([(image * rows).sum(), (image * columns).sum()]) / image.sum()


@pytest.mark.parametrize("name", DISTORTIONS)
def test_neutral_changes_nothing_and_the_ends_do(name):
    one = DISTORTIONS[name]
    np.testing.assert_array_equal(distort(SEVEN, {name: one.neutral})[0], SEVEN)
    for end in {one.least, one.most} - {one.neutral}:
        assert np.abs(distort(SEVEN, {name: end})[0] - SEVEN).max() > 0.5


@pytest.mark.parametrize("name", DISTORTIONS)
def test_values_span_the_range_in_whole_steps(name):
    one = DISTORTIONS[name]
    values = one.values(6)
    assert one.neutral in values
    assert (values[0], values[-1]) == pytest.approx((one.least, one.most))
    assert (np.diff(values) > 0).all()
    steps = (values - one.neutral) / one.step
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)


def test_a_shift_is_to_the_right_by_so_many_pixels():
    shifted = distort(SEVEN, {"shift": np.array([3, -2.5])})
    np.testing.assert_allclose(shifted[0][:, 3:], SEVEN[:, :-3], atol=1e-6)
    np.testing.assert_allclose(middle(shifted[1]) - middle(SEVEN), [0, -2.5], atol=0.02)


def test_a_quarter_turn_is_numpys():
    np.testing.assert_allclose(distort(SEVEN, {"rotation": 90})[0], np.rot90(SEVEN, -1), atol=1e-5)


def test_size_is_the_digits_extent():
    high = np.ptp(np.flatnonzero((SEVEN > 0.5).any(axis=1)))
    small = np.ptp(np.flatnonzero((distort(SEVEN, {"size": 50})[0] > 0.5).any(axis=1)))
    assert abs(small - high / 2) <= 1


def test_slant_leans_to_the_right():
    upright = np.zeros((28, 28), np.float32)
    upright[4:24, 13:15] = 1
    leaning = distort(upright, {"slant": 45})[0]
    top, bottom = (np.average(np.arange(28), weights=leaning[row]) for row in (6, 21))
    assert top - bottom == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize(("change", "width"), [(0, 4), (2, 6), (4, 8), (-1, 3), (-1.5, 2.5)])
def test_stroke_width_changes_by_so_many_pixels(change, width):
    bar = np.zeros((28, 28), np.float32)
    bar[:, 12:16] = 1
    assert distort(bar, {"stroke width": change})[0][14].sum() == pytest.approx(width, abs=0.05)


def test_blur_keeps_the_ink_and_spreads_it():
    blurred = distort(SEVEN, {"blur": 1})[0]
    assert blurred.sum() == pytest.approx(SEVEN.sum(), rel=0.01)
    np.testing.assert_allclose(middle(blurred), middle(SEVEN), atol=0.05)
    assert blurred.max() < SEVEN.max()


def test_noise_is_always_the_same_and_has_its_spread():
    grey = np.full((28, 28), 0.5, np.float32)
    noisy = distort(grey, {"noise": 0.1})[0]
    np.testing.assert_array_equal(noisy, distort(grey, {"noise": 0.1})[0])
    assert noisy.std() == pytest.approx(0.1, abs=0.01)
    np.testing.assert_array_equal(noise_fields(3), noise_fields(5)[:3])


def test_a_batch_is_each_by_itself():
    ways = {"rotation": np.array([-40, 0, 25]), "stroke width": np.array([0, 1, -1]), "blur": np.array([0, 0, 2.0])}
    together = distort(SEVEN, ways)
    for at in range(3):
        alone = distort(SEVEN, {name: float(values[at]) for name, values in ways.items()})[0]
        np.testing.assert_allclose(together[at], alone, atol=1e-6)


@settings(max_examples=40)
@given(st.data())
def test_any_combination_stays_a_picture(data):
    chosen = {name: data.draw(st.floats(one.least, one.most), name) for name, one in DISTORTIONS.items()}
    image = distort(SEVEN, chosen)
    assert image.shape == (1, 28, 28)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1


def test_an_unknown_distortion_is_refused():
    with pytest.raises(KeyError, match="twist"):
        distort(SEVEN, {"twist": 1})


def test_contrast_and_background_change_every_pixel_alike():
    np.testing.assert_allclose(distort(SEVEN, {"contrast": 25})[0], SEVEN / 4, atol=1e-6)
    grey = distort(SEVEN, {"background": 60})[0]
    np.testing.assert_allclose(grey, 0.6 + 0.4 * SEVEN, atol=1e-6)


def test_a_missing_patch_is_a_square_in_the_middle():
    full = np.ones((28, 28), np.float32)
    assert (1 - distort(full, {"missing patch": 6})[0]).sum() == pytest.approx(36)
    assert (1 - distort(full, {"missing patch": 7})[0]).sum() == pytest.approx(49)
    assert distort(full, {"missing patch": 14})[0][14, 14] == 0


def test_every_line_that_is_added_adds_ink_and_leaves_the_earlier_ones():
    blank = np.zeros((28, 28), np.float32)
    drawn = distort(blank, {"lines": np.arange(7)})
    assert (np.diff(drawn.sum(axis=(1, 2))) > 10).all()
    assert (np.diff(drawn, axis=0) >= 0).all()
    half = distort(blank, {"lines": 0.5})[0]
    np.testing.assert_allclose(half, drawn[1] / 2, atol=1e-6)
