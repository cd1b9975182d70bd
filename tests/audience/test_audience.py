"""The audience's requests, without a browser."""

import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab import audience, collection, ink
from tests import drawings

TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=audience.routes()))


def drawn(digit: int = 4, token: str = TOKEN, **changes) -> dict:
    strokes = [stroke.tolist() for stroke in drawings.strokes(digit)]
    return {"token": token, "keep": True, "width": 280, "height": 280, "brush": 20, "strokes": strokes, **changes}


def test_the_page_is_one_file(client):
    page = client.get("/play")
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert "{{" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/play").text == page.text


def test_a_drawing_is_read_hung_and_kept(client):
    reply = client.post("/play/drawing", json=drawn()).json()
    assert [(answer["name"], answer["digit"], answer["is_digit"]) for answer in reply["answers"]] == [
        ("dnn", 4, True),
        ("cnn", 4, True),
    ]
    assert reply["kept"]
    (hung,) = audience.wall().entries()
    (kept,) = collection.search()
    np.testing.assert_array_equal(hung.pixels, kept.pixels)
    ink.parse_strokes(json.dumps(kept.strokes).encode())
    assert client.post("/play/label", json={"token": TOKEN, "label": 4}).json() == {"kept": True, "waits": False}
    assert collection.digits()[2].tolist() == [4]
    assert [answer.is_right("cnn") for answer in audience.wall().entries()] == [True]


@pytest.mark.parametrize("keep", [False, None, "yes", 1])
def test_without_a_yes_nothing_is_kept(client, keep):
    assert not client.post("/play/drawing", json=drawn(keep=keep)).json()["kept"]
    assert client.post("/play/label", json={"token": TOKEN, "label": 4}).json() == {"kept": False, "waits": False}
    assert collection.search() == []
    assert len(audience.wall().entries()) == 1


def test_a_no_takes_back_what_was_kept(client):
    client.post("/play/drawing", json=drawn())
    client.post("/play/drawing", json=drawn(keep=False))
    assert collection.search() == []


def test_the_presenter_can_switch_keeping_off(client):
    collection.set_keeping(False)
    assert not client.post("/play/drawing", json=drawn()).json()["kept"]


def test_two_digits_are_counted(client):
    both = [*drawings.strokes(1, 20, 80, 110), *drawings.strokes(0, 150, 80, 110)]
    reply = client.post("/play/drawing", json=drawn(strokes=[stroke.tolist() for stroke in both])).json()
    assert reply["digits"] == 2
    assert not any(answer["is_digit"] for answer in reply["answers"])
    assert client.post("/play/drawing", json=drawn()).json()["digits"] == 1


def test_what_is_no_digit_is_told_in_words(client):
    dot = client.post("/play/drawing", json=drawn(strokes=[[[140, 140]]])).json()
    assert "only a dot" in dot["problem"]
    assert audience.wall().entries() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/play/drawing", {}),
        ("/play/drawing", drawn(token="1")),
        ("/play/drawing", drawn(token=None)),
        ("/play/drawing", drawn(strokes="x")),
        ("/play/drawing", drawn(width=0)),
        ("/play/drawing", []),
        ("/play/label", {"token": TOKEN, "label": 10}),
        ("/play/label", {"token": TOKEN, "label": True}),
        ("/play/label", {"token": TOKEN}),
    ],
)
def test_other_requests_are_refused_in_words(client, path, body):
    reply = client.post(path, json=body)
    assert reply.status_code == 400
    assert reply.json()["problem"]


def test_other_kinds_of_requests_are_refused(client):
    text = {"Content-Type": "text/plain"}  # what a page of another host may send without asking
    assert client.post("/play/drawing", content=json.dumps(drawn()), headers=text).status_code == 415
    json_type = {"Content-Type": "application/json"}
    assert client.post("/play/drawing", content=b"{" * 500_000, headers=json_type).status_code == 413
    assert client.post("/play/drawing", content=b"[" * 100_000, headers=json_type).status_code == 400
    assert client.get("/play/drawing").status_code == 405


def test_a_collection_that_cannot_be_used_holds_up_no_answer(client, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    reply = client.post("/play/drawing", json=drawn()).json()
    assert len(reply["answers"]) == 2
    assert (reply["kept"], reply["waits"]) == (False, True)
    assert "It will be kept as soon as" in reply["said"]
    assert client.post("/play/label", json={"token": TOKEN, "label": 4}).json() == {"kept": False, "waits": True}


def test_after_a_restart_the_latest_kept_drawings_hang_again(client):
    client.post("/play/drawing", json=drawn())
    client.post("/play/label", json={"token": TOKEN, "label": 9})
    audience.wall.cache_clear()
    (again,) = audience.wall().entries()
    assert (again.label, again.is_right("cnn")) == (9, False)


def test_after_a_restart_hidden_stays_hidden_and_approval_is_still_required(client):
    other = "f" * 32
    for token in (TOKEN, other):
        client.post("/play/drawing", json={**drawn(), "token": token})
    audience.wall().hide(1)
    audience.wall().require_approval(True)
    audience.wall.cache_clear()
    seen = audience.wall().look()
    assert seen.approval
    assert (len(seen.entries), len(seen.waiting)) == (0, 1)
    audience.wall().approve([seen.waiting[0].number], seen.version)
    client.post("/play/drawing", json=drawn())
    client.post("/play/label", json={"token": other, "label": 4})
    (shown,) = audience.wall().entries()
    assert shown.label == 4
    assert audience.wall().look().waiting == ()
