"""Addresses: this machine's own, and the one by which others on the network reach it."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

EVERYWHERE = "0.0.0.0"


def is_loopback(host: str | None) -> bool:
    """Whether a host name or an IP address means this machine and nobody else's; what is not known does not."""
    if not host:
        return False
    if host.lower().rstrip(".") == "localhost":
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1, as a server on both protocols sees it
        return bool((mapped or address).is_loopback)
    return False


def own_address() -> str | None:
    """This machine's IPv4 address on the network; None without one. No packet is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address for documentation (RFC 5737): only the route to it is looked up
        found = str(probe.getsockname()[0])
        return None if is_loopback(found) else found
    with suppress(OSError):
        for found in socket.gethostbyname_ex(socket.gethostname())[2]:
            if not is_loopback(found):
                return found
    return None


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: what has just ended is free
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):  # taken, not this machine's, no port
            return False
    return True
