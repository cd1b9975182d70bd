"""Drawings as the strokes of a pen: read from JSON, redrawn, told apart."""

import json
import sys
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from digitlab import ink
from digitlab.errors import NothingDrawn, OnlyADot, UnreadablePicture
from digitlab.ink import Strokes, strokes
from tests import drawings

SIDE = drawings.CANVAS_PX


def on_canvas(lines, brush: float = 20, side: int = SIDE) -> Strokes:
    lines = tuple(ink.smooth(np.array(line, dtype=float)) for line in lines)
    return Strokes(side, side, lines, (brush,) * len(lines))


def as_json(**changes) -> bytes:
    values = {"width": SIDE, "height": SIDE, "brush": 20, "strokes": [[[70, 50], [200, 50]], [[140, 220]]]}
    return json.dumps({**values, **changes}).encode()


def test_json_is_read():
    strokes = ink.parse_strokes(as_json(width=300))
    assert (strokes.width, strokes.height, strokes.brushes) == (300, SIDE, (20, 20))
    assert [line.tolist() for line in strokes.lines] == [[[70, 50], [200, 50]], [[140, 220]]]


def test_every_stroke_may_have_a_brush_of_its_own():
    assert ink.parse_strokes(as_json(brush=[20, 6.5])).brushes == (20, 6.5)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG", "this is not JSON"),
        (b"[]", "this is no object"),
        (b"[" * 100_000, "this is not JSON"),
        (as_json(width=None), "width is missing"),
        (as_json(height="280"), 'height is "280"'),
        (as_json(height=float("nan")), "height is NaN"),
        (as_json(brush=True), "brush is true"),
        (as_json(brush=0), "brush is 0, not 0.1 to"),
        (as_json(brush=[20]), "brush has 1 widths for 2 strokes"),
        (as_json(brush=[20, "6"]), 'brush is "6"'),
        (as_json(width=1e9), "width is 1e"),
        (as_json(strokes=None), "strokes are missing"),
        (as_json(strokes={"a": 1}), "strokes are {"),
        (as_json(strokes=[[[1, 2], [3]]]), "stroke 1 is [[1, 2], [3]], not a list of"),
        (as_json(strokes=[[[1, 2]], []]), "stroke 2 is []"),
        (as_json(strokes=[[[1, "x"]]]), "stroke 1 is"),
        (as_json(strokes=[[["140", "20"], ["140", "9"]]]), 'stroke 1 is [["140", "20"], ["140", "9"]], not a list of'),
        (as_json(strokes=[[[1, 2]], [[140, "20"]]]), 'stroke 2 is [[140, "20"]], not a list of'),
        (as_json(strokes=[[[True, False], [140, 260]]]), "stroke 1 is [[true, false], [140, 260]], not a list of"),
        (as_json(strokes=[[[140, 20], [140.5, True]]]), "stroke 1 is [[140, 20], [140.5, true]], not a list of"),
        (as_json(strokes=[[[1, None]]]), "stroke 1 is [[1, null]], not a list of"),
        (as_json(strokes=[[[1, 1e300]]]), "stroke 1 leaves the canvas"),
        (as_json(strokes=[[[1, 1]] * 15_001]), "more than 15,000 points"),
        (as_json(strokes=[[[1, 1]]] * 201), "more than 200 strokes"),
        (as_json(strokes=[[[9, 9], {"x": 1, "y": 2}]]), 'stroke 1 is [[9, 9], {"x": 1, "y": 2}], not a list of'),
        (as_json(strokes=["ab"]), 'stroke 1 is "ab", not a list of'),
        (as_json(strokes=[["ab"]]), 'stroke 1 is ["ab"], not a list of'),
        (b" " * 700_001, "they take more than 700 kB"),
        # What is small to send must be small to read.
        (as_json(width=10**400), "width is 1000"),
        (as_json(brush=281), "brush is 281, not 0.1 to 280"),
        (as_json(brush=[20, 1e4]), "brush is 10000, not 0.1 to 280"),
        (as_json(strokes=[[[-9999, -9999], [9999, 9999]]] * 100), "the pen goes more than 1,000 times across"),
        (as_json(strokes=[[[70, 50], [200, 50]] * 1001]), "the pen goes more than 1,000 times across"),
        (as_json(strokes=[[[9, 9], [99, 99]]] * 51, brush=[*range(1, 52)]), "more than 50 widths of the brush"),
    ],
)
def test_what_cannot_be_read_says_what_was_found_and_what_was_expected(data, said):
    with pytest.raises(UnreadablePicture) as caught:
        ink.parse_strokes(data)
    assert said in str(caught.value)
    assert str(caught.value).endswith(f"Expected {strokes.EXPECTED}.")


@pytest.mark.parametrize("depth", [2, 60, 900, 980, 1000, 10_000])
@pytest.mark.parametrize("field", ["strokes", "stroke", "width", "brush", "one brush"])
def test_nesting_is_told_in_words_however_deep(depth, field):
    nested: list = []
    for _ in range(depth):
        nested = [nested]
    name, value = {"stroke": ("strokes", [nested]), "one brush": ("brush", [nested, 20])}.get(field, (field, nested))
    with pytest.raises(UnreadablePicture) as caught:
        ink.strokes_from_json({**json.loads(as_json()), name: value})
    assert len(str(caught.value)) < 250


