"""Who asks: a visitor at this machine, or one from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digitlab.access.network import is_loopback

# Headers that proxies add; a browser on this machine sends none of them.
PROXIED = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip",
    "cf-connecting-ip", "true-client-ip",
)  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """One session of the app, as far as its connection tells.

    Attributes:
        session: the server's own name for the session, which no browser can choose.
        address: IP address of the connection's other end; None if it is not known.
        headers: those of the request that opened the connection.
    """

    session: str
    address: str | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether the request comes from a browser on this machine, without a proxy and by this machine's own name.

        Anything unknown counts as elsewhere. `Host` and `Origin` reveal a page of another host whose name was made to
        lead here (DNS rebinding). A proxy on this machine that hides itself and its visitors completely looks like a
        browser; set a password in that case.
        """
        headers = {name.lower(): value for name, value in self.headers.items()}
        if is_proxied(headers):
            return False
        origin = headers.get("origin")
        return (
            self.address is not None
            and is_loopback(self.address)
            and is_loopback(_host_of(f"//{headers.get('host', '')}"))
            and (origin is None or is_loopback(_host_of(origin)))
        )


def is_proxied(headers: Mapping[str, str]) -> bool:
    """Whether a request came through a proxy; the names of its headers are in lower case."""
    return any(name in headers for name in PROXIED)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # such as an address of IPv6 without its second bracket
        return None
