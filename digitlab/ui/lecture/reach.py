"""By which address phones reach this server, and whether they can."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from digitlab import settings
from digitlab.access import PLAY, network
from digitlab.wording import lecture as words

COMMAND = "python -m digitlab present"


def problem() -> str | None:
    """Why phones cannot reach this server; with `COMMAND`, they can. None if they can already."""
    if settings.load().room_url or not network.is_loopback(st.get_option("server.address")):
        return None
    return words.only_here()


def address(base: str, path: str = PLAY) -> str:
    """The URL by which phones reach a page, which is by default the one on which the audience draws.

    Args:
        base: the URL by which the presenter has reached the app; a name for this machine only is replaced.
        path: of the page, with a slash at the beginning.
    """
    if known := settings.load().room_url:
        return known + path
    parts = urlsplit(base)
    own = network.own_address() if network.is_loopback(parts.hostname) and problem() is None else None
    place = parts.netloc if own is None else f"{own}:{parts.port or 80}"
    return f"{parts.scheme or 'http'}://{place}{parts.path.rstrip('/')}{path}"
