"""The gate before Streamlit: what a page of another site may not ask of this server.

Browsers name the site that a request comes from (`Origin`) and the name by which they reached this server (`Host`).
Streamlit compares both loosely: a page on another port of this machine passes, and for an unknown site Streamlit asks
the internet for this machine's address while everybody waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from digitlab.access.network import is_loopback
from digitlab.access.visitor import Visitor, is_proxied

HARMLESS = {"GET", "HEAD", "OPTIONS"}  # methods that change nothing
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
INNER_METRICS = "/_stcore/metrics"  # Streamlit's own, beside `/metrics`


@dataclass(frozen=True)
class Rules:
    """What a server lets pass.

    Attributes:
        is_for_this_machine: whether it listens on this machine only, so that other names for it are forged.
        any_origin: whether pages of other sites may ask, because whoever runs the server has said so.
        open_metrics: whether everybody may read the metrics.
        frames: sites that may show this one in a frame, such as "https://huggingface.co".
    """

    is_for_this_machine: bool
    any_origin: bool = False
    open_metrics: bool = False
    frames: Collection[str] = ()


class Gate:
    """ASGI middleware that refuses what the rules do not let pass, before anything else sees it."""

    def __init__(self, app: ASGIApp, rules: Callable[[], Rules]) -> None:
        """Put the gate before an app; the rules are asked for at every request."""
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's hook."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        rules = self._rules()
        refused = _refused(scope, rules)
        if refused is None:
            await self._app(scope, receive, _without_foreign_frames(send, rules.frames))
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, refused[1])(scope, receive, send)
        else:
            await PlainTextResponse(f"{refused[1]}\n", refused[0])(scope, receive, send)


def _refused(scope: Scope, rules: Rules) -> tuple[int, str] | None:
    """The HTTP status and the reason with which a request is refused; None if it may pass."""
    headers = Headers(scope=scope)
    host, origin = headers.get("host"), headers.get("origin")
    named = HOST.fullmatch(host or "")
    if host is not None and named is None:
        return 400, "This request names no host that could be reached."
    is_forged = named is not None and not is_loopback(named[1]) and not is_proxied(headers)
    if rules.is_for_this_machine and is_forged:
        return 403, "This server is for this machine alone: open it as http://localhost."
    is_harmless = scope["type"] == "http" and scope["method"] in HARMLESS
    if not is_harmless and origin is not None and not rules.any_origin:
        ours = {host, headers.get("x-forwarded-host", "").partition(",")[0].strip()}
        if _site(origin) not in {name.lower() for name in ours if name}:
            return 403, "A page of another site may not ask this of the server."
    if scope["path"].rstrip("/").endswith(INNER_METRICS):
        return refused_metrics(scope, is_open=rules.open_metrics)
    return None


def refused_metrics(scope: Scope, *, is_open: bool) -> tuple[int, str] | None:
    """The HTTP status and the reason with which a request for the server's numbers is refused; None if it may pass.

    Args:
        scope: of the request.
        is_open: whether everybody may read them, not only this machine.
    """
    address = scope["client"][0] if scope.get("client") else None
    if is_open or Visitor("", address, Headers(scope=scope)).is_here:
        return None
    return 403, "Only this machine may read the metrics, unless DIGITLAB_METRICS=1 is set."


def _site(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _without_foreign_frames(send: Send, frames: Collection[str]) -> Send:
    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append(
                "Content-Security-Policy", " ".join(["frame-ancestors 'self'", *frames])
            )
        await send(message)

    return forward
