"""Attackers, each in a process of its own: `python -m tests.attacks.attackers NAME URL SECONDS`.

They say that they come from another address than the honest visitor (`X-Forwarded-For`, which the server believes of a
proxy on its own machine), and rest a moment after each answer, as if a network lay between: what they cost is
the server's time, not that of making attacks.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import random
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from digitlab import ink
from tests import drawings

ADDRESS = "203.0.113.66"  # reserved for documentation (RFC 5737), as are the others below
CONNECTIONS = 8
REST_S = 0.01
PAGES = ["", "mistakes", "confusion", "collection", "wall", "curves"]
Ended = Callable[[], bool]


def foreign_sockets(url: str, ended: Ended) -> None:
    """A page of another site opens sockets, for each of which Streamlit would ask the internet."""

    async def open_them() -> None:
        while not ended():
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(_stream(url), origin="https://evil.example", subprotocols=["streamlit"]):
                    pass
            await asyncio.sleep(REST_S)

    asyncio.run(_several(open_them))


def slow_drawings(url: str, ended: Ended) -> None:
    """The drawings that take the longest to read."""
    _post(url, "/live/answer", _slow(), ended)


def dear_drawings(url: str, ended: Ended) -> None:
    """Drawings that are small to send and dear to read: as many strokes and widths as may be."""

    def drawn() -> Iterator[bytes]:
        chance = random.Random(4)
        while True:
            lines = [[[chance.randrange(280), chance.randrange(280)] for _ in range(3)] for _ in range(190)]
            yield _body(strokes=lines, brush=[1 + at % 50 for at in range(190)])

    _post(url, "/live/answer", drawn(), ended)


def slow_timelines(url: str, ended: Ended) -> None:
    """The same, asked for twenty readings each."""
    _post(url, "/live/timeline", _slow(), ended)


def forged_drawings(url: str, ended: Ended) -> None:
    """Drawings that no canvas makes: huge, far away, nested, endless, of the wrong type."""
    line = [[10, 10], [200, 200]]
    forged = [
        {"strokes": [line], "brush": 20_000},
        {"strokes": [line], "brush": [20_000]},
        {"strokes": [[[0, 0], [1e7, 1e7]]]},
        {"strokes": [[[0, 0], [9_999, 9_999]]], "width": 10_000, "height": 10_000},
        {"strokes": [[[at % 280, at * 7 % 280]] for at in range(10_000)]},
        {"strokes": [[[0, 0]] * 10_000]},
        {"strokes": [[[x, y] for x in range(100)] for y in range(100)], "brush": 0.1},
        {"strokes": [[[1e-300, 1e-300], [2e-300, 2e-300]]], "brush": 0.1},
        {"strokes": [line], "width": 10**400},
        {"strokes": json.loads("[" * 900 + "]" * 900)},
        {"strokes": [line] * 5_000, "brush": [1 + at / 1e4 for at in range(5_000)]},
        {"strokes": "x" * 300_000},
        {"strokes": [line], "models": ["../../../etc/passwd", "cnn"]},
        {"strokes": [line], "share": 1e-300},
    ]
    _post(url, "/live/answer", itertools.cycle([_body(**one) for one in forged]), ended)


def bodies(url: str, ended: Ended) -> None:
    """Bodies that are no JSON, or far too much of it."""
    chance = random.Random(1)
    kinds = [
        b"[" * 399_000, b'{"a":' * 60_000, b"9" * 399_000, b'{"strokes": [' + b"1e999," * 50_000,
        chance.randbytes(399_000), b'"' + b"\\u0000" * 60_000 + b'"', b" " * 500_000, b"",
    ]  # fmt: skip
    _post(url, "/live/answer", itertools.cycle(kinds), ended)


def keeping(url: str, ended: Ended) -> None:
    """Drawings to be kept, as many and as large as they may be."""

    def drawn() -> Iterator[bytes]:
        chance = random.Random(2)
        while True:
            lines = [[[chance.uniform(0, 280), chance.uniform(0, 280)] for _ in range(400)] for _ in range(4)]
            yield _body(strokes=lines, token=secrets.token_hex(16), keep=True)

    _post(url, "/play/drawing", drawn(), ended)


def half_requests(url: str, ended: Ended) -> None:
    """Connections on which a request begins and does not go on."""
    begun = [
        b"GET / HTTP/1.1\r\nHost: ",
        b"POST /live/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 90000\r\n\r\n{",
        b"",
    ]
    address = urlsplit(url)
    opened: list[socket.socket] = []
    for at in itertools.count():
        if ended():
            break
        with suppress(OSError):
            one = socket.create_connection((address.hostname, address.port), timeout=5)
            one.sendall(begun[at % 3])
            opened.append(one)
        if len(opened) > 400:
            opened.pop(0).close()
        time.sleep(REST_S)


def uploads(url: str, ended: Ended) -> None:
    """Files for sessions that do not exist, without an end."""
    address = urlsplit(url)

    def send() -> None:
        while not ended():
            with suppress(OSError, http.client.HTTPException):
                to = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
                to.putrequest("PUT", f"/_stcore/upload_file/{secrets.token_hex(16)}/{secrets.token_hex(16)}")
                to.putheader("Content-Type", "multipart/form-data; boundary=x")
                to.putheader("Content-Length", str(10**9))
                to.putheader("X-Forwarded-For", ADDRESS)
                to.endheaders()
                to.send(b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.png"\r\n\r\n')
                while not ended():
                    to.send(bytes(100_000))
                    time.sleep(REST_S)
            time.sleep(REST_S)

    _in_threads(send, CONNECTIONS)


def windows(url: str, ended: Ended) -> None:
    """Windows of the app that are opened, run once, and closed without a word."""
    pages = itertools.cycle(PAGES)

    async def open_them() -> None:
        while not ended():
            with suppress(OSError, WebSocketException, TimeoutError):
                await _window(url, next(pages), 0.5)
            await asyncio.sleep(0.5)

    asyncio.run(_several(open_them))


def open_each_page(url: str) -> None:
    """Open every page that `windows` opens once, so that the server has loaded what they need."""
    for page in PAGES:
        asyncio.run(_window(url, page, 2))


async def _window(url: str, page: str, seconds: float) -> None:
    """Open a page, and close it after so many seconds."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    message.rerun_script.page_name = page
    headers = {"X-Forwarded-For": ADDRESS}
    async with connect(_stream(url), subprotocols=["streamlit"], additional_headers=headers, max_size=None) as to:
        await to.send(message.SerializeToString())
        await asyncio.sleep(seconds)
        to.transport.abort()  # a word of farewell would wait for what it has not read


