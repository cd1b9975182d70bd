"""Answers while the pen still moves, without a browser: the routes that `live.js` asks."""

import json
import re
import shutil
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab import ink, serving, settings
from digitlab.audience import questions
from digitlab.audience.turns import Turns
from digitlab.ink import Strokes
from digitlab.models import store
from digitlab.ui.draw import canvas, cards, live
from tests import drawings, worst_drawings
from tests.pages.test_draw import draw, html
from tests.patience import PATIENCE_S

STRAINED = questions.STRAINED


def asked(*digits: int, **changes) -> dict:
    """What the script sends of digits side by side."""
    lines = [line for at, digit in enumerate(digits) for line in drawings.strokes(digit, 20 + 135 * at, 80, 100)]
    strokes = [line.round(1).tolist() for line in lines]
    size = {"width": 280, "height": 280, "brush": [20] * len(strokes)}
    return {**size, "strokes": strokes, "models": list(store.FLAGSHIPS), "final": True, **changes}


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """However busy the machine is that tests, and whatever tests before have seen."""
    monkeypatch.setattr(questions, "STRAINED", float("inf"))
    monkeypatch.setattr(serving.readers, "_readers", serving.readers.Readers(0))


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=live.routes()))


def test_what_is_answered_is_what_the_page_writes(client):
    found = client.post("/live/answer", json=asked(4)).json()
    assert "Both say 4" in found["outcome"]
    assert "dnn answers 4" in found["left"]
    assert "cnn answers 4" in found["right"]
    pixels = ink.read(ink.parse_strokes(json.dumps(asked(4)).encode())).pixels
    assert found["seen"] == cards.seen(pixels)
    assert found["is_one"]
    assert found["took_ms"] > 0


def test_several_digits_are_read_one_by_one(client):
    found = client.post("/live/answer", json=asked(4, 2)).json()
    assert "Both read 42" in found["outcome"]
    assert "dnn reads 4 2" in found["left"]
    assert "boxes" in found["seen"]
    assert not found["is_one"]


def test_a_share_of_the_drawing_is_answered_as_the_timeline_has_it(client):
    part = client.post("/live/answer", json=asked(4, share=0.5)).json()
    pixels = ink.as_one_digit(ink.cut(ink.strokes_from_json(asked(4)), 0.5))
    assert part["seen"] == cards.seen(pixels)
    for share in (0, 1.5, True, "all"):
        assert client.post("/live/answer", json=asked(4, share=share)).status_code == 400


def test_the_models_are_those_that_are_asked_for(client):
    found = client.post("/live/answer", json=asked(4, models=["softmax", "softmax"])).json()
    assert "softmax answers" in found["left"]
    assert "softmax answers" in found["right"]


def test_a_dot_is_told_in_words(client):
    found = client.post("/live/answer", json=asked(4, strokes=[[[140, 140]]], brush=[20])).json()
    assert found == {"problem": "This is only a dot. Draw one digit, large and with a clear stroke."}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"strokes": 4}, 400),
        ({"models": []}, 400),
        ({"models": ["dnn", "cnn", "softmax"]}, 400),
        ({"models": [1]}, 400),
        ({"models": ["no such model"]}, 404),
        ({"models": ["../models/dnn"]}, 404),
    ],
)
@pytest.mark.parametrize("path", ["/live/answer", "/live/timeline"])
def test_what_cannot_be_answered_is_refused(client, path, changes, status):
    reply = client.post(path, json=asked(4, **changes))
    assert reply.status_code == status
    assert set(reply.json()) == {"problem"}


def test_a_stroke_that_still_grows_gives_way_and_pen_up_does_not(monkeypatch):
    at_work, go_on = threading.Barrier(3), threading.Event()

    def slow(name: str) -> serving.Classifier:
        if threading.current_thread() not in seen and len(seen) < 2:
            seen.append(threading.current_thread())
            at_work.wait(PATIENCE_S)
            go_on.wait(PATIENCE_S)
        return load(name)

    seen, load = [], serving.load
    monkeypatch.setattr(serving, "load", slow)
    monkeypatch.setattr(questions, "_turns", Turns(2, 10, 10, PATIENCE_S))
    with TestClient(Starlette(routes=live.routes())) as client:  # one event loop for all
        statuses = []

        def post() -> None:
            statuses.append(client.post("/live/answer", json=asked(4)).status_code)

        busy = [threading.Thread(target=post) for _ in range(2)]
        for thread in busy:
            thread.start()
        at_work.wait(PATIENCE_S)
        assert client.post("/live/answer", json=asked(4, final=False)).status_code == 503
        assert client.post("/live/timeline", json=asked(4)).status_code == 503
        waiting = threading.Thread(target=post)
        waiting.start()
        go_on.set()
        for thread in (*busy, waiting):
            thread.join(PATIENCE_S)
        assert statuses == [200] * 3
        assert client.post("/live/answer", json=asked(4, final=False)).status_code == 200


