"""Who asks: a visitor at the machine itself, or one from elsewhere."""

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
    """One session of the app, as its connection shows it.

    Attributes:
        session: the server's own name for it, which no browser can choose.
        address: IP of the connection's other end; None where it is not known.
        headers: of the request that opened the connection.
    """

    session: str
    address: str | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether a browser on this machine asks, without a proxy and by the machine's own name.

        Whatever is not known counts as elsewhere. A page of another host whose name leads here (DNS rebinding) shows in
        `Host` and `Origin`. A proxy on this machine that hides itself and its visitors completely cannot be told from
        a browser: give a password there.
        """
        headers = {name.lower(): value for name, value in self.headers.items()}
        if any(name in headers for name in PROXIED):
            return False
        origin = headers.get("origin")
        return (
            self.address is not None
            and is_loopback(self.address)
            and is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname)
            and (origin is None or is_loopback(urlsplit(origin).hostname))
        )
