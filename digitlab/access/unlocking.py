"""The address to which a page sends the presenter's password, beside Streamlit.

Its answer brings the cookie that makes the browser a presenter's. So neither password nor cookie is ever part of a
session, which somebody else could take over who knows its id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from digitlab.access import bodies
from digitlab.access.gate import visitor_of
from digitlab.access.guard import Guard
from digitlab.access.visitor import COOKIE, COOKIE_S
from digitlab.errors import NotAllowed
from digitlab.language import gettext as _

PATH = "presenter"  # as seen from a page
LARGEST_BYTES = 4000


def routes(guard: Callable[[], Guard]) -> list[BaseRoute]:
    """`/presenter`: GET tells whether the browser is a presenter's, POST takes the password.

    Args:
        guard: returns the server's guard.
    """

    async def tell(request: Request) -> Response:
        return _answer({"presenter": guard().is_presenter(visitor_of(request.scope))})

    async def unlock(request: Request) -> Response:
        asked = await _asked(request)
        if asked is None:
            return _answer({"problem": _("Expected a page and a password, as JSON.")}, 400)
        try:
            secret = await guard().unlock(visitor_of(request.scope), *asked)
        except NotAllowed as error:
            return _answer({"problem": str(error)}, 503, {"Retry-After": "1"})
        if secret is None:
            return _answer({"problem": _("That is not the password.")}, 403)
        answer = _answer({"presenter": True})
        is_encrypted = "https" in {request.url.scheme, request.headers.get("x-forwarded-proto", "").partition(",")[0]}
        answer.set_cookie(COOKIE, secret, COOKIE_S, secure=is_encrypted, httponly=True, samesite="strict")
        return answer

    return [Route(f"/{PATH}", tell), Route(f"/{PATH}", unlock, methods=["POST"])]


async def _asked(request: Request) -> tuple[str, str] | None:
    """The page and the password; None if that is not what the request brings."""
    match await bodies.json_object(request, LARGEST_BYTES):
        case {"page": str(page), "password": str(password)}:
            return page, password
    return None


def _answer(told: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(told, status, {"Cache-Control": "no-store", **(headers or {})})
