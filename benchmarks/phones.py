"""Phones that draw, as many as a hall has: a phone is a connection, and the JSON that its page sends over it.

`Phones.start` runs them in a process of their own, so that they take no time from whoever measures.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests import drawings

STROKE_S = 3.0  # from one stroke of a phone to its next
WALL_S = 0.5  # how often the wall asks for what is new
PATIENCE_S = 20.0
NEWS, WALL = "/play/news?phone={token}", "/lecture/state?wall={version}"


@dataclass
class Log:
    """What the phones saw.

    Attributes:
        answer_s: seconds from pen-up to each answer.
        hung: by a drawing's number on the wall, the time at which its first stroke ended.
        seen: by such a number, the time at which the wall first showed it.
        kept: by token, the labels that were confirmed as kept.
        sent, failed: number of requests, and of those without an answer or with an error.
        connected: how many phones hold a connection for news, and how many did `at_once`; 0 if the server has no news.
        has_wall: whether the server tells what is on its wall.
    """

    answer_s: list[float] = field(default_factory=list)
    hung: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    failed: int = 0
    connected: int = 0
    at_once: int = 0
    has_wall: bool = False


class Phones:
    """Phones in a process of their own; ends with the `with` block."""

    def __init__(self, url: str, drawing: int, connected: int, seconds: float) -> None:
        """Start them.

        Args:
            url: of the server.
            drawing: how many phones draw.
            connected: how many more only wait for news.
            seconds: for how long.
        """
        context = multiprocessing.get_context("spawn")
        self._log, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(theirs, url, drawing, connected, seconds), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Phones:
        """The phones themselves."""
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    @property
    def draw(self) -> bool:
        """Whether the phones still draw."""
        return not self._log.poll()

    def log(self) -> Log:
        """Wait until all have ended; what they saw."""
        return self._log.recv()


def _run(to: Connection, url: str, drawing: int, connected: int, seconds: float) -> None:
    to.send(asyncio.run(_all(url, drawing, connected, seconds)))


async def _all(url: str, drawing: int, connected: int, seconds: float) -> Log:
    address, log = urlsplit(url).netloc, Log()
    until = time.monotonic() + seconds
    others = [asyncio.create_task(_wait_for_news(address, log, seed)) for seed in range(drawing + connected)]
    others.append(asyncio.create_task(_watch_wall(address, log)))
    await asyncio.gather(*(_draw(address, until, log, seed) for seed in range(drawing)))
    await asyncio.sleep(3)  # so that the wall may show the last ones
    for task in others:
        task.cancel()
    return log


async def _draw(address: str, until: float, log: Log, seed: int) -> None:
    chance, connection = random.Random(seed), _Connection(address)
    await asyncio.sleep(chance.uniform(0, STROKE_S))
    while time.monotonic() < until:
        digit, token = chance.randrange(10), secrets.token_hex(16)
        left, top, size = chance.uniform(20, 90), chance.uniform(20, 90), chance.uniform(90, 150)
        lines = [line.round(1).tolist() for line in drawings.strokes(digit, left=left, top=top, size=size)]
        for count in range(1, len(lines) + 1):
            body = {"token": token, "keep": True, "width": 280, "height": 280, "brush": 20, "strokes": lines[:count]}
            ended, began = time.time(), time.perf_counter()
            reply = await _ask(connection, "/play/drawing", body, log)
            if reply is None:
                break
            log.answer_s.append(time.perf_counter() - began)
            if reply.get("number") is not None:
                log.hung.setdefault(reply["number"], ended)
            await asyncio.sleep(max(0.0, STROKE_S - (time.perf_counter() - began)))
        else:
            reply = await _ask(connection, "/play/label", {"token": token, "label": digit}, log)
            if reply is not None and reply.get("kept"):
                log.kept[token] = digit
        if reply is None:
            await asyncio.sleep(STROKE_S)


async def _ask(connection: _Connection, path: str, body: dict[str, Any], log: Log) -> dict[str, Any] | None:
    log.sent += 1
    with suppress(OSError, ValueError, EOFError, TimeoutError):
        status, reply = await asyncio.wait_for(connection.ask("POST", path, json.dumps(body).encode()), PATIENCE_S)
        if status == 200:
            return json.loads(reply)
    connection.close()
    log.failed += 1
    return None


async def _wait_for_news(address: str, log: Log, seed: int) -> None:
    """Hold the connection that a phone's page holds; where the server has no news, a connection that does nothing."""
    await asyncio.sleep(random.Random(seed).uniform(0, STROKE_S))
    has_news, path = True, NEWS.format(token=secrets.token_hex(16))
    while True:
        connection = _Connection(address)
        with suppress(OSError, ValueError, EOFError):
            has_news = has_news and await connection.head("GET", path) == 200
            if not has_news:
                await connection.open()
            log.connected += has_news
            log.at_once = max(log.at_once, log.connected)
            try:
                while await connection.reader.read(4096):
                    pass
            finally:
                log.connected -= has_news
        connection.close()
        await asyncio.sleep(STROKE_S)


async def _watch_wall(address: str, log: Log) -> None:
    version, connection = 0, _Connection(address)
    while True:
        with suppress(OSError, ValueError, EOFError):
            status, reply = await connection.ask("GET", WALL.format(version=version))
            if status == 200 and (wall := json.loads(reply).get("wall")):
                log.has_wall, version = True, wall["version"]
                for number in _numbers(wall):
                    log.seen.setdefault(number, time.time())
        await asyncio.sleep(WALL_S)


def _numbers(wall: Any) -> list[int]:
    """The numbers of the drawings on a wall, wherever they stand in its JSON."""
    if isinstance(wall, list):
        return [number for part in wall for number in _numbers(part)]
    if isinstance(wall, dict):
        own = [wall["number"]] if isinstance(wall.get("number"), int) else []
        return own + [number for part in wall.values() for number in _numbers(part)]
    return []


class _Connection:
    """One connection that is kept alive, and opened anew when the server has closed it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """The status and the body of an answer."""
        status, headers = await self._head(method, path, body)
        return status, await self.reader.readexactly(int(headers["content-length"]))

    async def head(self, method: str, path: str) -> int:
        """The status of an answer whose body is left to be read."""
        return (await self._head(method, path, b""))[0]

    async def _head(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str]]:
        is_used = self._writer is not None and not self.reader.at_eof()
        try:
            return await self._send(method, path, body)
        except (EOFError, ConnectionError):
            if not is_used:
                raise
            self.close()  # the server closes connections that are silent for some seconds
            return await self._send(method, path, body)

    async def _send(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str]]:
        if self._writer is None or self.reader.at_eof():
            await self.open()
        assert self._writer is not None
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"{method} {path} HTTP/1.1\r\nHost: {self._address}\r\n{kind}\r\n".encode() + body)
        status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def open(self) -> None:
        """Connect anew."""
        self.close()
        host, _, port = self._address.rpartition(":")
        self.reader, self._writer = await asyncio.open_connection(host, int(port))

    def close(self) -> None:
        """Leave."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
