"""Why models answer as they do, in words."""

import dataclasses
import itertools

import numpy as np
import pytest

from digitlab.explain import DISTORTIONS
from digitlab.explain.counterfactual import Counterfactual
from digitlab.explain.curves import Curve, Flip
from digitlab.explain.nearest import Neighbour
from digitlab.explain.reasons import Part, Reason
from digitlab.wording import explanations

BAR = Reason("dnn", 7, 0.62, np.zeros((28, 28), bool), Part("bar", "top", None), 1, 0.1)


def test_a_reason_in_a_sentence():
    assert explanations.reason([]) is None
    sure = dataclasses.replace(BAR, name="rule", confidence=0.999)
    assert explanations.reason([sure]) == (
        "The RULE is over 99% sure of the 7 because of the bar at the top; without it, it says 1."
    )


def test_two_models_with_one_reason_share_a_sentence():
    other = dataclasses.replace(BAR, name="cnn", confidence=0.9)
    both = "because of the bar at the top; without it, both say 1."
    assert explanations.reason([BAR, dataclasses.replace(BAR, name="cnn")]) == f"Both are 62% sure of the 7 {both}"
    assert explanations.reason([BAR, other]) == f"Both are at least 62% sure of the 7 {both}"
    elsewhere = dataclasses.replace(other, part=Part("ink", None, "left"), digit_without=7, confidence_without=0.3)
    assert explanations.reason([BAR, elsewhere]) == (
        "The DNN is 62% sure of the 7 because of the bar at the top; without it, it says 1. "
        "The CNN is 90% sure of the 7 because of the ink on the left; without it, only 30%."
    )


def test_every_part_of_the_ink_has_a_name():
    parts = itertools.product(
        ("bar", "upright", "slanted", "ink"), ("top", None, "bottom"), ("left", None, "right")
    )  # fmt: skip
    names = [explanations.part(Part(*part)) for part in parts]
    assert len(set(names)) == len(names)
    assert explanations.part(Part("upright", "bottom", "right")) == "the upright stroke at the bottom right"
    assert explanations.part(Part("slanted", None, None)) == "the slanted stroke in the middle"


def test_where_an_answer_flips():
    rotation = DISTORTIONS["rotation"]
    values = rotation.values(2)
    four = np.eye(10, dtype=np.float32)[[5, 4, 4, 4, 9]]
    low, high, further = Flip(-66, 4, 5), Flip(51, 4, 9), Flip(82, 9, 8)
    made = Curve(rotation, values, four, (low, high, further))
    assert explanations.curve(made) == "4, at -66° it flips to 5, at 51° it flips to 9"
    assert explanations.curve(dataclasses.replace(made, flips=(high, further))) == "4, at 51° it flips to 9"
    assert explanations.curve(Curve(rotation, values, four[[1] * 5], ())) == "4 from -90° to 90°"


def test_the_fewest_pixels():
    none, some = np.zeros((28, 28), bool), np.zeros((28, 28), bool)
    some[3, 4] = True
    assert explanations.fewest_pixels(None) == "No 30 pixels were found that change its answer."
    found = Counterfactual(4, 9, some, none)
    assert explanations.fewest_pixels(found) == "With 1 pixel changed, it says 9 instead of 4."
    found = Counterfactual(4, 9, some, some.T)
    assert explanations.fewest_pixels(found) == "With 2 pixels changed, it says 9 instead of 4."


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([4] * 3, "the 3 nearest are all labelled 4"),
        ([4] * 5 + [9] * 2 + [7], "among the 8 nearest: 5 labelled 4, 2 labelled 9, 1 labelled 7"),
    ],
)
def test_what_a_drawing_reminds_of(labels, words):
    neighbours = [Neighbour("train", at, label, np.zeros((28, 28), np.uint8)) for at, label in enumerate(labels)]
    assert explanations.reminds(neighbours) == words
