"""Photos from phones: bounded in size and number while they arrive, and read one after the other."""

from __future__ import annotations

import threading
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digitlab import ink
from digitlab.audience.questions import LARGEST_BYTES, problem
from digitlab.errors import Busy, InvalidValue
from digitlab.language import N_
from digitlab.language import gettext as _
from digitlab.wording import rounds as words

LARGEST_PHOTO = 3_000_000  # bytes: one of 1600 px has a tenth of that; a browser that cannot shrink it sends it whole
ARRIVING = 8  # photos at once
WAIT_S = 4.0  # for those that are being read
_arriving: set[Request] = set()
_reading = threading.Lock()


async def body(request: Request) -> dict[str, Any] | Response:
    """What a phone sends with a photo: the fields as JSON in the address (`asked`), and the picture file as `photo`;
    or a response that says what is wrong with it."""
    # A page of another host cannot send this type without a preflight request, which is refused.
    if not request.headers.get("content-type", "").startswith("image/"):
        return problem(415, _("Expected a picture."))
    fields = request.query_params.get("asked", "").encode()
    if len(fields) > min(LARGEST_BYTES, ink.SMALL_BYTES):
        return problem(414, _("Expected a shorter address."))
    if len(_arriving) >= ARRIVING:
        return problem(503, _("Many people are sending photos just now."))
    _arriving.add(request)
    try:
        photo = bytearray()
        async for piece in request.stream():
            photo += piece
            if len(photo) > LARGEST_PHOTO:
                return problem(413, words.too_large())
        return ink.decoded(fields) | {"photo": bytes(photo)}
    except InvalidValue as error:
        return problem(400, str(error))
    finally:
        _arriving.discard(request)


def read(photo: bytes) -> ink.Ink:
    """As `ink.read`, of one photo at a time.

    Raises:
        Busy: others are being read.
        DigitlabError: as `ink.read`.
    """
    if not _reading.acquire(timeout=WAIT_S):
        raise Busy(N_("Other photos are being read."))
    try:
        return ink.read(photo)
    finally:
        _reading.release()
