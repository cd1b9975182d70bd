"""A drawing in a link: the same drawing and the same answers for whoever opens it, and a sentence for what is none."""

import base64
import json
import re
import zlib
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from digitlab import ink
from digitlab import settings as places
from digitlab.data import mnist
from digitlab.errors import UnreadablePicture
from digitlab.ui.draw import canvas, canvas_inside, link
from tests import drawings
from tests.pages.test_draw import PATIENCE_S, html, on_canvas, texts


def fields(lines, brush=20.0) -> dict:
    strokes = [[[round(float(x), 2), round(float(y), 2)] for x, y in line] for line in lines]
    return {"width": 280, "height": 280, "brush": [brush] * len(strokes), "strokes": strokes}


def text_of(packed: object) -> str:
    data = zlib.compress(json.dumps(packed).encode())
    return "." + base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("digit", range(10))
def test_a_drawing_opens_pixel_for_pixel(digit):
    drawn = fields(drawings.strokes(digit))
    text = link.text(None, drawn)
    assert len(text) <= link.LONGEST
    opened = link.read(text)
    assert opened.digit is None
    assert opened.strokes["strokes"] == drawn["strokes"]
    before, after = (ink.read(ink.strokes_from_json(one)).pixels for one in (drawn, opened.strokes))
    np.testing.assert_array_equal(before, after)


def test_a_long_drawing_is_coarser_but_reads_the_same():
    turns = np.linspace(0, 40, 2500)
    spiral = np.stack([140 + 2.5 * turns * np.cos(turns), 140 + 2.5 * turns * np.sin(turns)], axis=1)
    drawn = fields([spiral])
    text = link.text(None, drawn)
    assert len(text) <= link.MOST
    opened = link.read(text).strokes
    before, after = (ink.read(ink.strokes_from_json(one)).pixels for one in (drawn, opened))
    assert np.abs(before - after).mean() < 0.05


def test_a_digit_below_strokes_is_in_the_link():
    image = mnist.packaged().images[7]
    opened = link.read(link.text(image, fields(drawings.strokes(1))))
    np.testing.assert_array_equal(opened.digit, image)
    assert opened.strokes is not None
    assert link.read(link.text(image, None)).strokes is None


def test_a_path_has_the_points_of_its_stroke():
    for points in ([[1.5, 2], [3, 4]], [[1, 2], [1, 2], [3, 4.25], [9, 9]], [[5, 5], [5, 5]]):
        made = canvas_inside.path(points, 12.0, "#111111")
        assert canvas_inside.stroke(made) == {"brush": 12.0, "points": points}


def test_the_page_opens_a_link_with_the_same_answers():
    app = on_canvas(4)
    told = next(one for one in app.get("bidi_component") if one.proto.component_name.endswith("live"))
    text = json.loads(told.proto.json)["link"]
    assert 0 < len(text) <= link.LONGEST
    cards = [line for line in html(app).splitlines() if 'class="card' in line]
    app = linked(text)
    assert "Both say 4" in html(app)
    again = [line for line in html(app).splitlines() if 'class="card' in line]
    assert without_times(again) == without_times(cards)


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"[\d.]+ ms|data-\w+=\"\d+\"", "", line) for line in lines]


def linked(text: str):
    app = AppTest.from_file(str(places.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.query_params["drawing"] = text
    app.run()
    assert not app.exception
    return app


WRONG = [
    "x", ".", "a.b.c", "5", "\u00e9", "." + "A" * 10_000, text_of([]), text_of({}), text_of([100]), text_of([100, []]),
    text_of([100, [20]]), text_of([100, [20, 1]]), text_of([7, [2000, 1, 2]]), text_of([100, [2000, 1e400, 2]]),
    text_of([100, [2000, 1, None]]), text_of([100, [-1, 1, 2]]), text_of([100, [2000, 10**9, 2]]),
    text_of([100, "abc"]),
    text_of(5), text_of("x"), text_of(None), text_of([[]]), text_of([100, *[[2000, 1, 2]] * 300]),
    "." + base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000)).decode(),
    "." + base64.urlsafe_b64encode(zlib.compress(bytes(1_000_000))).decode(),
    base64.urlsafe_b64encode(zlib.compress(bytes(783))).decode() + ".",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20])
def test_what_holds_no_drawing_is_refused(text):
    with pytest.raises(UnreadablePicture, match="The drawing in this link cannot be read"):
        link.read(text)


def test_the_page_refuses_in_a_sentence_until_something_is_drawn():
    app = linked(WRONG[0])
    assert texts(app.warning) == [link.REFUSED]
    app.button(key="clear").click().run()
    assert not app.warning


@given(some.text(max_size=60) | some.binary(max_size=60).map(lambda data: "." + base64.b64encode(data).decode()))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    with suppress(UnreadablePicture):
        assert link.read(text) is not None


values = some.recursive(
    some.none() | some.integers() | some.floats() | some.text(max_size=3), some.lists, max_leaves=12
)


@given(some.lists(values | some.lists(some.integers(-3000, 30_000), min_size=3, max_size=9), max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_numbers_are_read_or_refused(lines):
    with suppress(UnreadablePicture):
        assert link.read(text_of([100, *lines])).strokes is not None


def test_clear_and_a_sample_can_be_undone():
    app = on_canvas(4)
    strokes = app.session_state["drawing_strokes"]
    app.button(key="clear").click().run()
    assert "Both say" not in html(app)
    app.button(key="undo").click().run()
    assert app.session_state["drawing_strokes"] == strokes
    assert "Both say 4" in html(app)
    app.button(key="undo").click().run()
    assert app.session_state["drawing_strokes"] == strokes[:1]


def test_erased_strokes_come_back(monkeypatch):
    session = {"drawing": b"png", "drawing_strokes": [{"a": 1}, {"b": 2}, {"c": 3}], "canvas": None}
    monkeypatch.setattr(canvas, "st", SimpleNamespace(session_state=session))
    for odd in (None, "1", [7], [-1], [None, "x"], {"a": 1}):
        canvas.erase(odd)
        assert len(session["drawing_strokes"]) == 3
    canvas.erase([0, 2, 9])
    assert session["drawing_strokes"] == [{"b": 2}]
    canvas.erase([0])
    assert session["drawing_strokes"] == []
    assert session["drawing"] is None
    canvas._undo()
    assert session["drawing_strokes"] == [{"b": 2}]
    canvas._undo()
    assert len(session["drawing_strokes"]) == 3
