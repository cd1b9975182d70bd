"""In which language a request is answered: as `?lang=` says, as the browser was told before, or as it prefers.

What `?lang=` says of a page is kept in a cookie, since links within the app have no such parameter. The cookie holds no
more than the language, and only the server reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitlab import language

PARAMETER, COOKIE = "lang", "digitlab_language"
COOKIE_S = 365 * 24 * 3600
LONGEST = 4000  # characters of a query string that are looked at


class Languages:
    """ASGI middleware that lets whatever answers a request speak the language of whoever asks."""

    def __init__(self, app: ASGIApp) -> None:
        """Put it before an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's hook."""
        if scope["type"] == "http":
            headers, asked = Headers(scope=scope), by_query(scope["query_string"].decode("latin-1"))
            cookies = cookie_parser(headers.get("cookie", ""))
            chosen = choose(asked, cookies, headers)
            language.speak(chosen)
            is_page = "text/html" in headers.get("accept", "")
            if is_page and asked is not None and cookies.get(COOKIE) != asked:
                send = _remembering(send, asked)
        await self._app(scope, receive, send)


def by_query(query: str) -> str | None:
    """The language that a query string asks for, if digitlab speaks it."""
    if PARAMETER not in query or len(query) > LONGEST:
        return None
    return language.named(parse_qs(query).get(PARAMETER, [""])[-1])


def choose(asked: str | None, cookies: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The language for a visitor.

    Args:
        asked: what `by_query` gives, or what the visitor has asked for before.
        cookies, headers: of the request.
    """
    return asked or language.named(cookies.get(COOKIE)) or language.accepted(headers.get("accept-language", ""))


def links(query: Mapping[str, str | Sequence[str]]) -> str:
    """The languages as HTML, each a link to the same page, but for the one that is spoken.

    Args:
        query: what else the page's address has in its query string.
    """
    made = []
    for tag, name in language.LANGUAGES.items():
        if tag == language.current():
            made.append(f'<b lang="{tag}" aria-current="true">{name}</b>')
        else:
            there = escape(urlencode({**query, PARAMETER: tag}, doseq=True))
            made.append(f'<a lang="{tag}" hreflang="{tag}" href="?{there}" target="_self">{name}</a>')
    return "".join(made)


def _remembering(send: Send, chosen: str) -> Send:
    cookie = f"{COOKIE}={chosen}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Lax"

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return forward
