import numpy as np
import pytest

from digitlab import serving
from digitlab.data import mnist
from digitlab.explain import attribution
from tests.explain.models import Rule, seven


def test_the_map_points_at_what_the_model_goes_by():
    maps = attribution.maps(Rule(), seven())
    assert maps.shape == (10, 28, 28)
    assert maps.dtype == np.float32
    assert maps[7][5, 11:17].min() > 1
    assert np.abs(maps[7][12:]).max() == 0  # the stem below means nothing to this model
    assert maps[1][5, 11:17].max() < -1  # and the bar is why it does not say 1
    assert (maps[:, :, :2] == 0).all()


def test_values_are_what_erasing_a_patch_does():
    model, pixels = Rule(), seven()
    whole = attribution.log_odds(model.answer(pixels[None]).probabilities)[0, 7]
    falls = []
    for top, left in ((2, 8), (4, 8), (2, 10), (4, 10)):  # the patches that hold row 5, column 11
        erased = pixels.copy()
        erased[top : top + 4, left : left + 4] = 0
        falls.append(whole - attribution.log_odds(model.answer(erased[None]).probabilities)[0, 7])
    assert attribution.maps(model, pixels)[7][5, 11] == pytest.approx(max(falls), rel=1e-5)


def test_no_ink_is_no_map():
    assert not attribution.maps(Rule(), np.zeros((28, 28), np.float32)).any()


def test_log_odds_are_exact_close_to_certainty():
    probabilities = np.array([[1 - 1e-12, 1e-12, *[0.0] * 8]])
    assert attribution.log_odds(probabilities)[0, :2] == pytest.approx([27.63, -27.63], abs=0.01)
    assert np.isfinite(attribution.log_odds(np.eye(10)[:1])).all()


@pytest.mark.parametrize("name", ["dnn", "cnn"])
def test_removing_what_it_points_at_costs_confidence(name):
    """A small deletion test; `python -m benchmarks.explain` does it on 500 digits."""
    model, images = serving.load(name), mnist.packaged().scaled()[::250]
    chance = np.random.default_rng(0)
    probabilities = model.answer(images).probabilities
    digits, rows = probabilities.argmax(axis=1), np.arange(len(images))
    pointed, random = images.copy(), images.copy()
    for at, (pixels, digit) in enumerate(zip(images, digits, strict=True)):
        ink = np.flatnonzero(pixels)
        count = round(len(ink) / 10)
        order = attribution.maps(model, pixels)[digit].ravel()[ink].argsort()[::-1]
        pointed[at].ravel()[ink[order[:count]]] = 0
        random[at].ravel()[chance.choice(ink, count, replace=False)] = 0
    falls = [
        (probabilities[rows, digits] - model.answer(some).probabilities[rows, digits]).mean()
        for some in (pointed, random)
    ]
    assert falls[0] > 3 * max(falls[1], 0.01)
