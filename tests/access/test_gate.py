"""The gate before Streamlit: foreign pages, forged names, frames and metrics."""

import asyncio
import dataclasses
import socket as socket_module
import time

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from digitlab.access import headers, visitor
from digitlab.access.gate import REFUSED_S, STAMP, Gate, Rules

RULES = Rules(is_for_this_machine=True)
ROOM = Rules(is_for_this_machine=False, room_name="lab.example")


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
    "http://localhost:8501@evil.example",
    "ftp://localhost:8501",
    "//localhost:8501",
    "https://evil.example",
    "null",
    "",
    "http://[",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_page_of_another_site_changes_nothing(origin, method):
    status = 403 if headers.problem(Headers({"host": "localhost", "origin": origin}), "1.1") is None else 400
    assert client().request(method, "/", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_opens_no_socket(origin):
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect("ws://localhost:8501/socket", headers={"Origin": origin}) as opened,
    ):
        opened.receive_text()


def test_a_socket_that_is_refused_waits_for_its_answer():
    began = time.monotonic()
    test_a_page_of_another_site_opens_no_socket("https://evil.example")
    assert time.monotonic() - began >= REFUSED_S


@pytest.mark.parametrize("sent", [{}, {"Origin": "http://localhost:8501"}, {"Origin": "HTTP://LOCALHOST:8501"}])
def test_its_own_pages_and_programs_pass(sent):
    assert client().post("/", headers=sent).text == "passed"
    with client().websocket_connect("ws://localhost:8501/socket", headers=sent) as opened:
        assert opened.receive_text() == "passed"


def test_a_page_of_another_site_may_look():
    assert client().get("/", headers={"Origin": "https://evil.example"}).text == "passed"


FORGED = ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example."]
WAYS = ["GET", "HEAD", "POST", "OPTIONS"]


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("host", [*FORGED, "192.168.1.20:8501", "digits", "digits.local"])
def test_a_rebound_name_sees_nothing_of_a_server_for_this_machine(method, host):
    assert client().request(method, "/", headers={"Host": host}).status_code == 403
    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/socket", headers={"Host": host}) as opened:
        opened.receive_text()


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("host", FORGED)
def test_a_rebound_name_sees_nothing_of_a_server_for_a_room(method, host):
    asked = client(ROOM).request(method, "/", headers={"Host": host})
    assert asked.status_code == 403
    if method == "GET":
        assert "DIGITLAB_ROOM_URL" in asked.text
    with (
        pytest.raises(WebSocketDisconnect),
        client(ROOM).websocket_connect("/socket", headers={"Host": host}) as opened,
    ):
        opened.receive_text()


@pytest.mark.parametrize(
    "host",
    ["192.168.1.20:8501", "[2001:db8::1]:8501", "localhost:8501", "digits:8501", "digits.local:8501",
     "lab.example:8501", "LAB.example.", socket_module.gethostname()],
)  # fmt: skip
def test_a_room_reaches_its_server_by_every_name_that_nobody_else_can_have(host):
    assert client(ROOM).get("/", headers={"Host": host}).text == "passed"


def test_without_an_address_for_the_room_a_server_for_all_has_any_name():
    rules = dataclasses.replace(RULES, is_for_this_machine=False)
    assert client(rules).get("/", headers={"Host": "digits.example:8501"}).text == "passed"


