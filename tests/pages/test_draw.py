"""The Draw page without a browser; the canvas is injected through the session, as a drawing kept from before."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitlab import settings, store
from tests import drawings


def draw(drawing: np.ndarray | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=30)
    if drawing is not None:
        app.session_state["drawing"] = drawings.png(drawing)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def texts(elements) -> list[str]:
    return [element.value for element in elements]


@pytest.mark.parametrize("digit", range(10))
def test_clear_digits_get_two_right_answers(digit):
    page = html(draw(drawings.canvas(digit)))
    assert f"Both say {digit}" in page
    assert f"dnn answers {digit}" in page
    assert f"cnn answers {digit}" in page
    assert page.count("<li") == 20


def test_empty_canvas_is_a_friendly_prompt():
    page = html(draw())
    assert "Draw a digit from 0 to 9" in page
    assert "answers" not in page.replace("the answers come", "")
    assert page.count("is waiting") == 2


def test_a_dot_is_refused_in_words():
    dot = drawings.rasterise([np.array([[140.0, 140.0]])], 280, 20)
    app = draw(dot)
    assert texts(app.warning) == ["This is only a dot. Draw one digit, large and with a clear stroke."]
    assert html(app).count("is waiting") == 2


def test_clear_removes_the_answers():
    app = draw(drawings.canvas(3))
    assert "Both say 3" in html(app)
    app.button(key="clear").click().run()
    assert "Both say" not in html(app)
    assert app.session_state["drawing"] is None
    assert app.button(key="clear").disabled


def test_models_are_chosen_by_link():
    app = draw(drawings.canvas(3), left="cnn", right="cnn")
    assert html(app).count("cnn answers 3") == 2
    assert app.selectbox(key="left").value == "cnn"


@pytest.mark.parametrize("name", ["nobody", "../dnn", "<script>"])
def test_unknown_model_in_a_link_is_the_default(name):
    app = draw(drawings.canvas(3), left=name)
    assert app.selectbox(key="left").value == "dnn"
    assert "<script>" not in html(app)


def test_unknown_source_in_a_link_is_the_canvas():
    assert "Draw a digit from 0 to 9" in html(draw(source="telepathy"))


def test_disagreement_is_said(models_dir):
    (models_dir / "cnn").rename(models_dir / "seven")
    with store.replacing("cnn", store.read("dnn").run) as folder:
        for file in store.HASHED:
            (folder / file).write_bytes((models_dir / "dnn" / file).read_bytes())
    page = html(draw(drawings.canvas(4), left="dnn", right="seven"))
    assert "Both say 4" in page
    from digitlab.ui import cards

    assert "They disagree <small>DNN says 4, SEVEN says 9" in cards.agreement(("dnn", 4), ("seven", 9))


def test_damaged_model_shows_its_notice_and_the_other_answers(models_dir):
    (models_dir / "cnn" / store.TFLITE).write_bytes(b"")
    app = draw(drawings.canvas(5))
    assert "dnn answers 5" in html(app)
    assert "cnn" in texts(app.error)[0]
    assert "damaged" in texts(app.error)[0]


def test_previous_model_answers_for_a_damaged_one(models_dir):
    (models_dir / ".previous").mkdir()
    (models_dir / "cnn").rename(models_dir / ".previous" / "cnn")
    page = html(draw(drawings.canvas(5)))
    assert "Both say 5" in page
    assert "version before it answers" in page


def test_no_models_says_how_to_train_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    app = draw()
    assert "python -m digitlab train cnn" in texts(app.info)[0]


def test_steps_are_shown_when_unfolded():
    app = draw(drawings.canvas(8))
    assert "Stroke width of MNIST" not in html(app)
    app.session_state["steps"] = True
    app.run()
    assert not app.exception
