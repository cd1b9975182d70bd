"""What phones hear without asking, and rounds over HTTP: on a real server, without Streamlit."""

import http.client
import json
import secrets
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from benchmarks import rounds as room
from digitlab import audience
from digitlab.access import uvicorn_inside
from digitlab.access.limits import Limits
from digitlab.audience import news
from digitlab.audience.rounds import Event
from digitlab.ui.lecture import rounds as lecture
from digitlab.ui.lecture import summary
from tests import drawings
from tests.audience.test_audience import TOKEN, drawn
from tests.patience import PATIENCE_S, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("digitlab.audience.news.TICK_S", 0.05)
    monkeypatch.setattr("digitlab.audience.rounds.GRACE_S", 0.4)


@contextmanager
def server():
    uvicorn_inside.bound_connections()
    app = Starlette(routes=audience.routes(), middleware=[Middleware(Limits), Middleware(GZipMiddleware)])
    running = uvicorn.Server(uvicorn.Config(app, port=0, http="h11", log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until(lambda: running.started)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive()  # an open stream would keep it


def act(name: str, fields: dict) -> dict:
    return lecture.ACTS[name][1](fields)


def test_fifty_phones_play_and_everybodys_points_are_right():
    with server() as url:
        assert room.play(url, act, lecture.state, phones=50, lost=10) == []
    assert len(lecture.state()["best"]) > 0


def test_a_stream_tells_the_newest_state_and_ends_with_the_server():
    with server() as url:
        one = room.Phone(url)
        one.connect()
        one.until(lambda told: told.get("round", 0) is None)
        assert one.news["name"]
        assert one.news["frozen"] == ""
        audience.wall().freeze(True)
        one.until(lambda told: "stands still" in told["frozen"])
        until(lambda: audience.phones() == 1)
        again = room.Phone(url)
        again.secret = one.secret  # another window of the same phone
        again.connect()
        again.until(lambda told: "name" in told)
        assert audience.phones() == 1
        act("round_begin", {"kind": "draw", "digit": 3})
        for phone in (one, again):
            phone.until(lambda told: told["round"] and told["round"]["task"] == "Draw a 3!")
            assert 15 < phone.news["left"] <= 20
    until(lambda: audience.phones() == 0)


def test_a_stream_is_not_compressed_nor_kept_by_a_proxy():
    with server() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        connection.request("GET", f"/play/news?phone={TOKEN}", headers={"Accept-Encoding": "gzip"})
        reply = connection.getresponse()
        assert reply.getheader("content-type").startswith("text/event-stream")
        assert reply.getheader("content-encoding") is None
        assert reply.getheader("x-accel-buffering") == "no"
        assert reply.readline().startswith(b"retry:")
        connection.close()


def test_streams_are_bounded(monkeypatch):
    monkeypatch.setattr(news, "EACH", 2)
    with server() as url:
        phones = [room.Phone(url) for _ in range(2)]
        for phone in phones:
            phone.connect()
            phone.until(lambda told: told)
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        for phone, status in ((secrets.token_hex(16), 503), (phones[0].secret, 200), ("x", 400)):
            connection.request("GET", f"/play/news?phone={phone}")
            reply = connection.getresponse()
            assert reply.status == status
            if status != 200:
                assert json.loads(reply.read())["problem"]
            connection.close()


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=audience.routes()))


def test_names_are_chosen_and_refused_in_words(client):
    mine, other = {"phone": TOKEN}, {"phone": TOKEN[::-1]}
    assert client.post("/play/name", json=mine | {"name": " Zoë "}).json()["name"] == "Zoë"
    taken = client.post("/play/name", json=other | {"name": "zoe"})
    assert taken.status_code == 400
    assert "Somebody has this name" in taken.json()["problem"]
    assert client.post("/play/name", json=other | {"name": "<b>"}).status_code == 400


def test_a_round_that_is_begun_twice_begins_once():
    assert act("round_begin", {"kind": "draw", "digit": 7}) == act("round_begin", {"kind": "draw", "digit": 3})
    with audience.board().look() as (state, _):
        assert (state.number, state.round.digit) == (1, 7)


def test_a_photo_hangs_on_the_wall_and_counts_in_a_round(client):
    act("round_begin", {"kind": "draw", "digit": 7})
    with audience.board().look() as (state, _):
        number = state.number
    asked = {"token": TOKEN, "phone": TOKEN, "round": number, "order": 1}
    photo = drawings.png(drawings.canvas(7)[..., :3], "JPEG")
    jpeg = {"Content-Type": "image/jpeg"}
    reply = client.post("/play/photo", params={"asked": json.dumps(asked)}, content=photo, headers=jpeg).json()
    assert [answer["digit"] for answer in reply["answers"]] == [7, 7]
    assert len(reply["picture"]) > 700
    (hung,) = audience.wall().entries()
    assert hung.number == reply["number"]
    assert lecture.state()["round"]["times"]["room"]
    for content, kind, status in (
        (b"no picture", "image/jpeg", 400),
        (photo, "text/plain", 415),
        (b"x" * 3_000_001, "image/jpeg", 413),
    ):
        refused = client.post(
            "/play/photo", params={"asked": json.dumps(asked)}, content=content, headers={"Content-Type": kind}
        )
        assert refused.status_code == status
        assert refused.json()["problem"]
    assert client.post("/play/photo", params={"asked": "["}, content=photo, headers=jpeg).status_code == 400


@pytest.mark.parametrize(
    "wrong", [{"round": 0}, {"round": True}, {"order": "1"}, {"phone": "x"}, {"label": 10}, {"order": 2**40}]
)
def test_what_is_wrong_about_a_round_is_refused(client, wrong):
    body = drawn() | {"phone": TOKEN, "round": 1, "order": 1} | wrong
    assert client.post("/play/drawing", json=body).status_code == 400


def test_only_readable_fooling_drawings_are_in_the_summary():
    board = audience.board()
    act("round_begin", {"kind": "fool"})
    number = lecture.state()["round"]["number"]
    board.record(Event("named", who="a" * 16, name="O'Neill"))
    pixels = "/w" + "A" * 1044 + "=="
    board.record(
        Event("drawn", round=number, who="a" * 16, order=1, value=7, said={"dnn": 1, "cnn": -1}, pixels=pixels)
    )
    room.on(act, lecture.state, "judge")
    board.record(Event("voted", round=number, who="b" * 16, about="a" * 16, order=1, value=7))
    room.on(act, lecture.state, "result")
    html = summary.as_html()
    assert "O&#x27;Neill" in html
    assert "People see a 7. DNN says 1, CNN says not a digit." in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    act("round_hide", {"who": "a" * 16})
    assert "People see a 7" not in summary.as_html()
    act("round_clear", {})
    assert "O&#x27;Neill" not in summary.as_html()
