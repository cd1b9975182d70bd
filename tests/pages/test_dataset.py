"""The page about MNIST itself, without a browser."""

import base64
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitlab import serving
from digitlab.data import mnist
from digitlab.models import store
from digitlab.ui.explore import dataset as parts
from digitlab.wording import dataset as words
from tests.damage import damage
from tests.pages.test_curves_and_models import open_page, shown

PAGE = "explore/dataset.py"


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def captions(app: AppTest) -> list[str]:
    return re.findall(r"<figcaption>([^<]*)</figcaption>", html(app))


def test_opens_with_the_splits(full_mnist):
    app = open_page(PAGE)
    table = app.table[0].value
    assert list(table["Digits"]) == ["55,000", "5,000", "10,000"]
    assert "not here" not in set(table["Exactly 0"])
    assert "1 is the most frequent (6,242)" in shown(app)
    assert words.leads()["Splits"] in html(app)
    assert "can be fetched" not in "".join(element.value for element in app.caption)


@pytest.mark.parametrize("section", words.leads())
def test_every_section_without_full_mnist(no_mnist, section):
    app = open_page(PAGE, section=section)
    assert words.leads()[section] in html(app)
    assert "uses the 5,000 validation digits" in app.caption[0].value
    assert not app.error


def test_splits_without_full_mnist(no_mnist):
    table = open_page(PAGE).table[0].value
    assert list(table["Exactly 0"]) == ["not here", "80.7%", "not here"]


def test_sheet_of_64_digits_with_a_models_answers(no_mnist):
    app = open_page(PAGE, section="Examples", digit="4", sheet="7", model="dnn")
    found = captions(app)
    assert len(found) == 64
    assert all(re.fullmatch(r"4 ✓|\d ✗ is 4", caption) for caption in found)
    assert f"**dnn** reads **{found.count('4 ✓')} of 64** right." in shown(app)


def test_shuffling_shows_other_digits_and_a_link_the_same(no_mnist):
    app = open_page(PAGE, section="Examples")
    before = html(app)
    app.button(key="draw_sheet").click().run()
    assert not app.exception
    assert html(app) != before
    number = app.number_input(key="sheet").value
    assert html(open_page(PAGE, section="Examples", sheet=str(number))) == html(app)


def test_sheet_without_a_model(no_mnist):
    assert set(captions(open_page(PAGE, section="Examples", digit="3", model="no model"))) == {"3"}


def test_damaged_model_is_told_and_the_digits_are_shown(no_mnist, models_dir):
    damage(models_dir / "cnn")
    app = open_page(PAGE, section="Examples", digit="3")
    assert "cnn is damaged" in app.warning[0].value
    assert set(captions(app)) == {"3"}


def test_training_digits_prove_nothing_and_are_said_to(full_mnist):
    assert "may know these" in shown(open_page(PAGE, section="Examples", split="train"))
    assert "may know these" not in shown(open_page(PAGE, section="Examples", split="test"))


def test_averages(no_mnist):
    found = captions(open_page(PAGE, section="Averages"))
    assert found[:10] == [str(digit) for digit in range(10)]
    assert all(re.fullmatch(r"\d: \d+\.\d", caption) for caption in found[10:])
    assert len(found) == 40


def test_one_digit_by_link(no_mnist):
    app = open_page(PAGE, section="One digit", index="1234", row="9", scale="0–1")
    image, label = mnist.packaged().images[1234], mnist.packaged().labels[1234]
    assert f"Labelled **{label}**. **Row 9 becomes inputs 252 to 279.**" in shown(app)
    marked = re.search(r"<tr class=marked><th scope=\"row\">(\d+)</th>(.*?)</tr>", html(app))
    assert marked.group(1) == "9"
    values = [float(value) for value in re.findall(r">([\d.]+)</td>", marked.group(2))]
    assert values == pytest.approx((image[9] / 255).tolist(), abs=0.005)


