import dataclasses
import re

import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.explain import attribution, sentence
from tests import drawings
from tests.explain.models import Rule, seven


def reason(model, pixels):
    digit = int(model.answer(pixels[None]).probabilities[0].argmax())
    return sentence.reason(model, pixels, attribution.maps(model, pixels)[digit])


def test_the_bar_at_the_top_is_why_it_says_seven():
    found = reason(Rule(), seven())
    assert sentence.tell([found]) == "The RULE puts 0.99 on 7 because of the bar at the top; without it, it says 1."


def test_silent_where_the_model_sees_no_digit():
    assert reason(Rule(score=-1.0), seven()) is None
    assert sentence.tell([]) is None


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
    whole, without = model.answer(np.stack([pixels, np.where(found.part, 0, pixels)])).probabilities
    assert found.digit == whole.argmax()
    assert found.confidence == pytest.approx(whole.max(), abs=1e-5)
    assert found.digit_without == without.argmax()
    assert found.confidence_without == pytest.approx(without[found.digit], abs=1e-5)
    assert found.flips or found.confidence - found.confidence_without >= sentence.CLEAR
    assert re.fullmatch(
        r"the (bar|upright stroke|slanted stroke|ink) (in the middle|(at|on) the (top|bottom|left|right|top left|top "
        r"right|bottom left|bottom right))",
        found.words,
    )


def test_most_clear_digits_have_a_reason():
    found = [reason(serving.load("cnn"), ink.read(drawings.canvas(digit)).pixels) for digit in range(10)]
    assert sum(one is not None for one in found) >= 6


def test_two_models_with_one_reason_share_a_sentence():
    one = dataclasses.replace(reason(Rule(), seven()), name="dnn", confidence=0.62)
    other = dataclasses.replace(one, name="cnn", confidence=0.9)
    both = "because of the bar at the top; without it, both say 1."
    assert sentence.tell([one, dataclasses.replace(one, name="cnn")]) == f"Both put 0.62 on 7 {both}"
    assert sentence.tell([one, other]) == f"Both put at least 0.62 on 7 {both}"
    elsewhere = dataclasses.replace(other, words="the ink on the left", digit_without=7, confidence_without=0.3)
    assert sentence.tell([one, elsewhere]) == (
        "The DNN puts 0.62 on 7 because of the bar at the top; without it, it says 1. "
        "The CNN puts 0.90 on 7 because of the ink on the left; without it, only 0.30 is left."
    )
