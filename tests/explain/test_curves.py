import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.explain import DISTORTIONS, curves, distort
from digitlab.explain.curves import Curve, Flip
from tests import drawings

FOUR = ink.read(drawings.canvas(4)).pixels


@pytest.fixture(scope="module")
def found():
    return curves.measure(serving.load("dnn"), FOUR)


def test_curves_are_what_the_model_says(found):
    assert list(found) == list(DISTORTIONS)
    model = serving.load("dnn")
    for name, curve in found.items():
        assert curve.digit == 4
        said = model.answer(distort(FOUR, {name: curve.values})).probabilities
        np.testing.assert_allclose(curve.probabilities, said, atol=1e-5)


def test_a_flip_is_the_first_step_with_another_answer(found):
    model = serving.load("dnn")
    flips = [(curve.distortion, flip) for curve in found.values() for flip in curve.flips]
    assert len(flips) >= 3  # a four does not stay a four upside down, in noise and blurred
    for one, flip in flips:
        inwards = flip.value - np.copysign(one.step, flip.value - one.neutral)
        before, after = (
            model.answer(distort(FOUR, {one.name: value})).probabilities[0].argmax() for value in (inwards, flip.value)
        )
        assert (before, after) == (flip.before, flip.after)


def test_the_nearest_flips_are_one_on_either_side():
    rotation = DISTORTIONS["rotation"]
    values = rotation.values(2)
    four = np.eye(10, dtype=np.float32)[[5, 4, 4, 4, 9]]
    flips = (Flip(-80, 5, 7), Flip(-66, 4, 5), Flip(51, 4, 9), Flip(82, 9, 8))
    assert Curve(rotation, values, four, flips).nearest_flips() == [*flips[1:3]]
    assert Curve(rotation, values, four, flips[2:]).nearest_flips() == [flips[2]]
    assert Curve(rotation, values, four, ()).nearest_flips() == []
