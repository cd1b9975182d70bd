import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.explain import attribution, reasons
from digitlab.explain.reasons import Part
from tests import drawings
from tests.explain.models import Rule, seven


def reason(model, pixels):
    digit = int(model.answer(pixels[None]).probabilities[0].argmax())
    return reasons.find(model, pixels, attribution.maps(model, pixels)[digit])


def test_the_bar_at_the_top_is_why_it_says_seven():
    found = reason(Rule(), seven())
    assert (found.digit, found.part, found.digit_without) == (7, Part("bar", "top", None), 1)
    assert found.confidence == pytest.approx(0.99, abs=0.005)


def test_silent_where_the_model_sees_no_digit():
    assert reason(Rule(score=-1.0), seven()) is None


def test_silent_where_no_part_matters():
    model = Rule()
    ask = model.answer
    model.answer = lambda images: ask(np.broadcast_to(seven(), images.shape))  # whatever is taken away
    assert reason(model, seven()) is None


@pytest.mark.parametrize("name", ["dnn", "cnn"])
@pytest.mark.parametrize("digit", range(10))
def test_what_it_says_is_what_the_model_does(name, digit):
    model, pixels = serving.load(name), ink.read(drawings.canvas(digit)).pixels
    found = reason(model, pixels)
    if found is None:
        return
    whole, without = model.answer(np.stack([pixels, np.where(found.pixels, 0, pixels)])).probabilities
    assert found.digit == whole.argmax()
    assert found.confidence == pytest.approx(whole.max(), abs=1e-5)
    assert found.digit_without == without.argmax()
    assert found.confidence_without == pytest.approx(without[found.digit], abs=1e-5)
    assert found.flips or found.confidence - found.confidence_without >= reasons.CLEAR
    assert found.part.shape in {"bar", "upright", "slanted", "ink"}
    assert found.part.row in {"top", None, "bottom"}
    assert found.part.column in {"left", None, "right"}


def test_most_clear_digits_have_a_reason():
    found = [reason(serving.load("cnn"), ink.read(drawings.canvas(digit)).pixels) for digit in range(10)]
    assert sum(one is not None for one in found) >= 6
