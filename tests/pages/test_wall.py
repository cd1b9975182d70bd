"""The Wall and the Collection without a browser."""

import numpy as np
import pytest

from digitlab import audience, collection
from digitlab.access import Visitor
from digitlab.ui.explore import gallery
from tests.pages.test_curves_and_models import open_page
from tests.pages.test_retrain import button, texts

ANSWERS = {
    name: {"digit": digit, "confidence": 0.9, "is_digit": True, "shares": np.eye(10)[digit].tolist()}
    for name, digit in (("dnn", 9), ("cnn", 4))
}


@pytest.fixture
def hung(monkeypatch):
    """Three drawings, of which two have labels; what the gallery showed."""
    audience.wall.cache_clear()
    shown: list[dict] = []
    monkeypatch.setattr(gallery, "_component", lambda data, **_: shown.append(data))
    for at, label in enumerate((4, 9, None)):
        collection.keep(f"{at:032x}", {}, np.full((28, 28), at, np.uint8), ANSWERS)
        if label is not None:
            collection.label_of(f"{at:032x}", label)
    yield shown
    audience.wall.cache_clear()


def guest(monkeypatch) -> None:
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: Visitor("2", "203.0.113.9", {}))


def html(app) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def test_drawings_answers_and_score(hung):
    app = open_page("present/wall.py")
    assert [tile[1:3] for tile in hung[-1]["tiles"]] == [["9 4", ""], ["9✓ 4✗", "wrong"], ["9✗ 4✓", "wrong"]]
    assert '<div class="dnn"><b>1</b>' in html(app)
    assert '<div class="cnn"><b>1</b>' in html(app)
    assert "right of 2 confirmed · 3 drawn" in html(app)
    assert "/play" in html(app)
    assert 'alt="QR code"' in html(app)


def test_a_doubt_stands_wherever_an_answer_stands(hung):
    doubted = {**ANSWERS, "cnn": {**ANSWERS["cnn"], "is_digit": False}}
    collection.keep("f" * 32, {}, np.zeros((28, 28), np.uint8), doubted)
    open_page("present/wall.py")
    assert hung[-1]["tiles"][0][1] == "9 4?"
    assert "DNN says 9 (90.0%), CNN says 4? (doubted)" in hung[-1]["tiles"][0][3]
    app = open_page("present/collection.py", drawing="4")
    assert hung[-1]["tiles"][0][1] == "?: 9 4?"
    for sentence in (hung[-1]["tiles"][0][3], texts(app.markdown)):
        assert "dnn said 9 (90.0%), cnn said 4? (doubted)" in sentence


def test_two_hundred_are_one_picture(hung):
    for at in range(300):
        audience.wall().hang(f"more {at}", np.zeros((28, 28), np.uint8), ANSWERS)
    open_page("present/wall.py")
    assert len(hung[-1]["tiles"]) == audience.SHOWN
    assert hung[-1]["sheet"].startswith("data:image/png")


def test_freeze_and_clear(hung):
    app = open_page("present/wall.py")
    button(app, "Freeze").click().run()
    assert audience.wall().is_frozen
    button(app, "Go on").click().run()
    assert not audience.wall().is_frozen
    button(app, "Clear the wall").click().run()
    assert audience.wall().entries() == []
    assert len(collection.search()) == 3


@pytest.mark.parametrize(("label", "action"), [("Freeze", "freeze the wall"), ("Clear the wall", "clear the wall")])
def test_a_guest_may_not(hung, monkeypatch, label, action):
    guest(monkeypatch)
    app = open_page("present/wall.py")
    button(app, label).click().run()
    assert f"Only the presenter may {action}" in texts(app.toast)
    assert len(audience.wall().entries()) == 3
    assert not audience.wall().is_frozen


def test_relabel_and_delete(hung):
    app = open_page("present/collection.py", drawing="3")
    app.selectbox(key="relabel_3").set_value(4).run()
    app.button(key="save_label").click().run()
    assert collection.digits()[2].tolist() == [4, 9, 4]
    app = open_page("present/collection.py", drawing="3")
    app.button(key="delete_drawing").click().run()
    assert len(collection.search()) == 2
    assert not app.exception


def test_a_guest_may_neither_relabel_nor_delete_nor_switch(hung, monkeypatch):
    guest(monkeypatch)
    app = open_page("present/collection.py", drawing="3")
    app.button(key="delete_drawing").click().run()
    assert "Only the presenter may delete a drawing" in texts(app.toast)
    app.toggle(key="keeping").set_value(False).run()
    assert "Only the presenter may switch keeping" in texts(app.toast)
    assert app.toggle(key="keeping").value
    assert collection.is_keeping()
    assert len(collection.search()) == 3


@pytest.mark.parametrize(("which", "count"), [("all", 3), ("without a label", 1), ("read wrong", 2)])
def test_groups(hung, which, count):
    app = open_page("present/collection.py", which=which)
    assert f"#### {count} drawing" + "s" * (count != 1) in texts(app.markdown)


def test_a_collection_that_cannot_be_used_is_told(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    assert "cannot be" in texts(open_page("present/collection.py").error)
