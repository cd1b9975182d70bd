"""A session of the Draw page without a browser: it sends what the page sends and reads the answers.

While a stroke grows, it asks `/live/answer` about it like `ui/draw/live.js`. At pen-up, the final question follows at
once. 0.2 s later it sends the drawing itself, as the canvas does, which reruns the page's fragment.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np

from benchmarks.connection import PATIENCE_S, Connection
from digitlab import ink
from tests import drawings

__all__ = ["PATIENCE_S", "Drawn", "Session"]

SIDE, BRUSH = ink.CANVAS_PX, ink.BRUSH_PX
STROKE_S = 1.5  # from pen-down to pen-up
REPORT_S = 0.2  # how long the canvas waits before it reports a stroke


@dataclass
class Drawn:
    """A stroke, and when it was answered, in seconds from pen-up.

    Attributes:
        up_at: `time.monotonic()` at pen-up.
        live_s: until the route gave both answers; None if it refused or failed.
        script_s: until the script run gave both answers; None if it did not.
    """

    up_at: float
    live_s: float | None = None
    script_s: float | None = None

    @property
    def answered_s(self) -> float | None:
        """Seconds until the page had both answers, from whichever source was faster."""
        return min((time_s for time_s in (self.live_s, self.script_s) if time_s is not None), default=None)


class Session(Connection):
    """One visitor who draws. Call `open` before anything else, and `close` in the end."""

    def __init__(self, url: str, seed: int = 0) -> None:
        """Prepare a session; nothing is sent yet.

        Args:
            url: as for `Connection`.
            seed: decides what it draws.
        """
        super().__init__(url)
        self._chance = random.Random(seed)
        self._strokes: list[np.ndarray] = []  # on the canvas
        self._digit = self._chance.randrange(10)

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
            reply = await self._ask(final=False)
            rest = max(0.07, 3 * reply.get("took_ms", 0) / 1000) if reply else 0.4
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
        """Draw a digit at a random place on an empty canvas, then clear the canvas.

        Args:
            digit: which digit; None for any except the last one, which might give exactly the same 28 x 28 pixels.
            rest_s: average rest after each stroke.
            keep: whether to confirm which digit it was, so that it is kept.
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
        """Report what is on the canvas to the script; return whether its answers came."""
        count = self._reported = len(self._strokes)
        picture = drawings.png(drawings.rasterise(self._strokes, SIDE, BRUSH)) if count else drawings.png(_EMPTY)
        data = "data:image/png;base64," + base64.b64encode(picture).decode()
        raw = {"version": "7", "objects": [_path(line) for line in self._strokes], "background": "#ffffff"}
        self._states["canvas"] = {"json_value": json.dumps({"drawing": {"raw": raw, "data": data}})}
        return await self._rerun("canvas", count)

    async def _clear(self) -> None:
        self._strokes = []
        if "clear" in self._widgets:
            await self._press("clear")
        await self._report()

    async def _confirm(self, digit: int) -> bool:
        """Say which digit the drawing was; return whether it is confirmed as kept."""
        if "keep_mine" not in self._states:
            self._states["keep_mine"] = {"bool_value": True}
            await self._rerun("keep_mine")
        self._said = ""
        if f"kept_{digit}" in self._widgets:
            await self._press(f"kept_{digit}")
        return self._said.startswith(f"Kept as a {digit}")


_EMPTY = np.full((SIDE, SIDE, 4), 255, np.uint8)


def _path(line: np.ndarray) -> dict[str, Any]:
    """A stroke as the canvas reports it."""
    commands = [["M" if at == 0 else "L", float(x), float(y)] for at, (x, y) in enumerate(line)]
    return {"type": "Path", "strokeWidth": BRUSH, "stroke": "#111111", "path": commands}


def _dense(line: np.ndarray, count: int = 90) -> np.ndarray:
    """Evenly spaced points of the pointer along a stroke."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, axis) for axis in line.T], axis=1)
