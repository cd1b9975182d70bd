"""A Streamlit page without a browser: its connection, the widgets that it is shown, and the states that it sends."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

RETRY_S = 0.5  # about how often a browser tries to reach a server that is gone
PATIENCE_S = 30.0
_TOLD = re.compile(r'data-revision="(\d+)" data-count="(\d+)">')


@dataclass
class Log:
    """What a session has seen.

    Attributes:
        requests, failed: requests to the routes, and those without an answer or with an error of server or balancer.
        bytes_out, bytes_in: bytes of messages and bodies, without headers and compression.
        kept: first points and labels of the drawings that were confirmed as kept.
    """

    requests: int = 0
    failed: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    kept: list[tuple[float, float, int]] = field(default_factory=list)


class Connection:
    """One visitor's page. Call `open` before anything else, and `close` in the end.

    Attributes:
        log: what the page has seen.
        replica: the server that the balancer of `cluster` first sent it to; None without a balancer.
        lost_at, back_at: `time.monotonic()` when its connection last broke and when it had answers again; or None.
    """

    def __init__(self, url: str) -> None:
        """Prepare a page; nothing is sent yet.

        Args:
            url: of the server or the balancer, without a slash at the end.
        """
        self._url = url
        self._http = httpx2.AsyncClient(base_url=url, timeout=PATIENCE_S)
        self._socket: ClientConnection | None = None
        self._listener: asyncio.Task[None] | None = None
        self._widgets: dict[str, tuple[str, str]] = {}  # id and fragment of each widget, by key
        self._states: dict[str, dict[str, Any]] = {}  # the browser's state of each widget, by key
        self._reported = 0  # how many strokes were reported
        self._told: dict[int, int] = {}  # by number of strokes, how many places show its answer
        self._news = asyncio.Event()
        self._finished = asyncio.Event()
        self._said = ""  # the last caption about keeping
        self._is_open = True
        self.log = Log()
        self.replica: str | None = None
        self.lost_at: float | None = None
        self.back_at: float | None = None

    async def open(self) -> None:
        """Load the page and wait until its script has run."""
        page = await self._http.get("/")  # sets the cookie that keeps the session with its server
        self.replica = page.headers.get("X-Replica")
        await self._connect()
        self._listener = asyncio.create_task(self._listen())
        await asyncio.wait_for(self._finished.wait(), PATIENCE_S)

    async def close(self) -> None:
        """Close the page."""
        self._is_open = False
        if self._socket is not None:
            await self._socket.close()
        if self._listener is not None:
            await self._listener
        await self._http.aclose()

    async def _rerun(self, key: str, count: int | None = None) -> bool:
        """Rerun the fragment of a widget; return whether it finished or, with `count`, whether the answers to this many
        strokes came."""
        self._told.clear()
        self._finished.clear()
        await self._send(key)

        async def answered() -> None:
            while not (self._finished.is_set() if count is None else self._told.get(count, 0) >= 4):
                self._news.clear()
                await self._news.wait()

        try:
            await asyncio.wait_for(answered(), PATIENCE_S)
        except TimeoutError:
            return False
        return True

    async def _send(self, key: str | None, trigger: bool = False) -> None:
        """Send a rerun with the state of all widgets; a lost connection is ignored, since it comes back."""
        message = BackMsg()
        run = message.rerun_script
        run.SetInParent()
        identity, fragment = self._widgets.get(key or "", ("", ""))
        if key is not None:
            run.fragment_id = fragment
        for name, values in self._states.items():
            if name in self._widgets:
                run.widget_states.widgets.add(id=self._widgets[name][0], **values)
        if trigger:
            run.widget_states.widgets.add(id=identity, trigger_value=True)
        data = message.SerializeToString()
        self.log.bytes_out += len(data)
        with suppress(WebSocketException):
            if self._socket is not None:
                await self._socket.send(data)

    async def _press(self, key: str) -> None:
        self._finished.clear()
        await self._send(key, trigger=True)
        await asyncio.wait_for(self._finished.wait(), PATIENCE_S)

    # ---- what the page hears

    async def _connect(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        self._socket = await connect(
            f"{self._url.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            additional_headers={"Cookie": cookies}, open_timeout=PATIENCE_S,
        )  # fmt: skip
        self._finished.clear()
        await self._send(None)

    async def _listen(self) -> None:
        """Read messages; if the connection breaks, connect again, as a browser does."""
        while True:
            assert self._socket is not None
            with suppress(WebSocketException):
                async for data in self._socket:
                    self._hear(data)
            if not self._is_open:
                return
            self.lost_at, self.back_at = time.monotonic(), None
            self._told.clear()
            while self._is_open:
                try:
                    await self._connect()
                    break
                except (OSError, InvalidHandshake, TimeoutError):
                    await asyncio.sleep(RETRY_S)

    def _hear(self, data: bytes | str) -> None:
        assert isinstance(data, bytes)
        self.log.bytes_in += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            self._finished.set()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            body = getattr(element, element.WhichOneof("type") or "", None)
            identity = getattr(body, "id", "")
            if isinstance(identity, str) and identity:
                self._widgets[identity.split("-", 2)[-1]] = (identity, message.delta.fragment_id)
            text = getattr(body, "body", "")
            if isinstance(text, str) and text.startswith(("Kept as", "Keeping is")):
                self._said = text
            for _, count in _TOLD.findall(text if isinstance(text, str) else ""):
                self._told[int(count)] = self._told.get(int(count), 0) + 1
        if self.back_at is None and self.lost_at is not None and self._told.get(self._reported, 0) >= 4:
            self.back_at = time.monotonic()
        self._news.set()
