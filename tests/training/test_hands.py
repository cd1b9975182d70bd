"""Forms of digits, and the hands that write them."""

import numpy as np
import pytest
from PIL import Image

from digitlab import __main__ as command_line
from digitlab import ink
from digitlab.training import hands
from digitlab.training.forms import FORMS, Pen
from digitlab.training.letters import LETTERS


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
    one, other = (hands.seen([letter], np.random.default_rng(seed)) for seed in (1, 2))
    assert one.max() > 0.9
    assert np.abs(one - other).mean() > 0.01


def test_haste_strays_from_the_form():
    def stray(haste):
        pen = Pen(np.random.default_rng(0), haste)
        return np.mean([abs(pen.near(0.5) - 0.5) for _ in range(500)])

    assert stray(2.0) == pytest.approx(4 * stray(0.5))


def test_every_digit_has_the_forms_that_tell_people_apart():
    by_digit = {digit: {form.name[2:] for form in FORMS.values() if form.digit == digit} for digit in range(10)}
    assert all(len(names) > 1 for names in by_digit.values())
    assert {"bare", "with a short upstroke", "with a long upstroke", "with a base"} <= by_digit[1]
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
    images, labels = hands.sample(30, np.random.default_rng(3))
    assert (images.shape, images.dtype) == ((30, 28, 28), np.float32)
    assert np.bincount(labels).tolist() == [3] * 10
    again, _ = hands.sample(30, np.random.default_rng(3))
    np.testing.assert_array_equal(images, again)


def test_the_sheet_is_drawn_by_command(tmp_path, capsys):
    file = tmp_path / "forms.png"
    assert command_line.main(["drawings", "--sheet", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    sheet = np.asarray(Image.open(file))
    assert (sheet < 128).mean() > 0.02  # ink
