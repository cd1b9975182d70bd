"""By which address phones reach this server, and whether they can."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from digitlab import settings
from digitlab.access import PLAY, network
from digitlab.wording import lecture as words

COMMAND = "python -m digitlab present"


def problem(at: str) -> str | None:
    """Why phones cannot reach this server; with `COMMAND`, they can. None if they may be able to already.

    Args:
        at: the URL at which the presenter's browser is; if it is not the server's own, a proxy leads there.
    """
    is_own = network.is_loopback(network.name_in(at)) and _port(at) == st.get_option("server.port")
    return words.only_here() if is_own and _is_alone() and not settings.load().room_url else None


def address(at: str, path: str = PLAY) -> str:
    """The URL by which phones reach a page, which is by default the one on which the audience draws.

    Args:
        at: the URL below which the app is, as the presenter's browser has it; a name for this machine only
            is replaced.
        path: of the page, with a slash at the beginning.
    """
    if known := settings.load().room_url:
        return known + path
    parts = urlsplit(at)
    own = network.own_address() if network.is_loopback(parts.hostname) and not _is_alone() else None
    place = parts.netloc if own is None else f"{own}:{_port(at)}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}{path}"


def _port(at: str) -> int:
    parts = urlsplit(at)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_alone() -> bool:
    """Whether the server listens on this machine only."""
    return network.is_loopback(st.get_option("server.address"))
