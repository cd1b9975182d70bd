"""The body of a request as JSON: only of this type, and of a bounded length."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


async def json_text(request: Request, most: int) -> bytes | int:
    """The body of a request, or the HTTP status with which it is refused: 415 for another type, 413 if it is too long.

    Args:
        request: whose body has not been read.
        most: bytes of the body.
    """
    # A page of another host cannot send this type without a preflight request, which is refused.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return 415
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            return 413
    return bytes(body)


async def json_object(request: Request, most: int) -> dict[str, Any] | None:
    """The JSON object that a small request brings; None if it brings anything else.

    Args:
        request, most: as `json_text` takes them.
    """
    body = await json_text(request, most)
    try:
        found = json.loads(body) if isinstance(body, bytes) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
