"""The gate before Streamlit: what a page of another site may not ask of this server, and who is asking.

Browsers name the site that a request comes from (`Origin`) and the name by which they reached this server (`Host`).
Streamlit compares both loosely: a page on another port of this machine passes, and for an unknown site Streamlit asks
the internet for this machine's address while everybody waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitlab.access import headers as of_request
from digitlab.access import visitor
from digitlab.access.network import is_loopback, is_own_name
from digitlab.access.visitor import Visitor, is_proxied
from digitlab.language import gettext as _

HARMLESS = {"GET", "HEAD", "OPTIONS"}  # methods that change nothing
INNER_METRICS = "/_stcore/metrics"  # Streamlit's own, beside `/metrics`
REFUSED_S = 0.1  # how long a refused socket waits for its answer: whoever tries again and again costs little then
STAMP = "x-digitlab-visitor"  # the header in which the gate tells Streamlit who asks; see `_stamped`


@dataclass(frozen=True)
class Rules:
    """What a server lets pass.

    Attributes:
        is_for_this_machine: whether it listens on this machine only, so that other names for it are forged.
        any_origin: whether pages of other sites may ask, because whoever runs the server has said so.
        open_metrics: whether everybody may read the metrics.
        frames: sites that may show this one in a frame, such as "https://huggingface.co".
        room_name: the name in the address that the room is given; other public names for the server are forged. None if
            it is not known.
    """

    is_for_this_machine: bool
    any_origin: bool = False
    open_metrics: bool = False
    frames: Collection[str] = ()
    room_name: str | None = None


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
        send = _without_foreign_frames(send, rules.frames)
        refused = _refused(scope, rules)
        if refused is None:
            await self._app(_stamped(scope), receive, send)
        else:
            if scope["type"] == "websocket":
                await asyncio.sleep(REFUSED_S)
            await PlainTextResponse(f"{refused[1]}\n", refused[0])(scope, receive, send)


def _refused(scope: Scope, rules: Rules) -> tuple[int, str] | None:
    """The HTTP status and the reason with which a request is refused; None if it may pass."""
    headers = Headers(scope=scope)
    if malformed := of_request.problem(headers, scope.get("http_version", "1.1")):
        return 400, malformed
    if _is_forged(scope, headers, rules):
        if rules.is_for_this_machine:
            return 403, _("This server is for this machine alone: open it as http://localhost.")
        return (
            403,
            _("This server does not know this name. Whoever runs it can set DIGITLAB_ROOM_URL to an address with it."),
        )
    is_harmless = scope["type"] == "http" and scope["method"] in HARMLESS
    origin = headers.get("origin")
    if not is_harmless and origin is not None and not rules.any_origin and of_request.site(origin) not in _own(headers):
        return 403, _("A page of another site may not ask this of the server.")
    if scope["path"].rstrip("/").endswith(INNER_METRICS):
        return refused_metrics(scope, is_open=rules.open_metrics)
    return None


def refused_metrics(scope: Scope, *, is_open: bool) -> tuple[int, str] | None:
    """The HTTP status and the reason with which a request for the server's numbers is refused; None if it may pass.

    Args:
        scope: of the request.
        is_open: whether everybody may read them, not only this machine.
    """
    if is_open or visitor_of(scope).is_here:
        return None
    return 403, _("Only this machine may read the metrics, unless DIGITLAB_METRICS=1 is set.")


def visitor_of(scope: Scope) -> Visitor:
    """Who asks with a request."""
    headers = Headers(scope=scope)
    return Visitor(visitor.key(headers.getlist("cookie")), scope["client"][0] if scope.get("client") else None, headers)


def _is_forged(scope: Scope, headers: Headers, rules: Rules) -> bool:
    """Whether the name by which the server was asked was made to lead here by somebody else (DNS rebinding)."""
    named = of_request.host(headers.get("host", ""))
    if named is None or not (rules.is_for_this_machine or rules.room_name):
        return False
    name, port = named
    is_own = is_own_name(name, rules.room_name)
    if is_loopback(name) or (is_own and not rules.is_for_this_machine):
        return False
    # A proxy may have any name. A script can add a proxy's headers, but not ask at another port than the server's.
    return not is_proxied(headers) or (not is_own and (port or 80) == (scope.get("server") or (None, None))[1])


def _own(headers: Headers) -> set[str]:
    """What a page of this server has after the `//` of its origin."""
    names = headers.get("host", ""), headers.get("x-forwarded-host", "").partition(",")[0]
    return {name.strip().lower() for name in names if name.strip()}


def _stamped(scope: Scope) -> Scope:
    """The request as Streamlit is to see it.

    Streamlit binds a session to the headers that `server.trustedUserHeaders` names: who resumes it must have the same
    ones, not only the session's id. And a page of this server that was reached by a proxy's name seems to have been
    reached by the server's own: about another one, Streamlit would ask the internet.
    """
    asks = visitor_of(scope)
    place = "here" if asks.is_here else "elsewhere"
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers[STAMP] = f"{place} {asks.key}".strip()
    if scope["type"] == "websocket" and of_request.site(headers.get("origin", "")) in _own(headers):
        headers["origin"] = f"http://{headers.get('host', '')}"
    return {**scope, "headers": headers.raw}


def _without_foreign_frames(send: Send, frames: Collection[str]) -> Send:
    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append(
                "Content-Security-Policy", " ".join(["frame-ancestors 'self'", *frames])
            )
        await send(message)

    return forward