def test_a_strained_server_refuses_what_can_wait(client, monkeypatch):
    """Work that takes far longer than its processor time: others want the processor."""
    monkeypatch.setattr(questions, "STRAINED", STRAINED)
    monkeypatch.setattr(questions, "_strain", questions._Strain())
    monkeypatch.setattr(questions, "STRAIN_S", PATIENCE_S)  # however slowly the questions below follow each other
    load, rest_s = serving.load, 0.5
    monkeypatch.setattr(serving, "load", lambda name: (time.sleep(rest_s), load(name))[1])
    assert client.post("/live/answer", json=asked(4)).status_code == 200
    assert client.post("/live/answer", json=asked(4, final=False)).status_code == 200  # one alone tells nothing
    assert client.post("/live/answer", json=asked(4)).status_code == 200
    assert client.post("/live/answer", json=asked(4, final=False)).status_code == 503
    assert client.post("/live/timeline", json=asked(4)).status_code == 503
    assert client.post("/live/answer", json=asked(4)).status_code == 200  # pen-up waits its turn
    monkeypatch.setattr(questions, "STRAIN_S", 0.0)  # long ago
    assert client.post("/live/answer", json=asked(4, final=False)).status_code == 200


def test_strain_passes(monkeypatch):
    monkeypatch.setattr(questions, "STRAINED", STRAINED)
    clock = {"monotonic": 100.0, "thread_time": 0.0}
    monkeypatch.setattr(questions, "time", SimpleNamespace(monotonic=lambda: clock["monotonic"]))
    monkeypatch.setattr(serving.readers, "processor_s", lambda: clock["thread_time"])
    strain = questions._Strain()

    def work(takes_s: float) -> bool:
        with strain.observed():
            clock["monotonic"] += takes_s
            clock["thread_time"] += 0.01
        return strain.is_high()

    assert [work(10.0) for _ in range(3)] == [False, True, True]
    assert [work(0.01) for _ in range(3)] == [True, False, False]
    assert [work(10.0) for _ in range(3)][-1]
    clock["monotonic"] += questions.STRAIN_S
    assert not strain.is_high()


def test_timeline_ends_with_the_answer(client):
    drawing = ink.parse_strokes(json.dumps(asked(4)).encode())
    html = client.post("/live/timeline", json=asked(4)).json()["html"]
    for name in store.FLAGSHIPS:
        (points,) = re.findall(rf'<polyline class="{name}" points="0,40 (.*?)"/>', html)
        across, down = np.array([point.split(",") for point in points.split()], float).T
        np.testing.assert_allclose(across, 100 * np.arange(1, live.STEPS + 1) / live.STEPS)
        assert down[-1] < 40 - 38 * 0.9
        assert down[0] > 40 - 38 * 0.5
        (knew,) = re.findall(rf'<li class="{name}"><b>{name.upper()}</b> settled on 4 at (\d+)%</li>', html)
        assert 0 < int(knew) <= 100
        part = ink.cut(drawing, int(knew) / 100 - 1 / live.STEPS)
        assert serving.load(name).answer(ink.read(part).pixels[None]).probabilities.argmax() != 4


