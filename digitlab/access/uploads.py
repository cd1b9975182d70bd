"""Takes uploaded files for Streamlit, which would take any number of any session at once and keep them in memory.

Browsers show only the HTTP status of an upload that is refused. So a refused file is cut off after its first bytes
instead, and `was_refused` tells the page, which says so in words.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)/?$")
MOST_BYTES = 105_000_000  # of files that arrive, or that no page has taken yet: one of the largest, or thirty photos
UNTAKEN_S = 60.0  # a page takes its file within a second; what nobody has taken is dropped when others come ...
NEEDED_S = 5.0  # ... or earlier, if they need the room
PATIENCE_S = 10.0  # a session's second upload waits for the first
REMEMBERED = 1000  # refused files
_refused: OrderedDict[str, None] = OrderedDict()  # their ids


class Uploads:
    """ASGI middleware that takes one upload of a session at a time, and a bounded number of bytes in all."""

    def __init__(self, app: ASGIApp, stored: Callable[[], int], drop: Callable[[str], None]) -> None:
        """Put this before an app.

        Args:
            app: the app that stores what arrives.
            stored: how many bytes it has stored.
            drop: makes it forget the files of a session.
        """
        self._app, self._stored, self._drop = app, stored, drop
        self._arriving: dict[str, int] = {}  # bytes by session; waiting ones are not in it
        self._untaken: dict[str, float] = {}  # when a session's last upload was complete

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's hook."""
        path = PATH.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        session, file = path.groups()
        is_alone = await self._alone(session)
        end = _end(scope)
        if not is_alone or end is None:
            await _refuse(send)
            return
        self._arriving[session] = 0
        try:
            self._drop(session)  # a page takes one file at a time
            self._sweep(UNTAKEN_S)
            await self._app(scope, self._within(session, file, end, receive), send)
        finally:
            del self._arriving[session]
            self._untaken[session] = time.monotonic()

    async def _alone(self, session: str) -> bool:
        """Wait until no other file of the session arrives."""
        until = time.monotonic() + PATIENCE_S
        while session in self._arriving:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.1)
        return True

    def _within(self, session: str, file: str, end: bytes, receive: Receive) -> Receive:
        """What arrives, cut off once there is no room for more of it."""
        is_cut = False

        async def limited() -> Message:
            nonlocal is_cut
            message = await receive()
            if is_cut or message["type"] != "http.request":
                return message
            self._arriving[session] += len(message.get("body", b""))
            if self._has_room():
                return message
            is_cut = True
            _refused[file] = None
            while len(_refused) > REMEMBERED:
                _refused.popitem(last=False)
            self._arriving[session] = 0
            # The first bytes name the file. The rest has to arrive, or the browser would tell of a broken connection.
            first = message.get("body", b"")[:4096]
            while message.get("more_body"):
                message = await receive()
                if message["type"] != "http.request":
                    return message
            return {"type": "http.request", "body": first + end, "more_body": False}

        return limited

    def _has_room(self) -> bool:
        if self._taken() > MOST_BYTES:
            self._sweep(NEEDED_S)
        return self._taken() <= MOST_BYTES

    def _taken(self) -> int:
        return sum(self._arriving.values()) + self._stored()

    def _sweep(self, untaken_s: float) -> None:
        now = time.monotonic()
        for session in [session for session, since in self._untaken.items() if now - since > untaken_s]:
            del self._untaken[session]
            self._drop(session)


def was_refused(file: str) -> bool:
    """Whether a file, by its id, was cut off because there was no room for it."""
    return file in _refused


def _end(scope: Scope) -> bytes | None:
    """What ends the body of a form with a file in it; None if the request is none."""
    named = re.search(r"boundary=\"?([^\";,]+)", Headers(scope=scope).get("content-type", ""))
    return None if named is None else f"\r\n--{named[1]}--\r\n".encode()


async def _refuse(send: Send) -> None:
    body = b"One upload at a time: wait for the first one to end, and try again.\n"
    await send(
        {
            "type": "http.response.start", "status": 429,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"10")],
        }
    )  # fmt: skip
    await send({"type": "http.response.body", "body": body})
