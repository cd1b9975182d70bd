"""Network addresses: those that mean this machine only, and the one by which others on the network reach it."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

EVERYWHERE = "0.0.0.0"
ALL = (EVERYWHERE, "::")  # what a server listens on to be reached by every address of its machine


def is_loopback(host: str | None) -> bool:
    """Whether a host name or an IP address certainly means this machine; False for unknown names."""
    if not host:
        return False
    if host.lower().rstrip(".") == "localhost":
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)  # such as ::ffff:127.0.0.1, on a server with IPv4 and IPv6
        return bool((mapped or address).is_loopback)
    return False


def own_address() -> str | None:
    """This machine's IPv4 address on the network; None if it has none. No packet is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address reserved for documentation (RFC 5737): only looks up the route
        address = str(probe.getsockname()[0])
        return None if is_loopback(address) else address
    with suppress(OSError):
        addresses = socket.gethostbyname_ex(socket.gethostname())[2]
        return next((address for address in addresses if not is_loopback(address)), None)
    return None


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on this host and port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do, so that a port is free right after its server ends.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):  # the port is taken or not a port, or the host is not this machine
            return False
    return True
