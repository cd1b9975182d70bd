"""The lecture's addresses, asked without a browser."""

import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.access import Visitor
from digitlab.errors import InvalidValue
from digitlab.ui import presenter
from digitlab.ui.lecture import reach, routes, script
from tests import drawings

FOUR = {
    "width": 280, "height": 280, "brush": 20, "strokes": [line.tolist() for line in drawings.strokes(4)],
    "models": ["dnn", "cnn"],
}  # fmt: skip


@pytest.fixture
def lecture(monkeypatch, tmp_path):
    monkeypatch.setattr(script, "own", lambda: tmp_path / "lecture.txt")
    return TestClient(Starlette(routes=routes.routes()))


def test_everything_that_the_page_loads_is_there_and_nothing_else_is(lecture):
    for name in ("lecture", "lecture/remote"):
        page = lecture.get(f"/{name}")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "{{" not in page.text
    for file in [*routes.PAGE.glob("*.js"), *routes.PAGE.glob("*.css")]:
        found = lecture.get(f"/lecture/page/{file.name}")
        assert (found.status_code, found.headers["cache-control"]) == (200, "no-cache")
        for module in [line.split('"')[1][2:] for line in found.text.splitlines() if line.startswith("import ")]:
            assert lecture.get(f"/lecture/page/{module}").status_code == 200
    for name in ("lecture.html", "..%2froutes.py", "scripts/en.txt"):
        assert lecture.get(f"/lecture/page/{name}").status_code == 404


def test_a_script_in_its_words_cannot_end_the_page(lecture, monkeypatch):
    monkeypatch.setattr(routes.unlocking, "PATH", "</script><script>alert(1)</script>")
    page = lecture.get("/lecture").text
    assert "<script>alert" not in page
    (words,) = [part.partition("</script>")[0] for part in page.split('id="words">')[1:]]
    assert json.loads(words)["unlocking"].startswith("</script>")


def test_the_address_is_where_the_browser_is(lecture, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", {"server.address": None, "server.port": 8501}.get)
    told = lecture.get("/lecture/address", params={"at": "https://digits.example/a/~/"}).json()
    assert (told["shown"], told["code"][:20], told["reach"]) == (
        "digits.example/a/~/play",
        "data:image/svg+xml;c",
        None,
    )
    for wrong in ("", "http://[::1", "http://a:b/", "x" * 9_999):
        assert lecture.get("/lecture/address", params={"at": wrong}).status_code in {200, 400}


@pytest.mark.parametrize("act", routes.ACTS)
def test_guests_may_look_and_change_nothing(lecture, monkeypatch, act):
    assert lecture.get("/lecture/state").json()["presenter"] is False  # the test's client is no loopback address
    monkeypatch.setitem(routes.ACTS, act, (routes.ACTS[act][0], lambda asked: pytest.fail("was done")))
    refused = lecture.post("/lecture/act", json={"act": act})
    assert refused.status_code == 403
    assert f"Only the presenter may {routes.ACTS[act][0]}" in refused.json()["problem"]


@pytest.fixture
def as_presenter(monkeypatch):
    monkeypatch.setattr(routes, "visitor_of", lambda scope: Visitor("", "127.0.0.1", {"host": "localhost"}))
    monkeypatch.setattr("streamlit.get_option", lambda name: "127.0.0.1")


@pytest.mark.usefixtures("as_presenter")
def test_a_presenter_moves_every_window(lecture):
    before = lecture.get("/lecture/state").json()["place"]["moves"]
    told = lecture.post("/lecture/act", json={"act": "move", "view": "wall"}).json()
    assert (told["view"], told["moves"]) == ("wall", before + 1)
    assert lecture.get("/lecture/state").json()["place"] == told


@pytest.mark.usefixtures("as_presenter")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"[]", 400), (b"{}", 400), (b'{"act": 7}', 400), (b'{"act": "fly"}', 404),
        (b'{"act": "move", "view": "moon"}', 400), (b"[" * 19_000, 400), (b" " * 30_000, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(lecture, body, status):
    answer = lecture.post("/lecture/act", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["problem"].endswith(".")


@pytest.mark.usefixtures("as_presenter")
def test_a_failure_is_a_sentence(lecture, monkeypatch):
    monkeypatch.setitem(routes.ACTS, "move", ("move", lambda asked: 1 / 0))
    answer = lecture.post("/lecture/act", json={"act": "move"})
    assert answer.status_code == 503
    assert "Something went wrong" in answer.json()["problem"]


def test_the_stage_explains_one_digit():
    told = routes.explain(FOUR)
    assert told["figures"].count("<figure") == 2
    assert "because of" in told["said"]
    four, two = (
        np.float64(line) for line in (drawings.strokes(4, left=10)[0], drawings.strokes(2, left=200, size=70)[0])
    )
    several = {**FOUR, "strokes": [four.tolist(), drawings.strokes(4, left=10)[1].tolist(), two.tolist()]}
    assert "an explanation is about one" in routes.explain(several).get("problem", "")
    with pytest.raises(InvalidValue):
        routes.explain({**FOUR, "models": "dnn"})


@pytest.mark.parametrize(
    ("listens", "room", "at", "address", "is_alone"),
    [
        ("127.0.0.1", None, "http://localhost:8501/", "http://localhost:8501/play", True),
        ("127.0.0.1", None, "http://localhost:8080/a/", "http://localhost:8080/a/play", False),  # through a proxy
        ("127.0.0.1", None, "https://digits.example/", "https://digits.example/play", False),
        ("0.0.0.0", None, "http://localhost:8501/", "http://192.168.7.7:8501/play", False),
        (None, None, "https://digits.example/app/", "https://digits.example/app/play", False),
        ("0.0.0.0", "http://room:99", "http://localhost:8501/", "http://room:99/play", False),
    ],
)
def test_phones_are_given_an_address_that_leads_here(monkeypatch, listens, room, at, address, is_alone):
    monkeypatch.setattr("streamlit.get_option", {"server.address": listens, "server.port": 8501}.get)
    monkeypatch.setattr("digitlab.access.network.own_address", lambda: "192.168.7.7")
    if room:
        monkeypatch.setenv("DIGITLAB_ROOM_URL", room)
    assert reach.address(at) == address
    assert (reach.problem(at) is not None) == is_alone


def test_the_guard_is_the_one_of_all_pages():
    assert presenter.guard() is presenter.guard()