def test_one_digit_is_read_by_the_flagships_or_by_other_models(no_mnist):
    app = open_page(PAGE, section="One digit", index="1234")
    label = mnist.packaged().labels[1234]
    for name in store.FLAGSHIPS:
        assert f'aria-label="{name} answers {label}, ' in html(app)
    app.multiselect(key="readers").set_value(["softmax"]).run()
    assert not app.exception
    picture = mnist.packaged().scaled()[1234][None]
    said = int(serving.load("softmax").answer(picture).probabilities.argmax())
    assert re.search(
        f'aria-label="softmax (answers {said},|doubts that this is a digit; if it were one: {said})', html(app)
    )
    assert 'class="card cnn' not in html(app)
    app.multiselect(key="readers").set_value([]).run()
    assert not app.exception
    assert 'class="card' not in html(app)


def test_one_digit_of_a_models_own_training_is_said_to_be(full_mnist):
    app = open_page(PAGE, section="One digit", split="train", readers="cnn")
    assert "cnn may know this digit from training" in "".join(element.value for element in app.caption)
    app = open_page(PAGE, section="One digit", split="test", readers="cnn")
    assert "may know" not in "".join(element.value for element in app.caption)


def test_one_digit_without_a_damaged_models_answer(no_mnist, models_dir):
    damage(models_dir / "cnn")
    app = open_page(PAGE, section="One digit")
    assert "cnn is damaged" in app.warning[0].value
    assert 'aria-label="dnn answers' in html(app)


def test_another_digit_and_another_row(no_mnist):
    app = open_page(PAGE, section="One digit")
    app.button(key="draw_index").click().run()
    app.slider(key="row").set_value(27).run()
    assert not app.exception
    label = mnist.packaged().labels[app.number_input(key="index").value]
    assert f"Labelled **{label}**. **Row 27 becomes inputs 756 to 783.**" in shown(app)


def test_number_beyond_a_smaller_split_becomes_its_last(full_mnist):
    app = open_page(PAGE, section="One digit", split="train", index="30000")
    assert app.number_input(key="index").value == 30_000
    next(control for control in app.get("button_group") if control.key == "split").set_value("validation").run()
    assert not app.exception
    assert app.number_input(key="index").value == 4999


@pytest.mark.parametrize("query", [{"index": "99999"}, {"index": "x"}, {"row": "28"}, {"scale": "0-9"}])
def test_links_that_make_no_sense_show_the_first_digit(no_mnist, query):
    app = open_page(PAGE, section="One digit", **query)
    assert app.number_input(key="index").value == 0
    assert "Row 13 becomes" in shown(app)


def test_table_of_numbers():
    image = np.zeros((28, 28), np.uint8)
    image[2, :4] = [1, 117, 118, 255]
    html = parts.numbers(image, unit=False, row=2)
    assert html.count("<td") == 784
    marked = re.search(r"<tr class=marked>(.*?)</tr>", html).group(1)
    assert re.findall(r"<td style=\"--v:(\d+)\"( class=bright)?>([^<]*)<", marked)[:5] == [
        ("1", "", "1"),
        ("117", "", "117"),
        ("118", " class=bright", "118"),
        ("255", " class=bright", "255"),
        ("0", "", "0"),
    ]
    unit = re.search(r"<tr class=marked>(.*?)</tr>", parts.numbers(image, unit=True, row=2)).group(1)
    assert re.findall(r">([\d.]+)</td>", unit)[:5] == ["0.00", "0.46", "0.46", "1", "0"]


@pytest.mark.parametrize("row", [0, 5, 27])
def test_drawing_marks_the_row_in_the_picture_and_in_the_strip(row):
    image = np.zeros((28, 28), np.uint8)
    image[3, 4] = 200
    html = parts.flattening(image, row, 'a "4"')
    assert 'alt="a &quot;4&quot;"' in html
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", html).group(1)).decode()
    assert svg.count('fill="#c8c8c8"') == 2  # once in each
    assert f'<rect x="{28 * 3 + 4}"' in svg
    in_picture, in_strip = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)"', svg)[-2:]
    assert int(in_picture[1]) * 28 == row * int(in_picture[2])
    assert (int(in_strip[0]), int(in_strip[2])) == (28 * row, 28)
