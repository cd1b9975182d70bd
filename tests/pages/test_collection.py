"""The Collection page with many drawings, and who may take them home."""

import io
import tracemalloc
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import insert

from digitlab import collection, database
from digitlab.collection import drawings
from digitlab.database.tables import TAKEN_FOR_A_DIGIT, DrawingRow
from digitlab.errors import NotAllowed
from digitlab.ui.explore import gallery
from digitlab.ui.present import collected
from tests import statements
from tests.pages.test_collected import ANSWERS, guest
from tests.pages.test_curves_and_models import open_page
from tests.pages.test_retrain import texts

COUNT = 450
NONE, NO_DIGITS = collection.NOT_A_DIGIT, (30, 33)  # places of drawings that would have no label otherwise


@pytest.fixture
def shown(monkeypatch) -> list[dict]:
    """Many drawings with strokes much larger than any that are kept now; what the gallery shows."""
    now = datetime.now(UTC)
    fat = {"width": 280, "height": 280, "brush": 20, "strokes": [[[1, 2]] * 1_000]}
    rows = [
        {
            "token": f"{at:032x}", "drawn_at": now, "changed_at": now, "strokes": fat, "pixels": bytes(784),
            "answers": ANSWERS, "label": NONE if at in NO_DIGITS else (None, 4, 9)[at % 3],
            "said": 1 << 4 | 1 << 9 | TAKEN_FOR_A_DIGIT,
        } for at in range(COUNT)
    ]  # fmt: skip
    with database.session() as opened:
        opened.execute(insert(DrawingRow), rows)
    told: list[dict] = []
    monkeypatch.setattr(gallery, "_component", lambda data, **_: told.append(data))
    return told


def numbers(shown: list[dict]) -> list[int]:
    return [tile[0] for tile in shown[-1]["tiles"]]


def test_a_page_at_a_time_the_newest_first(shown):
    app = open_page("present/collection.py")
    assert f"## {COUNT} drawings" in texts(app.markdown)
    assert numbers(shown) == [*range(COUNT, COUNT - collected.PAGE, -1)]
    open_page("present/collection.py", page="3")
    assert numbers(shown) == [*range(50, 0, -1)]
    open_page("present/collection.py", page="2", which="read wrong")
    assert len(numbers(shown)) == 302 - collected.PAGE
    open_page("present/collection.py", labelled="not a digit")
    assert shown[-1]["tiles"][0][:3] == [34, "–: 9 4", "wrong"]
    assert "Drawing 34, not a digit: dnn said 9" in shown[-1]["tiles"][0][3]


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", ""])
def test_a_page_that_is_not_there_is_no_error(shown, page):
    app = open_page("present/collection.py", page=page)
    assert not app.exception
    assert numbers(shown)


def test_a_link_opens_a_drawing_of_any_page(shown):
    app = open_page("present/collection.py", drawing="1")
    assert app.selectbox(key="relabel_1").value is None  # "nobody can tell"


def test_a_presenter_says_that_a_drawing_is_no_digit(shown):
    app = open_page("present/collection.py", drawing="1")
    app.selectbox(key="relabel_1").select("not a digit").run()
    app.button(key="save_label").click().run()
    assert not app.exception
    (drawing,) = collection.each([1])
    assert (drawing.label, drawing.checked) == (NONE, True)


def test_no_strokes_are_read_and_little_memory_is_taken(shown):
    with statements.noted() as asked:
        tracemalloc.start()
        try:
            open_page("present/collection.py")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert not any("strokes" in one for one in asked)
    assert peak < 20e6
    assert len(asked) < 12


@pytest.mark.parametrize("group", collected.GROUPS)
@pytest.mark.parametrize("digit", [None, 4, collection.NOT_A_DIGIT])
def test_the_database_finds_the_same_as_reading_all_would(shown, group, digit):
    all_drawings = list(collection.each(collection.find(), strokes=False))
    belongs = {
        "all": lambda one: True,
        "without a label": lambda one: one.label is None,
        "read wrong": collected.is_wrong,
    }[group]
    wanted = [one.id for one in all_drawings if belongs(one) and digit in (None, one.label)]
    assert collected.select(group, digit) == wanted


def test_what_was_kept_before_knows_what_models_said(tmp_path, monkeypatch):
    for at, label in enumerate((9, 4, None)):
        collection.keep(f"{at:032x}", {}, np.zeros((28, 28), np.uint8), {"cnn": ANSWERS["cnn"]} if at else {})
        if label is not None:
            collection.label_of(f"{at:032x}", label)
    assert collection.find(wrong=True) == []
    collection.label(2, 5)
    assert collection.find(wrong=True) == [2]


def downloads(monkeypatch) -> dict:
    """What the page's download buttons would do, by their names."""
    found = {}
    monkeypatch.setattr(
        collected.st, "download_button", lambda name, data, **how: found.update({name: (data, how["disabled"])})
    )
    open_page("present/collection.py")
    return found


def test_a_presenter_downloads_all_pages(shown, monkeypatch):
    pictures, arrays = downloads(monkeypatch).values()
    assert not pictures[1]
    with np.load(io.BytesIO(arrays[0]())) as file:
        assert file["x"].shape == (300, 28, 28)


def test_a_guest_downloads_nothing_even_if_the_button_is_forged(shown, monkeypatch):
    guest(monkeypatch)
    for data, is_disabled in downloads(monkeypatch).values():
        assert is_disabled
        with pytest.raises(NotAllowed, match="download the collection"):
            data()


def test_an_export_reads_few_drawings_at_once(shown, monkeypatch):
    monkeypatch.setattr(drawings, "AT_ONCE", 10)
    tracemalloc.start()
    try:
        content = collection.export.pictures(collection.each(collection.find()[:100]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(content) > 100 * 200
    assert peak < 8e6  # all hundred would take twice as much
