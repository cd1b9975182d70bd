"""The Collection without a browser."""

import numpy as np
import pytest

from digitlab import collection
from digitlab.access import Visitor
from digitlab.ui.explore import gallery
from tests.pages.test_curves_and_models import open_page
from tests.pages.test_retrain import texts

ANSWERS = {
    name: {"digit": digit, "confidence": 0.9, "is_digit": True, "shares": np.eye(10)[digit].tolist()}
    for name, digit in (("dnn", 9), ("cnn", 4))
}


@pytest.fixture
def hung(monkeypatch):
    """Three drawings, of which two have labels; what the gallery showed."""
    shown: list[dict] = []
    monkeypatch.setattr(gallery, "_component", lambda data, **_: shown.append(data))
    for at, label in enumerate((4, 9, None)):
        collection.keep(f"{at:032x}", {}, np.full((28, 28), at, np.uint8), ANSWERS)
        if label is not None:
            collection.label_of(f"{at:032x}", label)
    return shown


def guest(monkeypatch) -> None:
    monkeypatch.setattr("digitlab.ui.presenter.visitor", lambda: Visitor("2", "203.0.113.9", {}))


def test_a_doubt_stands_wherever_an_answer_stands(hung):
    doubted = {**ANSWERS, "cnn": {**ANSWERS["cnn"], "is_digit": False}}
    collection.keep("f" * 32, {}, np.zeros((28, 28), np.uint8), doubted)
    app = open_page("present/collection.py", drawing="4")
    assert hung[-1]["tiles"][0][1] == "?: 9 4?"
    for sentence in (hung[-1]["tiles"][0][3], texts(app.markdown)):
        assert "dnn said 9 (90.0%), cnn said 4? (doubted)" in sentence


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
    assert f"## {count} drawing" + "s" * (count != 1) in texts(app.markdown)


def test_a_collection_that_cannot_be_used_is_told(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    assert "cannot be" in texts(open_page("present/collection.py").error)
