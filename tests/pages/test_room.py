"""The room's drawings as a third split on every exploring page."""

import numpy as np
import pytest

from digitlab import collection, ink
from digitlab.analysis import held_out
from tests import drawings
from tests.pages.test_curves_and_models import open_page, shown
from tests.pages.test_draw import html

PAGES = ("confusion", "mistakes", "embedding_map", "calibration")


@pytest.fixture
def room(monkeypatch, tmp_path):
    """Each digit drawn once; the 3 is labelled 8, so that there is a mistake."""
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/c.sqlite")
    for digit in range(10):
        pixels = np.round(ink.read(drawings.canvas(digit)).pixels * 255).astype(np.uint8)
        collection.keep(f"{digit:032x}", {}, pixels, {})
        collection.label_of(f"{digit:032x}", 8 if digit == 3 else digit)
    return collection.search()


@pytest.mark.parametrize("page", PAGES)
def test_the_room_is_a_third_split(room, page):
    app = open_page(f"explore/{page}.py", split="room")
    assert app.segmented_control(key="split").options[-1] == "room"
    assert app.segmented_control(key="split").value == "room"


@pytest.mark.parametrize("page", PAGES)
def test_a_single_drawing_is_enough(room, page):
    collection.delete([one.id for one in room[1:]])
    open_page(f"explore/{page}.py", split="room")


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_room_is_no_split(monkeypatch, tmp_path, page):
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/c.sqlite")
    assert "room" not in open_page(f"explore/{page}.py").segmented_control(key="split").options
    app = open_page(f"explore/{page}.py", split="room")  # a link of another machine
    assert ["No drawing of the room has a label yet" in error.value for error in app.error] == [True]


def test_confusion_of_this_room(room):
    app = open_page("explore/confusion.py", split="room")
    assert "right on 90.00% of 10 digits of the room" in shown(app)
    assert "an 8 taken for a 3" in shown(app) or "8 taken for a 3" in shown(app)


def test_one_drawing_of_the_room_opens_large(room):
    app = open_page("explore/mistakes.py", split="room", digit=str(room[3].id))
    assert not app.exception
    assert "There is no room digit" not in shown(app)


def test_a_doubted_drawing_of_the_room_has_no_confidence(room):
    cross = [np.array([[80.0, 80], [200, 200]]), np.array([[200.0, 80], [80, 200]])]
    pixels = np.round(ink.read(drawings.rasterise(cross, 280, 20)).pixels * 255).astype(np.uint8)
    collection.keep("f" * 32, {}, pixels, {})
    collection.label_of("f" * 32, 4)
    number = collection.search()[-1].id
    page = html(open_page("explore/mistakes.py", split="room", digit=str(number)))
    assert page.count("if it were a digit: ") == 2
    assert "if it were a digit" not in html(open_page("explore/mistakes.py", split="room", digit=str(room[3].id)))


def test_a_new_label_is_seen_at_once(room):
    before = held_out.read("room", ["cnn"])
    assert (before.labels == 8).sum() == 2
    collection.label(room[3].id, 3)
    assert "right on 100.00%" in shown(open_page("explore/confusion.py", split="room"))


def test_a_collection_that_cannot_be_used_leaves_the_other_splits(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    open_page("explore/confusion.py")
