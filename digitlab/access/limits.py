"""How long a client may take to ask, and how many windows it may have open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from digitlab.access.network import one_client

# A hall may share one address: two hundred windows, and as many again while all of them are opened anew.
SOCKETS_EACH, SOCKETS = 300, 500
PATIENCE_S = 10.0  # how long the first byte of a body may take ...
SLOWEST = 20_000  # ... and from then on, at how many bytes a second it must arrive: a photo over a poor connection
FILES = 8192  # each connection is a file to the operating system, and many allow a program only 1,024
_log = logging.getLogger("digitlab.access")


def allow_many_files() -> None:
    """Let this process have `FILES` files open, or as many as the operating system allows."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows, which has no such limit

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class TooSlow(ClientDisconnect):
    """The body of a request did not arrive in time."""


class Limits:
    """ASGI middleware that ends requests whose body does not come, and refuses windows beyond a number."""

    def __init__(self, app: ASGIApp, each: int = SOCKETS_EACH, in_all: int = SOCKETS) -> None:
        """Put the limits before an app.

        Args:
            app: what they protect.
            each: how many sockets one client may have open.
            in_all: how many sockets may be open.
        """
        self._app, self._each, self._in_all = app, each, in_all
        self._open: Counter[str] = Counter()  # sockets by client; all are counted in the event loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's hook."""
        client = one_client(scope["client"][0] if scope.get("client") else "")
        if scope["type"] == "http":
            await self._answer(scope, receive, send, client)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send, client)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, client: str) -> None:
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, _in_time(receive), noting)
        except ClientDisconnect as error:
            _log.info("%s: left before its request was complete, or sent it too slowly", client)
            if isinstance(error, TooSlow) and not has_begun:
                gone = PlainTextResponse("This request took too long to arrive.\n", 408, {"Connection": "close"})
                await gone(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send, client: str) -> None:
        if self._open[client] >= self._each or self._open.total() >= self._in_all:
            _log.warning("%s: refused a window, since too many are open", client)
            await WebSocketClose(1013, "Too many windows are open.")(scope, receive, send)
            return
        self._open[client] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]


def _in_time(receive: Receive) -> Receive:
    """The same, but a body that does not arrive in time ends in `TooSlow`."""
    began, taken, is_complete = time.monotonic(), 0, False

    async def timely() -> Message:
        nonlocal taken, is_complete
        if is_complete:  # what comes next is the news that the client has left
            return await receive()
        left = began + PATIENCE_S + taken / SLOWEST - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, left))
        except TimeoutError as error:
            raise TooSlow from error
        taken += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        return message

    return timely