def test_nesting_in_json_is_told_in_words_however_deep():
    limit = sys.getrecursionlimit()
    for depth in (100, *range(limit - 150, limit + 1), 100_000):
        with pytest.raises(UnreadablePicture):
            ink.parse_strokes(as_json(strokes=["?"]).replace(b'"?"', b"[" * depth + b"]" * depth))


def test_a_pen_may_take_its_time():
    turns = np.linspace(0, 60, 10_000)
    whirl = np.stack([140 + 90 * np.cos(turns), 140 + 90 * np.sin(turns)], axis=1)
    drawing = ink.read(ink.parse_strokes(as_json(strokes=[whirl.tolist()])))
    once = ink.read(on_canvas([whirl[:1100]]))
    assert np.abs(drawing.pixels - once.pixels).mean() < 0.02


def test_nothing_drawn_and_a_dot_are_told_apart():
    with pytest.raises(NothingDrawn):
        ink.read(on_canvas([]))
    with pytest.raises(NothingDrawn):
        ink.read(on_canvas([[[-100, -100], [-200, -200]]]))  # beyond the edge
    for dot in ([[140, 140]], [[140, 140], [144, 146]]):
        with pytest.raises(OnlyADot):
            ink.read(on_canvas([dot]))


@pytest.mark.parametrize("digit", range(10))
def test_a_large_drawing_is_read_as_its_pixels_are(digit):
    from_strokes = ink.read(on_canvas(drawings.strokes(digit)))
    from_pixels = ink.read(drawings.canvas(digit))
    assert np.abs(from_strokes.pixels - from_pixels.pixels).mean() < 0.03
    assert np.allclose(from_strokes.box, from_pixels.box, atol=2)
    assert from_strokes.size == (SIDE, SIDE)


@pytest.mark.parametrize("digit", [0, 4, 6, 8, 9])
@pytest.mark.parametrize("brush", [6, 20, 40])
def test_size_and_brush_change_nothing(digit, brush):
    large = ink.read(on_canvas(drawings.strokes(digit), 20)).pixels
    small = ink.read(on_canvas(drawings.strokes(digit, 120, 120, size=45), brush)).pixels
    assert np.abs(large - small).mean() < 0.02


@settings(max_examples=30)
@given(st.floats(10, 100), st.floats(10, 100), st.integers(0, 9))
def test_place_changes_nothing(left, top, digit):
    here = ink.read(on_canvas(drawings.strokes(digit, left, top))).pixels
    there = ink.read(on_canvas(drawings.strokes(digit, 70, 50))).pixels
    assert np.abs(here - there).max() < 0.15


def test_a_large_canvas_is_read_like_a_small_one():
    small = on_canvas(drawings.strokes(5))
    large = Strokes(9800, 9800, tuple(line * 35 for line in small.lines), (700.0,) * len(small.lines))
    assert np.abs(ink.read(small).pixels - ink.read(large).pixels).mean() < 0.01
    assert ink.read(large).box.width == pytest.approx(35 * ink.read(small).box.width, rel=0.05)


def test_several_digits_are_redrawn_one_by_one():
    row = [line for at, digit in enumerate((8, 4, 0)) for line in drawings.strokes(digit, 20 + 90 * at, 110, 45)]
    drawing = ink.read(on_canvas(row, 16))
    assert len(drawing.segments) == 3
    for digit, segment in zip((8, 4, 0), drawing.segments, strict=True):
        alone = ink.read(on_canvas(drawings.strokes(digit, 100, 100, 45), 16))
        assert np.abs(segment.pixels - alone.pixels).mean() < 0.02


@pytest.mark.parametrize("brush", [3, 20, 40])
@pytest.mark.parametrize("tap", [[[5, 270]], [[5, 270], [6, 271]]])
def test_a_slip_of_the_pen_is_left_out(brush, tap):
    clean = on_canvas(drawings.strokes(3, 130, 50, size=120))
    slip = with_stroke(clean, tap, brush)
    assert_read_alike(slip, clean)
    assert_read_alike(slip.only([1, 0]), clean)  # before the digit as after it


def test_a_slip_of_the_pen_is_left_out_beside_several_digits():
    clean = on_canvas([*drawings.strokes(4, 20, 20, size=90), *drawings.strokes(2, 160, 20, size=90)], 16)
    assert_read_alike(with_stroke(clean, [[140, 260]], 16), clean)


@pytest.mark.parametrize("serif", [[[128, 50]], [[128, 50], [133, 50]], [[150, 50]]])
def test_a_short_stroke_close_to_the_rest_is_part_of_the_digit(serif):
    digit = on_canvas([[[100, 50], [95, 110], [160, 130], [150, 210], [90, 215]]])
    whole = with_stroke(digit, serif, 20)
    np.testing.assert_array_equal(ink.read(whole).pixels, ink.as_one_digit(whole))
    assert ink.read(whole).segments == ()


