"""The body of a request as JSON text: only of this type, and of a bounded length."""

from __future__ import annotations

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
