"""Requests that do not come, and clients that want too much at once: on a real server, since only that has sockets."""

import asyncio
import logging
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.http.h11_impl import H11Protocol

from digitlab.access import limits, uvicorn_inside
from digitlab.access.limits import Limits
from tests.patience import PATIENCE_S, until

SOON_S = 0.3
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


async def take(request):
    return PlainTextResponse(f"took {len(await request.body())}")


async def stay(websocket):
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        await websocket.receive_text()


def app(**limit):
    routes = [Route("/", take, methods=["GET", "POST"]), WebSocketRoute("/socket", stay)]
    return Starlette(routes=routes, middleware=[Middleware(Limits, **limit)])


@pytest.fixture
def server(monkeypatch):
    """The address of a server that waits for nobody longer than `SOON_S`."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.7, 192.0.2.8")
    monkeypatch.setattr(limits, "PATIENCE_S", SOON_S)
    monkeypatch.setattr(uvicorn_inside, "HEAD_S", SOON_S)
    methods = ["connection_made", "connection_lost", "data_received"]
    kept = {name: getattr(H11Protocol, name) for name in methods}
    uvicorn_inside.bound_connections.__wrapped__()
    running = uvicorn.Server(uvicorn.Config(app(), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        until(lambda: running.started)
        yield running.servers[0].sockets[0].getsockname()
    finally:
        running.should_exit = True
        thread.join(PATIENCE_S)
        for name in methods:
            setattr(H11Protocol, name, kept[name])


@contextmanager
def connection(address):
    with socket.create_connection(address, timeout=PATIENCE_S) as opened:
        yield opened


def rest(opened) -> bytes:
    """All that comes until the server closes the connection."""
    with opened.makefile("rb") as stream:
        return stream.read()


def test_streamlit_serves_by_the_protocol_that_is_bounded_here():
    assert AutoHTTPProtocol is H11Protocol, "httptools is installed: Uvicorn then speaks HTTP by another module"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: local"])
def test_half_a_head_is_not_waited_for(server, sent):
    with connection(server) as opened:
        opened.sendall(sent)
        assert rest(opened) == b""


def test_a_head_that_comes_byte_by_byte_is_not_waited_for_either(server):
    with connection(server) as opened:
        opened.settimeout(SOON_S / 20)

        def is_closed() -> bool:
            try:
                opened.sendall(b"a")
                return opened.recv(1) == b""
            except TimeoutError:
                return False
            except ConnectionError:
                return True

        until(is_closed)


def test_half_a_body_is_not_waited_for(server, caplog):
    caplog.set_level(logging.INFO)
    with connection(server) as opened:
        opened.sendall(HEAD + b"12345")
        assert rest(opened).startswith(b"HTTP/1.1 408")
    assert len(caplog.records) == 1


def test_who_leaves_in_the_middle_costs_one_line(server, caplog):
    caplog.set_level(logging.INFO)
    with connection(server) as opened:
        opened.sendall(HEAD + b"12345")
    until(lambda: caplog.records)
    time.sleep(SOON_S)
    assert [record.getMessage() for record in caplog.records] == [
        "127.0.0.1: left before its request was complete, or sent it too slowly"
    ]
    assert caplog.records[0].exc_info is None


def test_who_pauses_between_requests_is_served(server):
    with connection(server) as opened:
        for _ in range(2):
            opened.sendall(HEAD + b"1234567890")
            assert b"took 10" in opened.recv(1000)
            time.sleep(2 * SOON_S)


def test_a_body_that_goes_on_arriving_is_waited_for(monkeypatch):
    monkeypatch.setattr(limits, "PATIENCE_S", SOON_S)
    monkeypatch.setattr(limits, "SLOWEST", 10)
    pieces = iter([{"type": "http.request", "body": b"12345", "more_body": True}] * 4 + [{"type": "http.request"}])

    async def receive():
        await asyncio.sleep(SOON_S / 2)
        return next(pieces)

    async def collect():
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
        sent = []

        async def send(message):
            sent.append(message)

        await app()(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    assert asyncio.run(collect()) == b"took 20"


@pytest.mark.parametrize("limit", [{"each": 2, "in_all": 9}, {"each": 9, "in_all": 2}])
def test_windows_beyond_a_number_are_refused_until_others_are_closed(limit):
    with TestClient(app(**limit)) as client:
        for _ in range(2):
            with ExitStack() as windows:
                for _ in range(2):
                    windows.enter_context(client.websocket_connect("/socket"))
                with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/socket"):
                    pass
                assert refused.value.code == 1013
            time.sleep(0.1)


def test_a_home_of_ipv6_is_one_client():
    inside = app(each=1)
    one, two = (TestClient(inside, client=(f"2001:db8:1:{part}::1", 1)) for part in ("2200", "22ff"))
    with (
        one.websocket_connect("/socket"),
        pytest.raises(WebSocketDisconnect),
        two.websocket_connect("/socket") as refused,
    ):
        refused.receive_text()


@pytest.mark.parametrize(
    ("named", "client", "is_proxy"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("192.0.2.7", "::1", True),
        ("192.0.2.7, 192.0.2.8", "192.0.2.8", True),
        ("*", "192.0.2.9", True),
        ("192.0.2.7", "192.0.2.9", False),
        ("192.0.2.70", "192.0.2.7", False),
    ],
)
def test_a_proxy_is_not_one_client(named, client, is_proxy):
    assert uvicorn_inside._is_proxy(client, uvicorn.Config(app(), forwarded_allow_ips=named)) == is_proxy


def test_one_client_cannot_have_all_connections(server, monkeypatch):
    monkeypatch.setattr(uvicorn_inside, "CONNECTIONS_EACH", 2)
    monkeypatch.setattr(uvicorn_inside, "is_loopback", lambda _: False)
    with connection(server) as first, connection(server) as second, connection(server) as third:
        assert third.recv(1) == b""
        for opened in (first, second):
            opened.sendall(HEAD + b"1234567890")
            assert b"took 10" in opened.recv(1000)
