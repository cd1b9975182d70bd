"""Which strokes belong together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import ink, several
from digitlab.several import Box
from tests import drawings

SIDE = 280


def groups(*strokes, brush=16):
    canvas = drawings.rasterise([np.array(stroke, float) for stroke in strokes], SIDE, brush)
    return several.groups(1 - canvas[..., 0].astype(np.float32) / 255)


def row(*digits, size=70, brush=12):
    """Digits side by side on a canvas."""
    strokes = [stroke for at, digit in enumerate(digits) for stroke in drawings.strokes(digit, 15 + 88 * at, 100, size)]
    return drawings.rasterise(strokes, SIDE, brush)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_separate_digits_are_told_apart_from_left_to_right(digits):
    drawing = ink.read(row(*digits))
    assert len(drawing.parts) == len(digits)
    lefts = [part.box.left for part in drawing.parts]
    assert lefts == sorted(lefts)
    for at, (digit, part) in enumerate(zip(digits, drawing.parts, strict=True)):
        alone = ink.read(drawings.rasterise(drawings.strokes(digit, 15 + 88 * at, 100, 70), SIDE, 12))
        np.testing.assert_allclose(part.pixels, alone.pixels, atol=1e-6)
        assert part.box == alone.box


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 9), st.floats(60, 220), st.integers(6, 40))
def test_a_digit_is_one(digit, size, brush):
    assert ink.read(drawings.canvas(digit, left=35, top=30, size=size, brush=brush)).parts == ()


def test_a_bar_that_does_not_touch_belongs_to_its_five():
    (five,) = groups([[120, 110], [115, 160], [160, 170], [150, 220], [110, 225]], [[150, 85], [200, 85]])
    assert five.box.top < 80
    assert five.box.right > 200


def test_two_strokes_of_an_open_four_are_one_digit():
    assert len(groups([[80, 60], [70, 150], [190, 150]], [[150, 60], [150, 118]])) == 1


def test_two_ones_are_two():
    assert len(groups([[100, 60], [100, 200]], [[150, 62], [150, 205]])) == 2


def test_a_slip_of_the_pen_is_nothing():
    assert len(groups([[60, 60], [60, 220], [200, 220]], [[240, 40], [241, 40]], brush=6)) == 1


def test_lines_are_read_from_the_top():
    boxes = [group.box for group in groups(
        [[40, 170], [40, 250]], [[100, 40], [100, 120]], [[160, 160], [160, 240]], [[200, 30], [200, 115]],
    )]  # fmt: skip
    assert [(box.left > 80, box.top < 100) for box in boxes[:2]] == [(True, True), (True, True)]
    assert boxes[0].left < boxes[1].left
    assert boxes[2].left < boxes[3].left


def test_neighbours_leave_no_ink_in_each_others_box():
    left, right = groups([[60, 60], [60, 220], [130, 220]], [[120, 60], [200, 60], [200, 180]])
    assert left.box.right > right.box.left
    for group in (left, right):
        assert group.ink.shape == (group.box.height, group.box.width)
    assert left.ink[:20, -5:].max() == 0
    assert right.ink[-5:, :5].max() == 0


def test_nothing_holds_no_digits():
    assert several.groups(np.zeros((50, 50), np.float32)) == []


def test_boxes_are_in_the_pixels_of_the_drawing():
    small = ink.read(row(4, 2))
    large = ink.read(np.kron(row(4, 2), np.ones((4, 4, 1), np.uint8)))
    assert large.size == (4 * SIDE, 4 * SIDE)
    for one, other in zip(small.parts, large.parts, strict=True):
        assert np.abs(np.array(one.box) * 4 - np.array(other.box)).max() <= 8


@pytest.mark.parametrize("factor", [1, 2.5])
def test_boxes(factor):
    box = Box(2, 4, 10, 20)
    assert (box.right, box.bottom) == (12, 24)
    assert box.around(Box(0, 10, 4, 4)) == Box(0, 4, 12, 20)
    assert box.scaled(factor) == Box(*(round(value * factor) for value in box))