@pytest.mark.parametrize("rules", [RULES, ROOM], ids=["this machine", "room"])
@pytest.mark.parametrize("added", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_script_of_a_rebound_page_cannot_pass_as_a_proxy(rules, added):
    """It may add any header to its requests, but it comes to the server's own port."""
    value = "for=10.0.0.5" if added == "Forwarded" else "10.0.0.5"
    assert client(rules).get("/", headers={"Host": "evil.example:8501", added: value}).status_code == 403
    assert client(rules).get("/", headers={"Host": "digits.example:8080", added: value}).text == "passed"
    assert client(rules).get("/", headers={"Host": "digits.example", added: value}).text == "passed"


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_every_name_of_this_machine_is_its_own(host):
    assert client().get("/", headers={"Host": host}).text == "passed"
    assert client().post("/", headers={"Host": host, "Origin": f"http://{host.lower()}"}).text == "passed"


def test_behind_a_proxy_the_public_name_is_its_own():
    sent = {"Host": "digits.example", "X-Forwarded-For": "203.0.113.9", "Origin": "https://digits.example"}
    assert client().post("/", headers=sent).text == "passed"
    sent |= {"Host": "app:8501", "X-Forwarded-Host": "digits.example"}
    assert client().post("/", headers=sent).text == "passed"
    assert client().post("/", headers=sent | {"Origin": "https://evil.example"}).status_code == 403


def test_whoever_runs_the_server_may_let_other_sites_ask():
    rules = dataclasses.replace(RULES, any_origin=True)
    assert client(rules).post("/", headers={"Origin": "https://evil.example"}).text == "passed"


MALFORMED = [
    *(
        [("Host", host)]
        for host in (
            "[", "[::1", "[::g]", "[1:2:3]:80", "local host", "a@b", "user:secret@localhost", "localhost:port",
            "localhost:123456", "localhost:65536", "localhost:0", "localhost:-1", "localhost:", "a/b", "localhost/",
            "", "?", "localhost, localhost", "localhost\t", "http://localhost", "l\xf6calhost", "localhost%00",
            "\xc5\xbfocalhost",
        )
    ),
    [("Host", "localhost"), ("Host", "localhost")],
    [("Host", "localhost"), ("host", "evil.example")],
    [],
    *(
        [("Host", "localhost"), ("Origin", origin)]
        for origin in (
            "", "localhost", "//localhost", "http:/localhost", "http://[", "http://localhost/", "http://localhost:99999",
            "http://localhost http://evil.example", "http://a@localhost", "http://localhost\xe9", "NULL, null",
        )
    ),
    [("Host", "localhost"), ("Origin", "http://localhost"), ("Origin", "http://localhost")],
    [("Host", "localhost"), ("Origin", "null"), ("Origin", "http://localhost")],
    *(
        [("Host", "localhost"), (name, value)]
        for name, value in (
            ("Forwarded", "for"), ("Forwarded", "for=1;;"), ("Forwarded", 'for="1'), ("Forwarded", "for=\xe9"),
            ("Forwarded", ""), ("Cookie", "a=\x01"), ("Accept", "\x7f"),
            ("X-Forwarded-For", "10.0.0.5\xff"), ("X-Forwarded-Host", "a b"), ("X-Forwarded-Host", "evil.example/"),
            ("X-Forwarded-Host", "a,"), ("X-Real-IP", "\x85"), ("Via", "1.1 \xe9"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("sent", MALFORMED, ids=str)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_malformed_headers_are_refused_in_words(kind, sent):
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in sent]
    scope = {
        "type": kind, "method": "GET", "path": "/", "headers": raw, "client": ("127.0.0.1", 1), "http_version": "1.1",
    }  # fmt: skip
    answered = []

    async def never(*_):
        raise AssertionError("passed")

    async def send(message):
        answered.append(message)

    asyncio.run(Gate(never, lambda: RULES)(scope, never, send))
    assert answered[0]["type"].endswith("http.response.start")
    assert answered[0]["status"] == 400
    assert len(answered[1]["body"].decode().splitlines()) == 1


@pytest.mark.parametrize(
    "sent",
    [
        # of pages that look, and no more
        {"Origin": "null"}, {"Origin": "file://"}, {"Origin": "moz-extension://f00d"},
        {"Forwarded": 'for=192.0.2.60;proto=http, for="[2001:db8::17]:4711"'},
        {"X-Forwarded-For": "203.0.113.9, 10.0.0.5"},
        {"X-Forwarded-Host": "digits.example, app:8501"}, {"Cookie": "of=another app \xe9"}, {"Via": "1.1 vegur"},
        {"X-Forwarded-Proto": ""}, {"Cookie": "=;;="},
    ],
    ids=str,
)  # fmt: skip
def test_what_browsers_and_proxies_send_is_not_malformed(sent):
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    assert client().get("/", headers=raw).text == "passed"


def test_a_balancer_may_ask_as_in_the_days_of_http_1_0():
    assert headers.problem(Headers({}), "1.0") is None
    assert headers.problem(Headers({}), "1.1") is not None


def stamped(sent=(), kind="websocket", address="127.0.0.1"):
    """The headers that Streamlit sees."""
    raw = [(name.lower().encode(), value.encode()) for name, value in [("Host", "localhost:8501"), *sent]]
    seen = []

    async def inner(scope, *_):
        seen.append(Headers(scope=scope))

    scope = {"type": kind, "method": "GET", "path": "/", "headers": raw, "client": (address, 1), "server": ("", 8501)}
    asyncio.run(Gate(inner, lambda: ROOM)(scope, None, None))
    return seen[0]


def test_streamlit_is_told_who_asks_and_nobody_else_can_tell_it():
    secret = visitor.new_secret()
    forged = [(STAMP, "here"), (STAMP.upper(), f"here {visitor.digest(secret)}")]
    assert stamped().getlist(STAMP) == ["here"]
    assert stamped(forged, address="10.0.0.5").getlist(STAMP) == ["elsewhere"]
    assert stamped([*forged, ("X-Forwarded-For", "127.0.0.1")]).getlist(STAMP) == ["elsewhere"]
    cookie = ("Cookie", f"{visitor.COOKIE}={secret}")
    assert stamped([cookie], address="10.0.0.5").getlist(STAMP) == [f"elsewhere {visitor.digest(secret)}"]


def test_streamlit_has_no_reason_to_ask_the_internet_who_a_page_is():
    """It compares `Origin` with `Host`, and for any other one asks which address others see."""
    by_proxy = [("Origin", "https://digits.example"), ("X-Forwarded-Host", "digits.example")]
    for sent in (by_proxy, [("Origin", "HTTP://LOCALHOST:8501")]):
        assert stamped(sent)["origin"] == "http://localhost:8501"


def test_every_page_may_be_framed_by_its_own_site_alone():
    assert client().get("/").headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert (
        client().get("/", headers={"Host": "evil.example"}).headers["Content-Security-Policy"]
        == "frame-ancestors 'self'"
    )
    rules = dataclasses.replace(RULES, frames=("https://huggingface.co",))
    assert client(rules).get("/").headers["Content-Security-Policy"] == "frame-ancestors 'self' https://huggingface.co"


def test_streamlits_metrics_are_for_this_machine_as_digitlabs_are():
    path, rules = "/below/_stcore/metrics", dataclasses.replace(RULES, is_for_this_machine=False)
    assert client(rules).get(path).text == "passed"
    assert client(rules, address="203.0.113.9").get(path).status_code == 403
    assert client(rules).get(path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    open_to_all = dataclasses.replace(rules, open_metrics=True)
    assert client(open_to_all, address="203.0.113.9").get(path).text == "passed"
