"""Data as text for a link: zlib's, in URL-safe base64. A link may hold anything, so what comes back is bounded."""

from __future__ import annotations

import base64
import binascii
import zlib

MOST = 6_000  # characters that are read


def packed(data: bytes) -> str:
    """The text for data."""
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def unpacked(given: str, most: int) -> bytes:
    """The data that `packed` made into a text.

    Args:
        given: the text.
        most: bytes; nothing beyond is unpacked.

    Raises:
        ValueError: the text is too long or cut short, holds more, or is no such text.
    """
    if len(given) > MOST or not given.isascii():
        raise ValueError
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(base64.b64decode(given + "=" * (-len(given) % 4), b"-_", validate=True), most)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from error
    if not reader.eof or reader.unconsumed_tail:
        raise ValueError
    return data
