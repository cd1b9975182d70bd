"""One digit, several, or none: strokes and models together."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.strokes import OnCanvas, place
from digitlab import ink, serving
from digitlab.models import store
from digitlab.serving import Doubt
from tests import drawings

LETTERS = {
    "A": [[[0.1, 1], [0.5, 0], [0.9, 1]], [[0.25, 0.6], [0.75, 0.6]]],
    "H": [[[0.1, 0], [0.1, 1]], [[0.9, 0], [0.9, 1]], [[0.1, 0.5], [0.9, 0.5]]],
    "M": [[[0, 1], [0.1, 0], [0.5, 0.7], [0.9, 0], [1, 1]]],
    "X": [[[0, 0], [1, 1]], [[1, 0], [0, 1]]],
}


@pytest.fixture(scope="module")
def models():
    return [serving.load("dnn"), serving.load("cnn")]


def bias(folder, name, by):
    """Make a model doubt more (below 0) or less."""
    file = folder / name / store.RUN
    run = json.loads(file.read_text())
    run["rejection"]["bias"] += by
    file.write_text(json.dumps(run))


def number(found, name):
    """What a model reads, digit by digit."""
    return "".join(
        f"{digit.verdicts[name].digit}{'' if digit.verdicts[name].is_digit else '?'}" for digit in found.digits
    )


def drawn(strokes, size=160):
    return ink.read(drawings.rasterise([np.array(stroke) * size + 60 for stroke in strokes], drawings.CANVAS_PX, 20))


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_believed(models, digit):
    found = serving.read(ink.read(drawings.canvas(digit)), models)
    assert len(found.digits) == 1
    for name in ("dnn", "cnn"):
        assert number(found, name) == str(digit)
        assert (found.whole[name].is_digit, found.whole[name].doubt) == (True, None)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_not_and_the_best_guess_stays(models, letter):
    for verdict in serving.read(drawn(LETTERS[letter]), models).whole.values():
        assert not verdict.is_digit
        assert verdict.doubt == Doubt("unlike", models=("dnn", "cnn"))
        assert verdict.digit == verdict.probabilities.argmax()
        assert verdict.confidence == pytest.approx(verdict.probabilities.max())


def test_a_scribble_is_not(models):
    points = np.random.default_rng(3).random((24, 2))
    assert not any(verdict.is_digit for verdict in serving.read(drawn([points]), models).whole.values())


def test_digits_apart_are_read_one_by_one_and_the_whole_is_not_one(models):
    found = serving.read(ink.read(drawings.row(4, 2)), models)
    assert [number(found, name) for name in ("dnn", "cnn")] == ["42", "42"]
    assert all(verdict.is_digit for digit in found.digits for verdict in digit.verdicts.values())
    for verdict in found.whole.values():
        assert verdict.doubt == Doubt("several", segments=2)


def test_touching_digits_are_like_no_digit(models):
    canvas = drawings.rasterise(
        [*drawings.strokes(8, 30, 80, 110), *drawings.strokes(0, 110, 80, 110)], drawings.CANVAS_PX, 16
    )
    found = serving.read(ink.read(canvas), models)
    assert len(found.digits) == 1
    for verdict in found.whole.values():
        assert not verdict.is_digit
        assert verdict.doubt == Doubt("unlike", models=("dnn", "cnn"))


def test_width_is_no_cause(models):
    arrow = drawn([[[0, 0.3], [1.5, 0.3]], [[1.1, 0], [1.5, 0.3], [1.1, 0.6]]], 110)
    assert arrow.box.width > 1.5 * arrow.box.height
    for verdict in serving.read(arrow, models).whole.values():
        assert verdict.doubt == Doubt("unlike", models=("dnn", "cnn"))


def test_the_doubt_of_one_who_doubts_alone_names_that_one(models_dir):
    bias(models_dir, "cnn", -1000)
    found = serving.read(ink.read(drawings.canvas(3)), [serving.load("dnn"), serving.load("cnn")])
    assert found.whole["dnn"].doubt is None
    assert found.whole["cnn"].doubt == Doubt("unlike", models=("cnn",))
    alone = serving.read(ink.read(drawings.canvas(3)), [serving.load("cnn")])
    assert alone.whole["cnn"].doubt == found.whole["cnn"].doubt


def test_touching_digits_beside_another_are_doubted_alone(models):
    digits = [*drawings.strokes(4, 10, 100, 70), *drawings.strokes(2, 120, 100, 70), *drawings.strokes(7, 176, 100, 70)]
    found = serving.read(ink.read(drawings.rasterise(digits, drawings.CANVAS_PX, 12)), models)
    assert [digit.verdicts["cnn"].is_digit for digit in found.digits] == [True, False]
    assert number(found, "cnn")[:1] == "4"
    assert number(found, "cnn").endswith("?")
    assert found.doubt().kind == "unlike"


def test_a_letter_in_strokes_that_do_not_touch_is_no_number(models):
    zigzag = np.array([[0, 1], [0.05, 0], [0.2, 0.8], [0.35, 0], [0.4, 1]])
    zigzags = drawn([zigzag, zigzag + np.array([0.65, 0])], 150)
    assert len(zigzags.segments) == 2
    found = serving.read(zigzags, models)
    assert len(found.digits) == 1
    assert not any(verdict.is_digit for verdict in found.whole.values())


def test_a_dot_beside_a_digit_is_no_digit(models):
    canvas = drawings.rasterise([*drawings.strokes(1, 20, 60, 150), np.array([[250.0, 200]])], drawings.CANVAS_PX, 24)
    found = serving.read(ink.read(canvas), models)
    assert len(found.digits) == 1


def test_strokes_apart_are_one_digit_where_all_models_say_so(models):
    # A 4 whose upright stands right of its corner: by their places alone, two digits.
    four = drawn([[[0.3, 0.0], [0.05, 0.6], [0.62, 0.6]], [[0.8, 0.25], [0.8, 1.0]]])
    assert len(four.segments) == 2
    assert number(serving.read(four, models), "cnn") == "4"


@pytest.mark.parametrize("from_strokes", [False, True])
@pytest.mark.parametrize("tilt_deg", [0, 12, -20])
def test_a_level_stroke_is_a_minus(models, from_strokes, tilt_deg):
    rise = 80 * np.tan(np.deg2rad(tilt_deg))
    line = np.array([[60, 140 + rise], [110, 143], [220, 140 - rise]])
    drawing = OnCanvas([line], drawings.CANVAS_PX, 20)
    found = serving.read(ink.read(drawing.strokes if from_strokes else drawing.pixels), models)
    for verdict in found.whole.values():
        assert verdict.doubt == Doubt("flat")


@pytest.mark.parametrize("tilt_deg", [-45, -20, 0, 20, 45])
def test_a_tilted_one_does_not_lie_flat(tilt_deg):
    line = place([np.array([[0.0, 0.0], [0.0, 1.0]])], 150, 280, 20, np.random.default_rng(0), tilt_deg)
    assert not ink.lies_flat(ink.read(OnCanvas(line, drawings.CANVAS_PX, 20).strokes).pixels)


@pytest.mark.parametrize("lean", [0, 0.1, -0.2])
def test_an_interrupted_one_is_not_eleven(models, lean):
    top, bottom = [[0.5 + lean, 0], [0.5, 0.45]], [[0.5 - lean / 6, 0.62], [0.5 - lean, 1]]
    drawing = drawn([top, bottom])
    assert len(drawing.segments) == 2
    found = serving.read(drawing, models)
    assert [number(found, name) for name in ("dnn", "cnn")] == ["1", "1"]


@pytest.mark.parametrize("text", ["The quick brown fox jumps over it", "- - - -", "________"])
def test_a_line_of_print_is_no_digit(models, text):
    page = Image.new("L", (400, 300), 255)
    ImageDraw.Draw(page).text((200, 150), text, fill=0, font=ImageFont.load_default(16), anchor="mm")
    found = serving.read(ink.read(drawings.png(np.asarray(page))), models)
    assert not any(verdict.is_digit for verdict in found.whole.values())
    assert len(found.digits) == 1
