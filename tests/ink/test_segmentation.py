"""Which strokes belong together."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import strokes
from digitlab import ink
from digitlab.ink import Box, segmentation
from digitlab.pixels import to_shares
from tests import drawings

SIDE = drawings.CANVAS_PX


def segments(*strokes, brush=16):
    canvas = drawings.rasterise([np.array(stroke, float) for stroke in strokes], SIDE, brush)
    return segmentation.segments(1 - to_shares(canvas[..., 0]))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_separate_digits_are_told_apart_from_left_to_right(digits):
    drawing = ink.read(drawings.row(*digits))
    assert len(drawing.segments) == len(digits)
    lefts = [segment.box.left for segment in drawing.segments]
    assert lefts == sorted(lefts)
    for at, (digit, segment) in enumerate(zip(digits, drawing.segments, strict=True)):
        alone = ink.read(drawings.rasterise(drawings.strokes(digit, 15 + 88 * at, 100, 70), SIDE, 12))
        np.testing.assert_allclose(segment.pixels, alone.pixels, atol=1e-6)
        assert segment.box == alone.box


@settings(max_examples=30)
@given(st.integers(0, 9), st.floats(60, 220), st.integers(6, 40))
def test_a_digit_is_one(digit, size, brush):
    assert ink.read(drawings.canvas(digit, left=35, top=30, size=size, brush=brush)).segments == ()


def test_a_bar_that_does_not_touch_belongs_to_its_five():
    (five,) = segments([[120, 110], [115, 160], [160, 170], [150, 220], [110, 225]], [[150, 85], [200, 85]])
    assert five.box.top < 80
    assert five.box.right > 200


def test_two_strokes_of_an_open_four_are_one_digit():
    assert len(segments([[80, 60], [70, 150], [190, 150]], [[150, 60], [150, 118]])) == 1


def test_two_ones_are_two():
    assert len(segments([[100, 60], [100, 200]], [[150, 62], [150, 205]])) == 2


def test_a_slip_of_the_pen_is_nothing():
    assert len(segments([[60, 60], [60, 220], [200, 220]], [[240, 40], [241, 40]], brush=6)) == 1


def test_lines_are_read_from_the_top():
    boxes = [group.box for group in segments(
        [[40, 170], [40, 250]], [[100, 40], [100, 120]], [[160, 160], [160, 240]], [[200, 30], [200, 115]],
    )]  # fmt: skip
    assert [(box.left > 80, box.top < 100) for box in boxes[:2]] == [(True, True), (True, True)]
    assert boxes[0].left < boxes[1].left
    assert boxes[2].left < boxes[3].left


def test_neighbours_leave_no_ink_in_each_others_box():
    left, right = segments([[60, 60], [60, 220], [130, 220]], [[120, 60], [200, 60], [200, 180]])
    assert left.box.right > right.box.left
    for group in (left, right):
        assert group.ink.shape == (group.place.height, group.place.width)
    assert left.ink[:20, -5:].max() == 0
    assert right.ink[-5:, :5].max() == 0


def test_nothing_holds_no_digits():
    assert segmentation.segments(np.zeros((50, 50), np.float32)) == []


def test_boxes_are_in_the_pixels_of_the_drawing():
    small = ink.read(drawings.row(4, 2))
    large = ink.read(np.kron(drawings.row(4, 2), np.ones((4, 4, 1), np.uint8)))
    assert large.size == (4 * SIDE, 4 * SIDE)
    for one, other in zip(small.segments, large.segments, strict=True):
        assert np.abs(np.array(one.box) * 4 - np.array(other.box)).max() <= 8


def test_boxes_are_in_the_pixels_of_a_jpeg_that_was_decoded_smaller():
    jpeg = drawings.png(np.kron(drawings.row(4, 2)[..., :3], np.ones((9, 9, 1), np.uint8)), "JPEG")
    large, small = ink.read(jpeg), ink.read(drawings.row(4, 2))
    assert large.size == (9 * SIDE, 9 * SIDE)
    for one, other in zip(small.segments, large.segments, strict=True):
        assert np.abs(np.array(one.box) * 9 - np.array(other.box)).max() <= 27


def test_boxes():
    box = Box(2, 4, 10, 20)
    assert (box.right, box.bottom) == (12, 24)
    assert box.around(Box(0, 10, 4, 4)) == Box(0, 4, 12, 20)
    assert box.scaled((20, 40), (50, 100)) == Box(5, 10, 25, 50)
    assert Box(5, 0, 3, 1).scaled((8, 1), (160, 7)) == Box(100, 0, 60, 7)


@pytest.mark.parametrize("rise", [-24, -12, 12, 24])
def test_a_line_may_rise_or_fall(rise):
    strokes = [stroke for at in range(4) for stroke in drawings.strokes(at, 12 + 66 * at, 110 - rise * at, 50)]
    lefts = [segment.box.left for segment in ink.read(drawings.rasterise(strokes, SIDE, 10)).segments]
    assert len(lefts) == 4
    assert lefts == sorted(lefts)


def test_a_small_digit_far_from_a_large_one_is_a_digit():
    one, nought = drawings.strokes(1, 10, 40, 190), drawings.strokes(0, 200, 150, 60)
    assert len(ink.read(drawings.rasterise([*one, *nought], SIDE, 12)).segments) == 2


def test_a_picture_full_of_dots_is_answered_at_once():
    dots = np.zeros((512, 512), np.float32)
    dots[::4, ::4] = dots[1::4, ::4] = dots[::4, 1::4] = dots[1::4, 1::4] = 1
    began = time.thread_time()  # not the time that others take of a busy machine
    assert len(segmentation.segments(dots)) == 1
    assert time.thread_time() - began < 2


@pytest.mark.parametrize("brush", [5, 20, 40])
def test_a_slip_of_the_pen_changes_nothing(brush):
    digit, slip = drawings.strokes(3, 130, 50, size=120), np.array([[25.0, 255.0]])
    clean, dot = drawings.rasterise(digit, SIDE, 20), drawings.rasterise([slip], SIDE, brush)
    slipped = ink.read(np.minimum(clean, dot))
    np.testing.assert_array_equal(slipped.pixels, ink.read(clean).pixels)
    assert slipped.box == ink.read(clean).box
    assert slipped.segments == ()


def test_a_slip_of_the_pen_changes_nothing_beside_several_digits():
    clean, dot = drawings.row(4, 2), drawings.rasterise([np.array([[140.0, 260.0]])], SIDE, 12)
    slipped = ink.read(np.minimum(clean, dot))
    np.testing.assert_array_equal(slipped.pixels, ink.read(clean).pixels)
    assert [segment.box for segment in slipped.segments] == [segment.box for segment in ink.read(clean).segments]


def test_a_digit_whose_loop_is_filled_is_no_slip_of_the_pen():
    one, nought = drawings.strokes(1, 10, 100, 100), np.array([[180.0, 160.0]])
    ten = np.minimum(drawings.rasterise(one, SIDE, 20), drawings.rasterise([nought], SIDE, 80))
    assert ink.read(ten).box.right == 220


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 1000))
def test_benchmarks_draw_three_digits_apart(digits, seed):
    shapes = [drawings.strokes(digit) for digit in digits]
    row = strokes.side_by_side(shapes, SIDE, 12, np.random.default_rng(seed))
    points = np.concatenate(row)
    assert points.min() >= 6
    assert points.max() <= SIDE - 6
    assert len(ink.read(drawings.rasterise(row, SIDE, 12)).segments) == 3


@pytest.mark.parametrize("slip", [[[20.0, 258.0]], [[18.0, 250.0], [38.0, 262.0]], [[20.0, 15.0], [25.0, 38.0]]])
@pytest.mark.parametrize("brush", [3, 12])
def test_a_short_slip_of_the_pen_is_left_out(slip, brush):
    digit = drawings.strokes(3, 110, 60, size=140)
    lines = [*digit, np.array(slip)]
    clean = ink.read(strokes.OnCanvas(digit, SIDE, brush).strokes)
    slipped = ink.read(strokes.OnCanvas(lines, SIDE, brush).strokes)
    np.testing.assert_array_equal(slipped.pixels, clean.pixels)
    assert slipped.segments == ()
    from_pixels = ink.read(strokes.OnCanvas(lines, SIDE, brush).pixels)
    np.testing.assert_array_equal(from_pixels.pixels, ink.read(strokes.OnCanvas(digit, SIDE, brush).pixels).pixels)
