"""The audience's page and the two requests it makes."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from digitlab import collection, ink, monitoring, serving
from digitlab.audience.chosen import wall
from digitlab.errors import DatabaseUnavailable, DigitlabError, InkError, InvalidValue, UnreadablePicture
from digitlab.models import store
from digitlab.pixels import to_bytes
from digitlab.serving import Reading
from digitlab.wording import phone
from digitlab.wording.answers import card

LARGEST_BYTES = 400_000  # largest request: enough for the most points that a drawing may have, as text
# The page is one file: it may load nothing else, and no other page may put it in a frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# More threads would only compete for the processors: each would be slower, and threads keep the memory they have used.
_at_once = CapacityLimiter(max(2, os.cpu_count() or 2))
_log = logging.getLogger("digitlab.audience")
STRAINED = 4.0  # once work takes this many times its own processor time, questions that can wait are refused
STRAIN_MOST = 8.0  # cap on a single observation, so that one slow answer, such as a model's first, is not yet a strain
STRAIN_S = 2.0  # how long an observation counts


class _Strain:
    """How much longer work takes than it would alone, since script runs and other threads need the processors, too."""

    def __init__(self) -> None:
        self._ratio, self._at = 1.0, 0.0
        self._lock = threading.Lock()

    @contextmanager
    def observed(self) -> Iterator[None]:
        began, worked = time.monotonic(), time.thread_time()
        yield
        ended = time.monotonic()
        ratio = (ended - began) / max(time.thread_time() - worked, 1e-3)
        with self._lock:
            self._at = ended
            self._ratio += (min(ratio, STRAIN_MOST) - self._ratio) / 4

    def is_high(self) -> bool:
        return self._ratio > STRAINED and time.monotonic() - self._at < STRAIN_S


_strain = _Strain()


def routes() -> list[BaseRoute]:
    """The server's routes beside Streamlit: the page `/play`, and two addresses below it that take JSON."""
    monitoring.watch("waiting", "Questions that wait for a thread", lambda: _at_once.statistics().tasks_waiting)
    html, pen = (file.read_text(encoding="utf-8") for file in (Path(__file__).with_name("page.html"), ink.PEN))
    values = {name: escape(words) for name, words in phone.page().items()}
    values |= {"pen": pen, "side": str(ink.CANVAS_PX), "brush": str(ink.BRUSH_PX)}
    html = re.sub(r"{{(\w+)}}", lambda name: values[name[1]], html)

    async def show(_: Request) -> Response:  # a new response each time, since the server's compression changes it
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})

    return [
        Route("/play", show),
        Route("/play/drawing", taking(read_drawing, kind="play"), methods=["POST"]),
        Route("/play/label", taking(take_label), methods=["POST"]),
    ]


def read_drawing(asked: dict[str, Any]) -> dict[str, Any]:
    """Read a drawing, hang it on the wall, and keep it if its author allows.

    Args:
        asked: `token`, `keep` (bool), and a drawing as `ink.strokes_from_json` takes it.

    Returns:
        What `reply` gives; or only a `problem` in words, where the drawing has no readable ink.

    Raises:
        InvalidValue, UnreadablePicture: the token or the strokes are missing or wrong.
    """
    token = asked.get("token", "")
    collection.check_token(token)
    strokes = {name: asked.get(name) for name in ("width", "height", "brush", "strokes")}
    drawing = ink.strokes_from_json(strokes)
    try:
        seen = ink.read(drawing)
    except InkError as error:
        return {"problem": str(error)}
    reading = serving.read(seen, [serving.load(name) for name in store.FLAGSHIPS])
    given = answers(reading)
    pixels = to_bytes(seen.pixels)
    number = wall().hang(token, pixels, given)
    kept = False
    if asked.get("keep") is True:
        try:
            kept = collection.keep(token, strokes, pixels, given) is not None
        except DatabaseUnavailable as error:
            _log.error("%s", error)
    elif asked.get("keep") is False:
        _forget(token)
    return reply(reading, number, is_kept=kept)


