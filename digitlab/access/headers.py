"""Headers of requests that say who asks: whether they are well-formed, and by which name a server was reached."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from contextlib import suppress

from starlette.datastructures import Headers

from digitlab.access.visitor import PROXIED
from digitlab.language import gettext as _

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.IGNORECASE | re.ASCII)
_PAIR = r'[\w!#$%&\'*+.^`|~-]+=(?:[\w!#$%&\'*+.^`|~:\[\]-]*|"[^"]*")'
_FORWARDED = re.compile(rf"\s*{_PAIR}(?:\s*[;,]\s*{_PAIR})*\s*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PLAIN = re.compile(r"[\x20-\x7e\t]*")


def problem(headers: Headers, http_version: str) -> str | None:
    """What is malformed in a request's headers, in a sentence; None if nothing is."""
    hosts = headers.getlist("host")
    if len(hosts) > 1 or not all(map(host, hosts)) or (not hosts and http_version == "1.1"):
        return _("This request does not name one host that could be reached.")
    origins = headers.getlist("origin")
    if len(origins) > 1 or not all(map(_is_origin, origins)):
        return _("This request does not name one site that it could come from.")
    if any(map(_CONTROL.search, headers.values())):
        return _("A header of this request has control characters in it.")
    for name, is_right in _PROXIES.items():
        if not all(map(is_right, headers.getlist(name))):
            return _("The header {name} of this request cannot be read.").format(name=name)
    return None


def host(given: str) -> tuple[str, int | None] | None:
    """The name and the port of a `Host` header, in lower case; None if it is malformed."""
    found = _HOST.fullmatch(given)
    if found is None:
        return None
    name, port = found[1].lower(), None if found[2] is None else int(found[2])
    if name.startswith("["):
        with suppress(ValueError):
            ipaddress.IPv6Address(name[1:-1])
            return (name, port) if _is_port(port) else None
        return None
    return (name, port) if _is_port(port) else None


def site(origin: str) -> str | None:
    """What stands in `Host` if a page of this origin asks its own server; None if that has no such server."""
    found = _ORIGIN.fullmatch(origin)
    return found[2].lower() if found and found[1].lower() in {"http", "https"} else None


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port < 65536


def _is_origin(given: str) -> bool:
    found = _ORIGIN.fullmatch(given)
    # Browsers write "null" for pages without an origin, and programs that show pages of files write "file://".
    return given == "null" or (found is not None and (not found[2] or host(found[2]) is not None))


# What proxies add, and what makes it readable.
_PROXIES: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(PROXIED, _PLAIN.fullmatch),
    "forwarded": _FORWARDED.fullmatch,
    "x-forwarded-host": lambda given: all(host(one.strip()) for one in given.split(",")),
}
