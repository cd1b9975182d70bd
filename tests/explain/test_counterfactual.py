import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.explain import counterfactual
from tests import drawings
from tests.explain.models import Rule, seven


def test_the_fewest_pixels_of_a_known_rule():
    # Each pixel in the corner is worth 4 and there are 11 to beat, so it takes three; of the bar, twenty.
    pixels = seven()
    pixels[21, 2:6] = 1  # ink close to the corner, so that its pixels are within reach
    model = Rule()
    found = counterfactual.find(model, pixels)
    assert (found.before, found.after) == (7, 9)
    assert found.count == 3
    assert not found.removed.any()
    assert found.added[22:26, 2:6].sum() == 3
    assert model.asked < 4000


@pytest.mark.parametrize("name", ["dnn", "cnn"])
def test_the_change_flips_the_answer_and_no_pixel_can_be_left_out(name):
    model, pixels = serving.load(name), ink.read(drawings.canvas(9)).pixels
    found = counterfactual.find(model, pixels)
    assert model.answer(pixels[None]).probabilities[0].argmax() == found.before
    assert model.answer(found.apply(pixels)[None]).probabilities[0].argmax() == found.after != found.before
    assert found.count == np.count_nonzero(found.apply(pixels) != pixels) <= counterfactual.MOST_PIXELS
    for place in np.argwhere(found.removed | found.added):
        without = found.apply(pixels)
        without[tuple(place)] = pixels[tuple(place)]
        assert model.answer(without[None]).probabilities[0].argmax() == found.before


def test_none_where_nothing_small_helps(monkeypatch):
    monkeypatch.setattr(counterfactual, "MOST_PIXELS", 2)
    assert counterfactual.find(Rule(), seven()) is None
