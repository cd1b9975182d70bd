"""Why the models answer as they do, on the Draw page, without a browser."""

import json
import re

import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.explain import DISTORTIONS, attribution, counterfactual, curves, distort, reasons
from digitlab.ui.draw import why
from digitlab.wording import explanations
from tests import drawings
from tests.damage import damage
from tests.pages.test_draw import draw, html

CROSS = [np.array([[80.0, 80], [200, 200]]), np.array([[200.0, 80], [80, 200]])]
SEVEN = ink.read(drawings.canvas(7)).pixels


def models():
    return [serving.load(name) for name in ("dnn", "cnn")]


def answers(app) -> list[int]:
    """What the cards say, from the top: two of the drawing, then two of what the sliders made of it."""
    return [int(digit) for digit in re.findall(r'class="digit">(\d)<', html(app))]


def test_closed_it_asks_the_models_nothing(monkeypatch):
    for module, name in ((attribution, "maps"), (curves, "measure"), (reasons, "find"), (counterfactual, "find")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("asked"))
    app = draw(drawings.canvas(7))
    assert app.toggle(key="why").value is False
    assert 'class="why"' not in html(app)


def test_without_a_drawing_there_is_nothing_to_explain():
    app = draw(why="true")
    assert not app.tabs
    assert 'class="reason"' not in html(app)


def test_the_sentence_is_the_one_that_follows_from_the_numbers():
    page, nine = html(draw(drawings.canvas(9), why="true")), ink.read(drawings.canvas(9)).pixels
    found = [reasons.find(model, nine, attribution.maps(model, nine)[9]) for model in models()]
    assert any(found)
    assert f'<p class="why" role="status">{explanations.reason([one for one in found if one])}</p>' in page


def test_a_link_on_the_same_page_opens_its_part():
    app = draw(drawings.canvas(7), why="true", part="For and against")
    assert "what speaks for 7" in html(app)
    app.query_params["part"] = "Distort it"
    app.run()
    assert app.session_state["part"] == "Distort it"
    assert app.slider(key="what_if_rotation").value == 0


def test_maps_of_each_models_answer_and_of_any_digit():
    page = html(draw(drawings.canvas(7), why="true"))
    assert "DNN: what speaks for 7</b>" in page
    assert "CNN: what speaks for 7</b>" in page
    page = html(draw(drawings.canvas(7), why="true", why_digit="1"))
    assert page.count("what speaks for 1 (it says 7)</b>") == 2
    assert page.count("against 1</span>") == 2


def test_sliders_have_live_answers_and_go_back():
    app = draw(drawings.canvas(4), why="true", part="What if")  # as older links call it
    assert answers(app) == [4, 4, 4, 4]
    app.slider(key="what_if_rotation").set_value(90)
    app.slider(key="what_if_stroke_width").set_value(1.5).run()
    assert not app.exception
    image = distort(ink.read(drawings.canvas(4)).pixels, {"rotation": 90, "stroke width": 1.5})
    said = [int(model.answer(image).probabilities[0].argmax()) for model in models()]
    assert answers(app) == [4, 4, *said]
    assert said != [4, 4]
    app.button(key="what_if_reset").click().run()
    assert answers(app) == [4, 4, 4, 4]
    assert app.button(key="what_if_reset").disabled


def test_a_curve_for_each_distortion_tells_its_flips():
    app = draw(drawings.canvas(4), why="true", part="Distort it")
    told = [chart.proto.alt for chart in app.get("plotly_chart")]
    found = {model.name: curves.measure(model, ink.read(drawings.canvas(4)).pixels) for model in models()}
    assert len(told) == len(DISTORTIONS)
    for alt, name in zip(told, DISTORTIONS, strict=True):
        assert alt.startswith(f"{name}. ")
        assert all(f"{model}: {explanations.curve(some[name])}." in alt for model, some in found.items())


def test_the_fewest_pixels_are_told():
    app = draw(drawings.canvas(9), why="true", part="Fewest pixels", left="dnn", right="dnn-100")
    pixels = ink.read(drawings.canvas(9)).pixels
    for name in ("dnn", "dnn-100"):
        found = counterfactual.find(serving.load(name), pixels)
        said = f"With {found.count} pixels changed, it says {found.after} instead of 9."
        assert f"<b>{name.upper()}</b>{said}" in html(app)


def test_one_of_several_digits_is_explained():
    app = draw(drawings.row(4, 2), why="true")
    assert html(app).count("what speaks for 4</b>") == 2
    app.segmented_control(key="why_of").set_value(2).run()
    assert html(app).count("what speaks for 2</b>") == 2


def test_of_a_doubted_drawing_all_is_as_if_it_were_a_digit():
    app = draw(drawings.rasterise(CROSS, 280, 20), why="true", part="Fewest pixels")
    assert "Both doubt that this is one digit. Below, they answer as if it were one." in html(app)
    assert "as if it were" not in html(draw(drawings.canvas(7), why="true"))


def test_who_doubts_alone_is_named(models_dir):
    run_file = models_dir / "cnn" / "run.json"
    run = json.loads(run_file.read_text())
    run["rejection"]["bias"] -= 1000
    run_file.write_text(json.dumps(run))
    page = html(draw(drawings.canvas(9), why="true"))
    assert "The CNN doubts that this is one digit. Below, it answers as if it were one." in page
    assert "The DNN is " in page


def test_several_digits_explained_as_one_are_doubted():
    app = draw(drawings.row(4, 2), why="true")
    assert "as if it were one" not in html(app)
    app.segmented_control(key="why_of").set_value(0).run()
    assert "Both doubt that this is one digit. Below, they answer as if it were one." in html(app)


def test_one_digit_of_separate_strokes_is_explained_as_one():
    lines = [[[0.3, 0.0], [0.05, 0.6], [0.62, 0.6]], [[0.8, 0.25], [0.8, 1.0]]]  # a 4; by their places, two digits
    app = draw(drawings.rasterise([np.array(line) * 160 + 60 for line in lines], 280, 20), why="true")
    assert "Both say 4" in html(app)
    assert html(app).count("what speaks for 4</b>") == 2
    assert "why_of" not in [control.key for control in app.segmented_control]


@pytest.mark.parametrize("part", why.PARTS)
def test_a_damaged_model_leaves_the_other_explained(models_dir, part):
    damage(models_dir / "cnn")
    app = draw(drawings.canvas(5), why="true", part=part)
    assert "cnn is damaged" in app.error[0].value
    assert "DNN" in html(app)
    assert np.count_nonzero([answer == 5 for answer in answers(app)]) >= 1
