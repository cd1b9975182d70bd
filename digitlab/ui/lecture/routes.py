"""The lecture's addresses: the page, its scripts and style sheets, what it polls, and what only presenters may do."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from digitlab import audience, ink, language, monitoring, serving
from digitlab.access import bodies, invitation, unlocking
from digitlab.access.gate import visitor_of
from digitlab.errors import DigitlabError, InkError, InvalidValue, NotAllowed
from digitlab.ui import presenter
from digitlab.ui.draw import live, looked_at, why
from digitlab.ui.lecture import place, reach, rounds, summary, train, wall
from digitlab.wording import failures
from digitlab.wording import lecture as words
from digitlab.wording import rounds as round_words
from digitlab.wording.language import N_

PAGE = Path(__file__).with_name("page")
LONGEST_URL = 300  # characters
LARGEST_BYTES = 20_000  # of what is asked for, other than a drawing
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
_threads = CapacityLimiter(4)
# What only presenters may do, by name: what it is called in a refusal, and what does it.
ACTS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "move": (N_("move the lecture on"), place.move),
    **wall.ACTS,
    **train.ACTS,
    **rounds.ACTS,
}


def routes() -> list[BaseRoute]:
    """The server's routes beside Streamlit: `/lecture` and what lies below it."""
    return [
        Route("/lecture", functools.partial(_page, "lecture.html")),
        Route("/lecture/remote", functools.partial(_page, "remote.html")),
        Route("/lecture/page/{name}", _file),
        Route("/lecture/address", _address),
        Route("/lecture/state", _state),
        Route("/lecture/summary.html", summary.show),
        Route("/lecture/act", _act, methods=["POST"]),
        Route("/lecture/why", audience.taking(explain), methods=["POST"]),
        Route("/wall", lambda _: RedirectResponse("lecture#wall")),  # for older links
    ]


def state(version: int | None, *, is_presenter: bool) -> dict[str, Any]:
    """What the lecture shows now, besides what a view asks for itself.

    Args:
        version: as `wall.state` takes it.
        is_presenter: whether the window is a presenter's.
    """
    return {
        "place": place.state(),
        "presenter": is_presenter,
        "phones": audience.phones(),
        "rounds": rounds.state(),
        **wall.state(version),
        "training": train.state(),
    }


def explain(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """Why the models answer as they do, for the stage and the wall.

    Args:
        asked: as for `live.answer`, or the `number` of a drawing on the wall.
        client: its address.

    Returns:
        `said`, the reason as HTML, and `figures`, the models' attribution maps as HTML; or only a `problem`.

    Raises:
        As `live.answer`.
    """
    if "number" in asked:
        return wall.explain(asked)
    drawing, models = ink.strokes_from_json(asked), live.models(asked)
    try:
        seen = ink.read(drawing)
    except InkError as error:
        return {"problem": str(error)}
    reading = serving.read(seen, models)
    if reading.is_several:
        return {"problem": words.one_digit_only()}
    return {
        "said": why.said(seen.pixels, reading.whole, models),
        "figures": looked_at.figures(np.asarray(seen.pixels), models),
    }


async def _page(name: str, _: Request) -> Response:
    guard = presenter.guard()
    told = {
        **words.page(),
        **train.page(),
        **round_words.keys(),
        "of_rounds": round_words.lecture(),
        "languages": language.LANGUAGES,
        "page": guard.new_page(),
        "unlocking": unlocking.PATH,
        "has_password": guard.has_password,
        "side": ink.CANVAS_PX,
        "brush": ink.BRUSH_PX,
    }
    values = {
        "language": language.current(),
        "title": escape(words.page()["title"]),
        # In a script element, only "<" could end it.
        "words": json.dumps(told).replace("<", "\\u003c"),
    }
    html = (PAGE / name).read_text(encoding="utf-8")
    html = re.sub(r"{{(\w+)}}", lambda found: values[found[1]], html)
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


async def _address(request: Request) -> Response:
    """Where phones draw, in words and as a QR code; or why none can. Only the browser knows how it has come here."""
    at = request.query_params.get("at", "")[:LONGEST_URL]
    try:
        alone, address = reach.problem(at), reach.address(at)
    except ValueError:
        return _told({"problem": words.expected_act()}, 400)
    told: dict[str, Any] = {"shown": address.partition("://")[2], "code": invitation.image(address)}
    return _told({**told, "reach": alone and {"said": alone, "command": reach.COMMAND}})


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    files = {file.name: file for file in (ink.PEN, ink.PIXELS)} | {file.name: file for file in PAGE.glob("*.[jc]s*")}
    if name not in files:
        return _told({"problem": words.no_file()}, 404)
    return FileResponse(files[name], headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})


async def _state(request: Request) -> Response:
    has = request.query_params.get("wall")
    version = None if has is None else int(has) if has.isdecimal() and len(has) < 16 else 0
    is_presenter = presenter.guard().is_presenter(visitor_of(request.scope))
    work = functools.partial(state, version, is_presenter=is_presenter)
    return _told(await to_thread.run_sync(work, limiter=_threads))


async def _act(request: Request) -> Response:
    asked = await bodies.json_object(request, LARGEST_BYTES)
    if asked is None or not isinstance(asked.get("act"), str):
        return _told({"problem": words.expected_act()}, 400)
    if asked["act"] not in ACTS:
        return _told({"problem": words.no_act(asked["act"][:40])}, 404)
    action, change = ACTS[asked["act"]]
    try:
        presenter.guard().require(visitor_of(request.scope), action)
        return _told(await to_thread.run_sync(change, asked, limiter=_threads))
    except Exception as error:
        monitoring.failed(error)
        status = 403 if isinstance(error, NotAllowed) else 400 if isinstance(error, InvalidValue) else 503
        return _told({"problem": str(error) if isinstance(error, DigitlabError) else failures.said(error)}, status)


def _told(told: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(told, status, {"Cache-Control": "no-store"})