@pytest.mark.parametrize(
    ("stroke", "brush"),
    [
        ([[5, 275]], 6),  # a slip of the pen
        ([[15, 265]], 20),
        ([[400, 20], [400, 260]], 20),  # beyond the edge
        ([[60, 60]], 20),  # close to the digit: part of it
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_timeline_ends_with_what_is_read_of_the_drawing(monkeypatch, stroke, brush, is_first):
    what, model, seen = asked(5), serving.load("cnn"), []
    at = 0 if is_first else len(what["strokes"])
    what["strokes"].insert(at, stroke)
    what["brush"].insert(at, brush)

    def answer_one(pixels: np.ndarray) -> serving.Answers:
        seen.append(pixels)
        return model.answer_one(pixels)

    monkeypatch.setattr(serving, "load", lambda name: SimpleNamespace(name=name, run=model.run, answer_one=answer_one))
    live.timeline({**what, "models": ["cnn"]})
    assert len(seen) == live.STEPS
    np.testing.assert_array_equal(seen[-1], ink.read(ink.strokes_from_json(what)).pixels)


def test_timeline_of_what_is_no_digit(client):
    cross = [[[60, 60], [220, 220]], [[220, 60], [60, 220]]]
    found = client.post("/live/timeline", json=asked(4, strokes=cross)).json()["html"]
    assert found.count("</b> doubts that it is a digit</li>") == 2


points = some.lists(some.tuples(some.integers(0, 280), some.integers(0, 280)), min_size=1, max_size=8)


@given(some.lists(points, min_size=1, max_size=4), some.floats(0.01, 1))
def test_a_cut_drawing_is_the_beginning_of_it(lines, share):
    drawing = Strokes(280, 280, tuple(np.array(line, float) for line in lines), (20.0,) * len(lines))
    part = ink.cut(drawing, share)
    assert 1 <= len(part.lines) == len(part.brushes) <= len(lines)
    for short, line in zip(part.lines, drawing.lines, strict=False):
        assert 1 <= len(short) <= len(line)
        assert np.array_equal(short[:-1], line[: len(short) - 1])

    def length(some: Strokes) -> float:
        return sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in some.lines)

    assert length(part) == pytest.approx(share * length(drawing), abs=1e-6)
    assert ink.cut(drawing, 1.0) is drawing


def test_the_page_marks_of_which_drawing_it_tells():
    page = html(draw(drawings.canvas(4)))
    assert page.count('class="told"') == 4
    assert page.count('data-revision="1" data-count="0"') == 4


def test_the_canvas_tells_its_strokes_as_the_pen_was_seen(monkeypatch):
    fabric = {
        "type": "Path", "strokeWidth": 12,
        "path": [["M", 10, 10], ["Q", 10, 10, 15, 15], ["Q", 20, 20, 25, 20], ["L", 30.04, 20]],
    }  # fmt: skip
    state = {"_canvas_initial": {"objects": [fabric], "revision": 3}}
    monkeypatch.setattr(canvas.st, "session_state", state)
    assert canvas.as_shown() == [{"brush": 12, "points": [[10, 10], [10, 10], [20, 20], [30.04, 20]]}]
    state["_canvas_initial"] = {"objects": [{"type": "image", "src": ""}], "revision": 4}
    assert canvas.as_shown() == [None]
    state.clear()
    assert canvas.as_shown() == []


def test_a_model_that_is_replaced_answers_at_once(client, tmp_path, monkeypatch):
    shutil.copytree(settings.load().models_dir, tmp_path / "models", ignore=shutil.ignore_patterns(".*"))
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    before = client.post("/live/answer", json=asked(4, models=["cnn"])).json()["left"]
    shutil.rmtree(tmp_path / "models" / "cnn")
    shutil.copytree(tmp_path / "models" / "softmax", tmp_path / "models" / "cnn")
    after = client.post("/live/answer", json=asked(4, models=["cnn"])).json()["left"]
    assert re.sub(r"[\d.]+ ms", "", after) != re.sub(r"[\d.]+ ms", "", before)


def timeline_s(kind: str) -> float:
    """Processor time for the timeline of one of the worst drawings."""
    drawing = {**worst_drawings.all_of_them()[kind], "models": list(store.FLAGSHIPS)}
    took = []
    for _ in range(3):
        began = time.thread_time()
        live.timeline(drawing)
        took.append(time.thread_time() - began)
    return min(took)


def test_no_timeline_takes_long():
    assert timeline_s("512 px: strokes with many points") <= 8 * 0.3  # beside other tests; 0.3 s by itself


@pytest.mark.attack
@pytest.mark.parametrize("side", [28, 280, 512, 10_000])
@pytest.mark.parametrize(
    "kind", ["50 brushes, many strokes", "strokes with many points", "14 rings, many strokes", "40 rings, many strokes"]
)
def test_no_timeline_takes_more_than_300_ms(side, kind):
    assert timeline_s(f"{side} px: {kind}") / worst_drawings.pace() <= 0.3
