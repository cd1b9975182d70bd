"""A session of the Draw page without a browser: it sends what the page sends and reads what is told.

A stroke grows while `/live/answer` is asked about it as `ui/draw/live.js` does. At pen-up the final question follows at
once, and 0.2 s later, as from the canvas, the drawing itself, which reruns the page's fragment.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests import drawings

SIDE, BRUSH = 280, 20
STROKE_S = 1.5  # from pen-down to pen-up
REPORT_S = 0.2  # the canvas waits so long
RETRY_S = 0.5  # a browser looks for a server that is gone about so often
PATIENCE_S = 30.0
_TOLD = re.compile(r'data-revision="(\d+)" data-count="(\d+)">')


@dataclass
class Drawn:
    """A stroke, and when it was answered, in seconds from pen-up.

    Attributes:
        up_at: `time.monotonic()` at pen-up.
        live_s: until both answers came from the route; None if it was refused or failed.
        script_s: until both answers came from the script run; None if they did not come.
    """

    up_at: float
    live_s: float | None = None
    script_s: float | None = None

    @property
    def answered_s(self) -> float | None:
        """Until the page had both answers, whichever way they came first."""
        return min((one for one in (self.live_s, self.script_s) if one is not None), default=None)


@dataclass
class Log:
    """What a session has seen.

    Attributes:
        requests, failed: to the routes, and those without an answer or with an error of a server or the balancer.
        bytes_out, bytes_in: of messages and bodies, without headers and compression.
        kept: first points and labels of the drawings told to be kept.
    """

    requests: int = 0
    failed: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    kept: list[tuple[float, float, int]] = field(default_factory=list)


class Session:
    """One visitor. `open` before anything else; `close` at last.

    Attributes:
        log: what it has seen.
        replica: the server that the balancer of `cluster` sent it to at first; None without one.
        lost_at, back_at: `time.monotonic()` when its connection last broke, and when it had its answers again; or None.
    """

    def __init__(self, url: str, seed: int = 0) -> None:
        """Prepare.

        Args:
            url: of the server or the balancer, without a slash at the end.
            seed: of what it draws.
        """
        self._url, self._chance = url, random.Random(seed)
        self._http = httpx2.AsyncClient(base_url=url, timeout=PATIENCE_S)
        self._socket: ClientConnection | None = None
        self._listener: asyncio.Task[None] | None = None
        self._widgets: dict[str, tuple[str, str]] = {}  # by key: id and fragment
        self._states: dict[str, dict[str, Any]] = {}  # by key: what the browser has of it
        self._strokes: list[np.ndarray] = []  # on the canvas
        self._told: dict[int, int] = {}  # by the number of strokes: places that tell of it since the last question
        self._news = asyncio.Event()
        self._finished = asyncio.Event()
        self._said = ""  # the last caption about keeping
        self._is_open = True
        self._reported = 0  # strokes
        self._digit = self._chance.randrange(10)
        self.log = Log()
        self.replica: str | None = None
        self.lost_at: float | None = None
        self.back_at: float | None = None

    async def open(self) -> None:
        """Load the page and wait until its script has run."""
        page = await self._http.get("/")  # brings the cookie that keeps it with its server
        self.replica = page.headers.get("X-Replica")
        await self._connect()
        self._listener = asyncio.create_task(self._listen())
        await asyncio.wait_for(self._finished.wait(), PATIENCE_S)

    async def close(self) -> None:
        """Leave."""
        self._is_open = False
        if self._socket is not None:
            await self._socket.close()
        if self._listener is not None:
            await self._listener
        await self._http.aclose()

    async def draw(self, line: np.ndarray, stroke_s: float = STROKE_S) -> Drawn:
        """Draw one more stroke and wait for both answers.

        Args:
            line: (n, 2) px on the canvas.
            stroke_s: how long that takes.
        """
        began = time.monotonic()
        self._strokes.append(line[:2])
        while (share := (time.monotonic() - began) / stroke_s) < 1:
            self._strokes[-1] = line[: max(2, round(share * len(line)))]
            found = await self._ask(final=False)
            rest = max(0.07, 3 * found.get("took_ms", 0) / 1000) if found else 0.4
            await asyncio.sleep(min(rest, max(0.0, began + stroke_s - time.monotonic())))
        self._strokes[-1] = line
        up = time.monotonic()
        drawn = Drawn(up)

        async def live() -> None:
            if await self._ask(final=True):
                drawn.live_s = time.monotonic() - up

        async def script() -> None:
            await asyncio.sleep(REPORT_S)
            if await self._report():
                drawn.script_s = time.monotonic() - up

        await asyncio.gather(live(), script())
        return drawn

    async def draw_digit(self, digit: int | None = None, rest_s: float = 1.5, keep: bool = False) -> list[Drawn]:
        """Draw a digit at some place on an empty canvas, then clear it.

        Args:
            digit: which; None for any but the last one: the same again may be the very same 28 x 28 pixels.
            rest_s: after each stroke.
            keep: whether to say what it was, so that it is kept.
        """
        digit = (self._digit + self._chance.randrange(1, 10)) % 10 if digit is None else digit
        self._digit = digit
        place = {"left": self._chance.uniform(20, 90), "top": self._chance.uniform(20, 60)}
        lines = [_dense(line).round(2) for line in drawings.strokes(digit, **place, size=170)]
        drawn = []
        for line in lines:
            drawn.append(await self.draw(line))
            await asyncio.sleep(rest_s * self._chance.uniform(0.8, 1.2))
        if keep and await self._confirm(digit):
            self.log.kept.append((*map(float, lines[0][0]), digit))
        await self._clear()
        return drawn

    # ---- what the page sends

    async def _ask(self, final: bool) -> dict[str, Any] | None:
        body = {
            "width": SIDE, "height": SIDE, "models": ["dnn", "cnn"], "final": final, "share": 1,
            "brush": [BRUSH] * len(self._strokes), "strokes": [line.round(2).tolist() for line in self._strokes],
        }  # fmt: skip
        content = json.dumps(body).encode()
        self.log.requests += 1
        self.log.bytes_out += len(content)
        try:
            reply = await self._http.post("/live/answer", content=content, headers={"Content-Type": "application/json"})
        except httpx2.HTTPError:
            self.log.failed += 1
            return None
        self.log.bytes_in += len(reply.content)
        is_refused = reply.status_code == 503 and not final and reply.content.startswith(b"{")  # others come first
        self.log.failed += reply.status_code != 200 and not is_refused
        return reply.json() if reply.status_code == 200 else None

    async def _report(self) -> bool:
        """Tell the script what is on the canvas; whether its answers came."""
        count = self._reported = len(self._strokes)
        picture = drawings.png(drawings.rasterise(self._strokes, SIDE, BRUSH)) if count else drawings.png(_EMPTY)
        data = "data:image/png;base64," + base64.b64encode(picture).decode()
        raw = {"version": "7", "objects": [_path(line) for line in self._strokes], "background": "#ffffff"}
        self._states["canvas"] = {"json_value": json.dumps({"drawing": {"raw": raw, "data": data}})}
        return await self._rerun("canvas", count)

    async def _rerun(self, key: str, count: int | None = None) -> bool:
        """Run the fragment of a widget; whether all of it, or the answers to so many strokes, came."""
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
        """A rerun with the state of all widgets; a connection that is gone is no reason to stop: it comes back."""
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

    async def _clear(self) -> None:
        self._strokes = []
        if "clear" in self._widgets:
            await self._press("clear")
        await self._report()

    async def _confirm(self, digit: int) -> bool:
        """Say what the drawing was; whether it is told to be kept."""
        if "keep_mine" not in self._states:
            self._states["keep_mine"] = {"bool_value": True}
            await self._rerun("keep_mine")
        self._said = ""
        if f"kept_{digit}" in self._widgets:
            await self._press(f"kept_{digit}")
        return self._said.startswith(f"Kept as a {digit}")

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
        """Read messages; a connection that breaks is made again, as a browser does."""
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


_EMPTY = np.full((SIDE, SIDE, 4), 255, np.uint8)


def _path(line: np.ndarray) -> dict[str, Any]:
    """A stroke as the canvas reports it."""
    commands = [["M" if at == 0 else "L", float(x), float(y)] for at, (x, y) in enumerate(line)]
    return {"type": "Path", "strokeWidth": BRUSH, "stroke": "#111111", "path": commands}


def _dense(line: np.ndarray, count: int = 90) -> np.ndarray:
    """The points at which the pointer is seen along a stroke."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, axis) for axis in line.T], axis=1)
