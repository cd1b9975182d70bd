"""What Uvicorn has no setting for: an end to connections that never ask, and a cap on how many one client has.

The tests in `test_limits.py` say which of the parts used here an upgrade has changed.
"""

from __future__ import annotations

import functools
import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from digitlab.access.network import is_loopback, one_client

HEAD_S = 10.0  # how long the head of a request may take
CONNECTIONS_EACH = 2500  # browsers open up to six; a hall of 500 may share one address
UNANSWERED_MS = (
    60_000  # after which a connection ends whose other end acknowledges nothing, such as a phone's that left
)
_stopping = threading.Event()


def is_stopping() -> bool:
    """Whether the server waits for all answers to end, so that those without an end have to."""
    return _stopping.is_set()


@functools.cache
def bound_connections() -> None:
    """From now on, close connections on which no whole head of a request arrives, and those of a client with too many.

    A proxy may have as many as it wants, since all its visitors come from one address: one on this machine, or one
    that `FORWARDED_ALLOW_IPS` names.
    """
    connections: Counter[str] = Counter()
    made, lost, received = H11Protocol.connection_made, H11Protocol.connection_lost, H11Protocol.data_received
    ended = H11Protocol.shutdown

    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        _stopping.clear()  # another server of this process
        address = self.client[0] if self.client else ""
        connections[one_client(address)] += 1
        if connections[one_client(address)] > CONNECTIONS_EACH and not _is_proxy(address, self.config):
            transport.close()
        with suppress(AttributeError, OSError):  # only Linux has it, and only for TCP
            own = transport.get_extra_info("socket")
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)
        _await_head(self)

    def connection_lost(self: Any, error: Exception | None) -> None:
        client = one_client(self.client[0] if self.client else "")
        connections[client] -= 1
        if not connections[client]:
            del connections[client]
        lost(self, error)

    def data_received(self: Any, data: bytes) -> None:
        received(self, data)
        _await_head(self)

    def shutdown(self: Any) -> None:
        _stopping.set()
        ended(self)

    for method in (connection_made, connection_lost, data_received, shutdown):
        setattr(H11Protocol, method.__name__, method)


def _is_proxy(address: str, config: Config) -> bool:
    named = config.forwarded_allow_ips
    named = named.split(",") if isinstance(named, str) else named
    return is_loopback(address) or "*" in named or address in map(str.strip, named)


def _await_head(protocol: Any) -> None:
    """Give a connection time for a head as long as it has sent none, or a part of one."""
    is_half_sent = protocol.conn.their_state is h11.IDLE and protocol.transport.get_protocol() is protocol
    timer = getattr(protocol, "_head_timer", None)
    if is_half_sent and timer is None:
        protocol._head_timer = protocol.loop.call_later(HEAD_S, _close, protocol)
    elif not is_half_sent and timer is not None:
        timer.cancel()
        protocol._head_timer = None


def _close(protocol: Any) -> None:
    if protocol.conn.their_state is h11.IDLE and not protocol.transport.is_closing():
        protocol.transport.close()
