"""Endpoints that take and return JSON: one at a time for each thread, fairly, and no longer than anybody can wait."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digitlab import ink, monitoring, serving
from digitlab.access import bodies, network
from digitlab.audience.turns import Turns
from digitlab.errors import Busy, DigitlabError, InvalidValue, UnknownModel, UnreadablePicture
from digitlab.language import N_
from digitlab.language import gettext as _

LARGEST_BYTES = 400_000  # largest request: enough for the most points that a drawing may have, as text
# More threads would only compete for the processors: each would be slower, and threads keep the memory they have used.
AT_ONCE = max(2, os.cpu_count() or 2)
PATIENT = 64  # threads that may wait for the disk, which compete for nothing
# A hall may share one address, and each of its phones asks one question at a time.
MOST_EACH, MOST, LONGEST_S = 200, 400, 5.0
RETRY_S = 1  # after which time a question that was refused may be asked again
STRAINED = 4.0  # once work takes this many times its own processor time, questions that can wait are refused
STRAIN_MOST = 8.0  # cap on a single observation, so that one slow answer, such as a model's first, is not yet a strain
STRAIN_S = 2.0  # how long an observation counts
_REFUSED = {413: N_("This drawing has too many points."), 415: N_("Expected JSON.")}
_threads, _decoding = CapacityLimiter(AT_ONCE), CapacityLimiter(1)
_patient = CapacityLimiter(PATIENT)
_turns = Turns(AT_ONCE, MOST_EACH, MOST, LONGEST_S)
_log = logging.getLogger("digitlab.audience")


class _Strain:
    """How much longer work takes than it would alone, since script runs and other threads need the processors, too."""

    def __init__(self) -> None:
        self._ratio, self._at = 1.0, 0.0
        self._lock = threading.Lock()

    @contextmanager
    def observed(self) -> Iterator[None]:
        began, worked = time.monotonic(), serving.readers.processor_s()
        yield
        ended = time.monotonic()
        ratio = (ended - began) / max(serving.readers.processor_s() - worked, 1e-3)
        with self._lock:
            self._at = ended
            self._ratio += (min(ratio, STRAIN_MOST) - self._ratio) / 4

    def is_high(self) -> bool:
        return self._ratio > STRAINED and time.monotonic() - self._at < STRAIN_S


_strain = _Strain()


def waiting() -> int:
    """How many questions wait for their turn."""
    return _turns.waiting


Answer = dict[str, Any]
Answering = Callable[[dict[str, Any], str], Answer | Callable[[], Answer]]


def taking(
    answer: Answering,
    gives_way: Callable[[dict[str, Any]], bool] = lambda _: False,
    kind: str | None = None,
    body: Callable[[Request], Awaitable[dict[str, Any] | Response]] | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that takes and returns JSON; errors are returned in words, with an HTTP status.

    Args:
        answer: called in a thread with what was asked and the address of the client that asks; at most as many run at
            once as there are processors, and clients take turns. What has to wait for a disk comes back as a function
            that gives the answer: it is called in another thread, while others have their turn.
        gives_way: whether a question can be refused: while the server has too much to do, such questions are answered
            with status 503 at once.
        kind: the name under which `monitoring` publishes the time to an answer; None if it does not.
        body: reads what is asked; None for JSON.
    """

    def work(asked: dict[str, Any], client: str) -> Answer | Callable[[], Answer]:
        with _strain.observed():
            return answer(asked, client)

    async def endpoint(request: Request) -> Response:
        asked = await (body or _json)(request)
        if isinstance(asked, Response):
            return asked
        if (_turns.are_taken or _strain.is_high()) and gives_way(asked):
            return problem(503, _("Others come first."))
        client = _client(request)
        try:
            began = time.perf_counter()
            async with _turns.turn(client):
                given = await to_thread.run_sync(work, asked, client, limiter=_threads)
            if callable(given):
                given = await to_thread.run_sync(given, limiter=_patient)
            if kind is not None:
                monitoring.answered(kind, began)
            return JSONResponse(given)
        except Exception as error:
            monitoring.failed(error)
            return _refusal(error)

    return endpoint


def _refusal(error: Exception) -> Response:
    match error:
        case InvalidValue() | UnreadablePicture():
            return problem(400, str(error))
        case UnknownModel():
            return problem(404, str(error))
        case Busy():
            return problem(503, _("Many people are drawing just now."))
        case DigitlabError():
            _log.error("%s", error)
        case _:
            _log.error("A question ended in an error.", exc_info=error)
            return problem(500, _("The server has made a mistake."))
    return problem(503, _("The server cannot answer right now."))


async def _json(request: Request) -> dict[str, Any] | Response:
    """The JSON object that a request brings, or a response that says what is wrong with it."""
    body = await bodies.json_text(request, LARGEST_BYTES)
    if isinstance(body, int):
        return problem(body, _(_REFUSED[body]))
    try:
        if len(body) <= ink.SMALL_BYTES:
            return ink.decoded(body)
        async with _turns.turn(_client(request)):
            return await to_thread.run_sync(ink.decoded, body, limiter=_decoding)
    except Exception as error:
        monitoring.failed(error)
        return _refusal(error)


def _client(request: Request) -> str:
    """Who asks, as `network.one_client`; a proxy that the server trusts has named the address."""
    return network.one_client(request.client.host if request.client else "")


def problem(status: int, words: str) -> Response:
    """A refusal in words; what is busy may be asked again."""
    headers = {"Retry-After": str(RETRY_S)} if status == 503 else None
    return JSONResponse({"problem": words}, status, headers)
