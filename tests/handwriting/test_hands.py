"""Forms of digits, and the hands that write them."""

import numpy as np
import pytest
from PIL import Image

from digitlab import __main__ as command_line
from digitlab import ink
from digitlab.handwriting import hands
from digitlab.handwriting.forms import FORMS, Pen
from digitlab.handwriting.letters import LETTERS


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_says_what_it_is_and_is_read_as_ink(form):
    assert form.name.startswith(f"{form.digit} ")
    assert form.draw.__doc__
    generator = np.random.default_rng(1)
    for size_px, brush_px, tilt_deg in ((45, 20, 0), (200, 40, 30), (120, 6, -30)):
        writing = hands.write(form, generator)
        drawing = hands.on_canvas(writing, size_px, generator, brush_px=brush_px, tilt_deg=tilt_deg)
        points = np.concatenate(drawing.lines)
        assert points.min() >= brush_px / 2 - 1
        assert points.max() <= hands.CANVAS_PX - brush_px / 2 + 1
        assert np.ptp(points, axis=0).max() == pytest.approx(size_px, rel=0.1)
        assert ink.read(drawing).pixels.max() > 0.9


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_letter_is_read_as_ink_and_is_no_digit(letter):
    assert letter.digit is None
    one, other = (hands.seen(letter, np.random.default_rng(seed)) for seed in (1, 2))
    assert one.max() > 0.9
    assert np.abs(one - other).mean() > 0.01


def test_what_a_broad_brush_makes_a_blot_of_is_written_again():
    generator, form = np.random.default_rng(2), FORMS["8 in one stroke"]
    drawing = hands.on_canvas(hands.write(form, generator), 38, generator)
    clear, blot = ink.as_one_digit(drawing), ink.normalise(ink.as_drawn(drawing))
    assert hands.is_legible(clear, clear)
    assert not hands.is_legible(blot, clear)


def test_haste_strays_from_the_form():
    def stray(haste):
        pen = Pen(np.random.default_rng(0), haste)
        return np.mean([abs(pen.near(0.5) - 0.5) for _ in range(500)])

    assert stray(2.0) == pytest.approx(4 * stray(0.5))


def test_every_digit_has_the_forms_that_tell_people_apart():
    by_digit = {digit: {form.name[2:] for form in FORMS.values() if form.digit == digit} for digit in range(10)}
    assert all(len(names) > 1 for names in by_digit.values())
    assert {"bare", "with a short upstroke", "with a long upstroke", "with a base"} <= by_digit[1]
    assert {"with an upstroke as long as the stem", "with a hooked upstroke", "like a tent"} <= by_digit[1]
    assert {"like a leaning tent", "with a hooked upstroke"} <= by_digit[1]
    assert {"with a long slash", "with an upright slash"} <= by_digit[0]
    assert "with a looped bowl" in by_digit[6]
    assert {"with a bow and a long dash"} <= by_digit[7]
    assert {"plain", "crossed", "with a serif", "with a hooked top", "with a curved stem"} <= by_digit[7]


def test_the_same_generator_writes_the_same_and_another_hand_does_not():
    one, same, other = (hands.write(FORMS["7 crossed"], np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert len(one.path) == 2  # the dash is a stroke of its own
    for first, second in zip(one.path, same.path, strict=True):
        np.testing.assert_array_equal(first, second)
    assert len(one.path[0]) != len(other.path[0]) or np.abs(one.path[0] - other.path[0]).max() > 0.01


def test_numbers_stay_near_what_they_are_near():
    pen = Pen(np.random.default_rng(0))
    assert all(0.42 <= pen.near(0.5, 0.04) <= 0.58 for _ in range(1000))


def test_a_sample_is_even_and_reproducible():
    images, labels, may_tilt = hands.sample(30, np.random.default_rng(3))
    assert (images.shape, images.dtype) == ((30, 28, 28), np.float32)
    assert np.bincount(labels).tolist() == [3] * 10
    assert may_tilt[labels != 1].all()
    again, *_ = hands.sample(30, np.random.default_rng(3))
    np.testing.assert_array_equal(images, again)


def test_the_sheet_is_drawn_by_command(tmp_path, capsys):
    file = tmp_path / "forms.png"
    assert command_line.main(["drawings", "--sheet", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    sheet = np.asarray(Image.open(file))
    assert (sheet < 128).mean() > 0.02  # ink


def test_only_a_one_with_an_upstroke_may_not_be_tilted():
    """Tilted to the right, it has the shape of a 7."""
    fixed = {form.name for form in FORMS.values() if not form.may_tilt}
    assert {form.digit for form in FORMS.values() if form.name in fixed} == {1}
    assert {"1 bare", "1 with a foot", "1 bent"} == {
        form.name for form in FORMS.values() if form.digit == 1 and form.may_tilt
    }


def rise_deg(stroke):
    """The angle to the horizontal at which the first line of a stroke rises to the highest point."""
    top = stroke[np.argmin(stroke[:, 1])]
    across, down = top - stroke[0]
    return np.rad2deg(np.arctan2(-down, across))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("1 with an upstroke as long as the stem", 40, 90),
        ("1 like a tent", 40, 90),
        ("1 with a flag and a long base", 25, 75),
        ("7 plain", -15, 15),
        ("7 with an upright stem", -15, 20),
        ("7 wide and crossed", -15, 20),
    ],
)
def test_the_upstroke_of_a_one_rises_and_the_bar_of_a_seven_is_nearly_level(name, low, high):
    generator = np.random.default_rng(0)
    rises = [rise_deg(FORMS[name].draw(Pen(generator))[0]) for _ in range(100)]
    if name.startswith("7"):  # whose highest point may be either end of its bar
        rises = [rise_deg(FORMS[name].draw(Pen(generator))[0][:13][[0, -1]]) for _ in range(100)]
    assert low <= np.quantile(rises, 0.05)
    assert np.quantile(rises, 0.95) <= high


def strokes_of(habit, seed=0):
    path = [np.stack([np.cos(turn := np.linspace(0, 5, 60)), np.sin(turn)], axis=1) / 2]
    return path[0], hands._by_habit(path, habit, np.random.default_rng(seed))


def test_a_plain_hand_draws_the_form_itself():
    drawn, strokes = strokes_of("plain")
    np.testing.assert_array_equal(strokes[0], drawn)


def test_a_hand_that_draws_corners_draws_straight_lines_between_them():
    drawn, (stroke,) = strokes_of("cornered")
    directions = np.diff(stroke, axis=0)
    turns = np.abs(np.diff(np.unwrap(np.arctan2(*directions.T))))
    assert (turns > 0.3).sum() >= 4
    assert np.median(turns) < 0.01  # unlike along a circle
    np.testing.assert_allclose(stroke[[0, -1]], drawn[[0, -1]], atol=1e-9)


def test_a_wobbly_hand_strays_but_not_far():
    drawn, (stroke,) = strokes_of("wobbly")
    strayed = np.hypot(*(stroke - drawn).T)
    assert 0.005 < strayed.max() < 0.05


def test_an_interrupted_stroke_is_two_with_a_gap_between():
    drawn, (first, second) = strokes_of("interrupted")
    assert hands.GAP[0] * 0.9 <= np.hypot(*(second[0] - first[-1])) <= hands.GAP[1]
    np.testing.assert_allclose([first[0], second[-1]], drawn[[0, -1]], atol=1e-9)