ATTACKERS: list[Callable[[str, Ended], None]] = [
    foreign_sockets, slow_drawings, dear_drawings, slow_timelines, forged_drawings, bodies, keeping, half_requests,
    uploads, windows,
]  # fmt: skip


def _stream(url: str) -> str:
    return f"{url.replace('http', 'ws', 1)}/_stcore/stream"


async def _several(work: Callable[[], object]) -> None:
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))  # type: ignore[arg-type]


def _slow() -> Iterator[bytes]:
    """Long pen paths back and forth, none like the one before."""
    chance = random.Random(3)
    while True:
        lines = [[[chance.uniform(0, 280), chance.uniform(0, 280)] for _ in range(240)] for _ in range(40)]
        yield _body(strokes=lines, brush=[chance.uniform(1, 40) for _ in range(40)])


def _body(**fields: object) -> bytes:
    side, brush = ink.CANVAS_PX, ink.BRUSH_PX
    lines = [line.tolist() for line in drawings.strokes(4)]
    plain = {"width": side, "height": side, "brush": brush, "strokes": lines, "models": ["dnn", "cnn"], "final": True}
    return json.dumps({**plain, **fields}).encode()


def _post(url: str, path: str, made: Iterator[bytes], ended: Ended) -> None:
    """Send bodies over several connections, each as soon as the one before is answered."""
    address = urlsplit(url)
    headers = {"Content-Type": "application/json", "X-Forwarded-For": ADDRESS}
    ready = [next(made) for _ in range(40)]  # beforehand, since making them takes processor time, too
    taking = threading.Lock()
    token = itertools.count()

    def send() -> None:
        to = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        while not ended():
            with taking:
                at = next(token)
            body = ready[at % len(ready)]
            if b'"token"' in body:  # another drawing each time
                given = json.loads(body)["token"].encode()
                body = body.replace(given, secrets.token_hex(16).encode())
            try:
                to.request("POST", path, body, headers)
                to.getresponse().read()
            except (OSError, http.client.HTTPException):
                to.close()
            time.sleep(REST_S)

    _in_threads(send, CONNECTIONS)


def _in_threads(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    name, url, seconds = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    {attacker.__name__: attacker for attacker in ATTACKERS}[name](url, lambda: time.monotonic() > end)