@pytest.mark.parametrize(
    "sign",
    [
        [[[60, 60]], [[60, 220]], [[220, 140]]],  # dots and nothing else
        [[[60, 140], [220, 140]], [[140, 60]], [[140, 220]]],  # divided by
    ],
)
def test_dots_beside_nothing_higher_are_not_left_out(sign):
    drawing = on_canvas(sign)
    np.testing.assert_array_equal(ink.read(drawing).pixels, ink.as_one_digit(drawing))
    picture = ink.read(drawings.rasterise([np.array(line, float) for line in sign], SIDE, 20))
    assert (picture.box.width, picture.box.height) == (180, 180)


def with_stroke(drawing: Strokes, line, brush: float) -> Strokes:
    lines, brushes = (*drawing.lines, np.array(line, dtype=float)), (*drawing.brushes, float(brush))
    return Strokes(drawing.width, drawing.height, lines, brushes)


def assert_read_alike(one: Strokes, other: Strokes) -> None:
    one, other = ink.read(one), ink.read(other)
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert one.box == other.box
    assert [(each.box, each.pixels.tolist()) for each in one.segments] == [
        (each.box, each.pixels.tolist()) for each in other.segments
    ]


def test_stages_lead_from_the_drawing_to_the_pixels():
    drawing = ink.read(on_canvas(drawings.strokes(8, 120, 120, size=45)))
    assert [step.name for step in drawing.steps] == [
        "Drawing", "Redrawn from its strokes, with MNIST's stroke width", "Scaled to 20 px", "Centred by mass",
    ]  # fmt: skip
    np.testing.assert_array_equal(drawing.steps[-1].image, drawing.pixels)
    assert max(drawing.steps[2].image.shape) == 20


lines_anywhere = st.lists(
    st.lists(st.tuples(st.floats(-50, 330), st.floats(-50, 330)), min_size=1, max_size=8), max_size=5
)


@settings(max_examples=60)
@example([[(140, -20), (140, 300)]])  # no reported point lies on the canvas
@example([[(280, 20), (280, 260)]])  # half the brush shows
@example([[(-5, 60), (285, 60)], [(250, 60), (150, 260)]])  # a 7 without its bar is a 1
@given(lines_anywhere)
def test_any_strokes_that_show_are_pixels_or_a_dot(lines):
    drawing = on_canvas(lines)
    pieces = ndimage.label(shows(drawing), structure=np.ones((3, 3)))[1] if lines else 0
    if not pieces:
        with pytest.raises(NothingDrawn):
            ink.read(drawing)
        return
    drawing = drawing.only([at for at in range(len(lines)) if shows(drawing.only([at])).any()])
    try:
        pixels = ink.read(drawing).pixels
    except OnlyADot:
        assert max(np.ptp(line, axis=0).max() for line in drawing.lines) < strokes.LEAST_REACH * 20
        return
    assert pixels.shape == (28, 28)
    assert 0 <= pixels.min() <= pixels.max() <= 1
    assert pixels.max() > 0.5
    if pieces == 1:  # no slips
        np.testing.assert_array_equal(pixels, ink.as_one_digit(drawing))


def shows(drawing: Strokes) -> np.ndarray:
    return ink.as_drawn(drawing) >= 0.5


@settings(max_examples=60)
@example([[(140, 20), (140, 60)], [(140, 79.4), (140, 200)]], 20)  # two pixels between their soft edges
@example([[(140, 20), (140, 60)], [(140, 78.4), (140, 200)]], 20)
@given(lines_anywhere.filter(bool), st.sampled_from([3, 6, 20, 33, 40]))
def test_what_is_told_without_painting_is_what_pixels_tell(lines, brush):
    drawing = on_canvas(lines, brush)
    found = strokes.joined(drawing, strokes.dense(drawing.lines))
    ink_there = ink.as_drawn(drawing)
    count = ndimage.label(ink_there >= 0.25, structure=np.ones((3, 3)))[1]
    if found is None:
        return
    assert count == 1
    rows, columns = np.nonzero(ink_there >= 0.5)
    assert found == (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)


@pytest.mark.parametrize("brush", [1, 6, 20, 21.5, 59])
def test_ink_reaches_half_a_brush_around_the_path(brush):
    drawing = on_canvas([[[60, 60], [200, 100], [150, 270], [-20, 300]], [[279, 5]]], brush)
    path = np.floor(np.concatenate(strokes.dense(drawing.lines))).astype(int) + 100
    marks = np.ones((SIDE + 200, SIDE + 200), bool)
    marks[path[:, 1], path[:, 0]] = False
    away = ndimage.distance_transform_edt(marks)[100:-100, 100:-100]
    np.testing.assert_allclose(ink.as_drawn(drawing), np.clip(brush / 2 + 0.5 - away, 0, 1), atol=1e-5)


def test_a_digit_is_read_in_little_time():
    drawing = on_canvas(drawings.strokes(8))
    took = []
    for _ in range(20):
        began = time.thread_time()
        ink.read(drawing)
        took.append(time.thread_time() - began)
    assert min(took) <= 0.002
