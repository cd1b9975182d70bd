"""The gate before Streamlit: foreign pages, forged names, frames and metrics."""

import dataclasses

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from digitlab.access.gate import Gate, Rules

RULES = Rules(is_for_this_machine=True)


async def answer(_request):
    return PlainTextResponse("passed")


async def socket(websocket):
    await websocket.accept()
    await websocket.send_text("passed")
    await websocket.close()


def client(rules=RULES, base_url="http://localhost:8501", address="127.0.0.1"):
    routes = [
        Route("/", answer, methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/below/_stcore/metrics", answer),
        WebSocketRoute("/socket", socket),
    ]
    app = Gate(Starlette(routes=routes), lambda: rules)
    return TestClient(app, base_url=base_url, client=(address, 50_000))


FOREIGN = [
    "http://localhost:3000",  # a page on another local port
    "http://127.0.0.1:8501",  # another name is another site
    "http://localhost",
    "http://localhost:8501.evil.example",
    "https://evil.example",
    "null",
    "",
    "http://[",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_page_of_another_site_changes_nothing(origin, method):
    assert client().request(method, "/", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_opens_no_socket(origin):
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect("ws://localhost:8501/socket", headers={"Origin": origin}) as opened,
    ):
        opened.receive_text()


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost:8501"}, {"Origin": "HTTP://LOCALHOST:8501"}])
def test_its_own_pages_and_programs_pass(headers):
    assert client().post("/", headers=headers).text == "passed"
    with client().websocket_connect("ws://localhost:8501/socket", headers=headers) as opened:
        assert opened.receive_text() == "passed"


def test_a_page_of_another_site_may_look():
    assert client().get("/", headers={"Origin": "https://evil.example"}).text == "passed"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "192.168.1.20:8501", "localhost.evil.example"])
def test_a_rebound_name_sees_nothing_of_a_server_for_this_machine(host):
    assert client().get("/", headers={"Host": host}).status_code == 403
    assert (
        client(dataclasses.replace(RULES, is_for_this_machine=False)).get("/", headers={"Host": host}).text == "passed"
    )


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_every_name_of_this_machine_is_its_own(host):
    assert client().get("/", headers={"Host": host}).text == "passed"
    assert client().post("/", headers={"Host": host, "Origin": f"http://{host.lower()}"}).text == "passed"


def test_behind_a_proxy_the_public_name_is_its_own():
    headers = {"Host": "digits.example", "X-Forwarded-For": "203.0.113.9", "Origin": "https://digits.example"}
    assert client().post("/", headers=headers).text == "passed"
    headers |= {"Host": "app:8501", "X-Forwarded-Host": "digits.example"}
    assert client().post("/", headers=headers).text == "passed"
    assert client().post("/", headers=headers | {"Origin": "https://evil.example"}).status_code == 403


def test_whoever_runs_the_server_may_let_other_sites_ask():
    rules = dataclasses.replace(RULES, any_origin=True)
    assert client(rules).post("/", headers={"Origin": "https://evil.example"}).text == "passed"


@pytest.mark.parametrize(
    "host", ["[", "[::1", "local host", "a@b", "localhost:port", "localhost:123456", "a/b", "?", ""]
)
def test_a_host_that_is_none_is_refused_in_words(host):
    answered = client().get("/", headers={"Host": host})
    assert (answered.status_code, len(answered.text.splitlines())) == (400, 1)


def test_every_page_may_be_framed_by_its_own_site_alone():
    assert client().get("/").headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    rules = dataclasses.replace(RULES, frames=("https://huggingface.co",))
    assert client(rules).get("/").headers["Content-Security-Policy"] == "frame-ancestors 'self' https://huggingface.co"


def test_streamlits_metrics_are_for_this_machine_as_digitlabs_are():
    path, rules = "/below/_stcore/metrics", dataclasses.replace(RULES, is_for_this_machine=False)
    assert client(rules).get(path).text == "passed"
    assert client(rules, address="203.0.113.9").get(path).status_code == 403
    assert client(rules).get(path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    open_to_all = dataclasses.replace(rules, open_metrics=True)
    assert client(open_to_all, address="203.0.113.9").get(path).text == "passed"
