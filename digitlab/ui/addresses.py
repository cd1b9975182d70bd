"""One name for each page, whichever of its addresses was opened."""

from __future__ import annotations

_NAMES = {"": "draw", "home": "draw", "atlas": "embedding-map"}


def name(address: str) -> str:
    """The name of a page, by which lessons and the glossary call it; `address` is without a slash."""
    return _NAMES.get(address, address)