def reply(reading: Reading, number: int | None, *, is_kept: bool) -> dict[str, Any]:
    """What a phone is told of its drawing.

    Args:
        reading: what the models read.
        number: of the drawing on the wall; None while the database of a shared wall does not answer.
        is_kept: whether the drawing was kept.

    Returns:
        `answers`, one per model (`name`, `digit`, `confidence`, `is_digit`, `shares`, and what stands `beside` the
        digit) to the drawing as one digit; how many `digits` it is read as; its `number`; whether it is
        `kept`; what is `said` of it; the digit (`guess`) of the button that confirms an answer and what stands on it
        (`offer`); and `who_was_right`, a sentence for each label from 0 to 9.
    """
    told = [
        {"name": name, **given, "beside": card(name, reading.whole[name]).beside}
        for name, given in answers(reading).items()
    ]
    guess, offer = phone.offer(reading)
    return {
        "answers": told, "digits": len(reading.digits), "kept": is_kept, "number": number,
        "guess": guess, "offer": offer,
        "said": phone.answer(reading, is_kept=is_kept),
        "who_was_right": [phone.who_was_right(reading, label) for label in range(10)],
    }  # fmt: skip


def take_label(asked: dict[str, Any]) -> dict[str, Any]:
    """Store what its author says a drawing is. If the answer says `kept`, the label is on disk.

    Args:
        asked: `token` and `label` in 0..9.

    Raises:
        InvalidValue: the token or the label is missing or wrong.
    """
    token, label = asked.get("token", ""), asked.get("label")
    collection.check_token(token)
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise InvalidValue(f"A label is a digit from 0 to 9, got {label!r}.")
    kept = collection.label_of(token, label)
    wall().label(token, label)
    return {"kept": kept}


def _forget(token: str) -> None:
    try:
        collection.forget(token)
    except DatabaseUnavailable as error:
        _log.error("%s", error)


def answers(reading: Reading) -> dict[str, dict[str, Any]]:
    """The answers by model, in the form in which the wall and the collection store them."""
    return {
        name: {
            "digit": verdict.digit,
            "confidence": round(verdict.confidence, 6),
            "is_digit": verdict.is_digit,
            "shares": [round(float(share), 4) for share in verdict.probabilities],
        }
        for name, verdict in reading.whole.items()
    }


def taking(
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    gives_way: Callable[[dict[str, Any]], bool] = lambda _: False,
    kind: str | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that takes and returns JSON; errors are returned in words, with an HTTP status.

    Args:
        answer: called in a thread with what was asked; at most as many run at once as there are processors.
        gives_way: whether a question can be refused: while the server has too much to do, such questions are answered
            with status 503 at once.
        kind: the name under which `monitoring` publishes the time to an answer; None if it does not.
    """

    def work(asked: dict[str, Any]) -> dict[str, Any]:
        with _strain.observed():
            return answer(asked)

    async def endpoint(request: Request) -> Response:
        asked = await _json(request)
        if isinstance(asked, Response):
            return asked
        if (_at_once.available_tokens < 1 or _strain.is_high()) and gives_way(asked):
            return _problem(503, "Others come first.")
        try:
            began = time.perf_counter()
            given = await to_thread.run_sync(work, asked, limiter=_at_once)
            if kind is not None:
                monitoring.answered(kind, began)
            return JSONResponse(given)
        except Exception as error:
            monitoring.failed(error)
            return _refusal(error)

    return endpoint


def _refusal(error: Exception) -> Response:
    if isinstance(error, (InvalidValue, UnreadablePicture)):
        return _problem(400, str(error))
    if isinstance(error, DigitlabError):
        _log.error("%s", error)
        return _problem(503, "The server cannot answer right now.")
    raise error


async def _json(request: Request) -> dict[str, Any] | Response:
    """The JSON object that a request brings, or a response that says what is wrong with it."""
    # A page of another host cannot send this type without a preflight request, which is refused.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _problem(415, "Expected JSON.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BYTES:
            return _problem(413, "This drawing has too many points.")
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    return asked if isinstance(asked, dict) else _problem(400, "Expected a JSON object.")


def _problem(status: int, words: str) -> Response:
    return JSONResponse({"problem": words}, status_code=status)
