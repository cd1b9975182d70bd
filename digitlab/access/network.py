"""Network addresses and names: those that mean this machine only, and those by which others on the network reach it."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

EVERYWHERE = "0.0.0.0"
ALL = (EVERYWHERE, "::")  # what a server listens on to be reached by every address of its machine

# Endings of names that nobody can register.
_NEVER_PUBLIC = ("local", "localdomain", "localhost", "lan", "home.arpa", "internal", "test")


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


def is_own_name(name: str, room_name: str | None) -> bool:
    """Whether nobody else can have made a host name lead to this machine; nothing is looked up.

    That is so for IP addresses, for names that exist only within a network, for the name that this machine has given
    itself, and for the one in the address that the room is told.
    """
    name = name.lower().rstrip(".")
    with suppress(ValueError):
        ipaddress.ip_address(name.strip("[]"))
        return True
    is_local = "." not in name or name.endswith(tuple(f".{ending}" for ending in _NEVER_PUBLIC))
    return is_local or name in {socket.gethostname().lower(), (room_name or "").lower().rstrip(".")}


def one_client(address: str) -> str:
    """What stands for all addresses that one client can have, so that it is counted once: of IPv6, the 256 networks
    that a provider gives to a home."""
    with suppress(ValueError):
        parsed = ipaddress.ip_address(address.partition("%")[0])
        if parsed.version == 6 and not parsed.ipv4_mapped:
            return str(ipaddress.ip_network((parsed, 56), strict=False))
    return address


def name_in(url: str | None) -> str | None:
    """The host's name in a URL; None if there is none."""
    try:
        return urlsplit(url or "").hostname
    except ValueError:  # such as an address of IPv6 without its second bracket
        return None


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
