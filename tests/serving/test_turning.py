"""Pictures that lie on their side or stand on their head: which turn is offered, and when none is."""

import numpy as np
import pytest

from digitlab import ink, serving
from tests import drawings


@pytest.fixture(scope="module")
def models():
    return [serving.load("dnn"), serving.load("cnn")]


def offered(canvas, models):
    drawing = ink.read(canvas)
    return serving.turn_that_helps(drawing, serving.read(drawing, models), models)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_turn_that_makes_a_doubted_digit_believed(models, turn):
    lying = np.ascontiguousarray(np.rot90(drawings.canvas(4), turn // 90))  # against the clock
    assert offered(lying, models) == (turn, 4)


@pytest.mark.parametrize("digit", range(10))
def test_a_believed_digit_is_not_to_be_turned(models, digit):
    assert offered(drawings.canvas(digit), models) is None


def test_several_believed_digits_are_not_to_be_turned(models):
    assert offered(drawings.row(4, 2), models) is None


def test_what_is_no_digit_either_way_is_not_to_be_turned(models):
    points = np.random.default_rng(3).random((24, 2)) * 160 + 60
    assert offered(drawings.rasterise([points], drawings.CANVAS_PX, 20), models) is None
