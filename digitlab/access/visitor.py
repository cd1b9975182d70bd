"""Who asks: a visitor at this machine or one from elsewhere, with or without a presenter's cookie."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from digitlab.access.network import is_loopback, name_in

# Headers that proxies add; a browser on this machine sends none of them.
PROXIED = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip",
    "cf-connecting-ip", "true-client-ip",
)  # fmt: skip
# The cookie with a presenter's secret. Browsers share cookies between all ports of a machine, so each server has a name
# of its own for it; after a new start, nobody has given the password yet.
COOKIE = f"digitlab_presenter_{secrets.token_hex(4)}"
COOKIE_S = 12 * 3600  # how long a browser keeps it
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_SECRETS = 4  # looked at: a page on another port could add some to the real one, but not read it


@dataclass(frozen=True)
class Visitor:
    """Whoever asks, as far as the connection tells over which they ask now.

    Attributes:
        key: digests of the secrets in the browser's cookies, separated by spaces; empty if there is none.
        address: IP address of the connection's other end; None if it is not known.
        headers: those of the request that opened the connection.
    """

    key: str
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
        if is_proxied(headers) or self.address is None or not is_loopback(self.address):
            return False
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        own = (None, f"http://{host}", f"https://{host}")
        return is_loopback(name_in(f"//{host}")) and (origin and origin.lower()) in own


def is_proxied(headers: Mapping[str, str]) -> bool:
    """Whether a request came through a proxy; the names of its headers are in lower case."""
    return any(name in headers for name in PROXIED)


def new_secret() -> str:
    """A secret for a presenter's cookie, of 256 bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """By what the server knows a secret, so that no log and no copy of memory gives it away."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key(cookies: Iterable[str]) -> str:
    """The `key` of a visitor whose request has these `Cookie` headers; anything but a secret of ours is ignored."""
    pairs = (pair.strip().partition("=") for header in cookies for pair in header.split(";"))
    found = [value for name, _, value in pairs if name == COOKIE and _SECRET.fullmatch(value)]
    return " ".join(map(digest, found[:_MOST_SECRETS]))
