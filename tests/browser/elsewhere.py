"""A balancer in front of one server: it says for whom it asks, and can send sessions to one that does not know them."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.browser.server import Server

# The browser asks for the session that it had by the last of three words. The server does not find that one.
_SESSION = re.compile(rb"(?i)(sec-websocket-protocol: *[^,\r]+, *[^,\r]+), *([^,\r]+)")

_REQUEST = re.compile(rb"\A([A-Z]+ \S+ HTTP/1\.1\r\n)")  # one begins a piece, since browsers wait for its answer


class Balancer:
    """Passes everything on; `fail` ends all connections, as a server does that dies.

    Args:
        server: what it stands in front of.
        stands_for: the address that each request is said to come from, if any. A browser cannot be told to say it: not
            every Chromium adds such a header to what opens a socket.

    Attributes:
        url: its address, without a slash at the end.
        is_away: whether it ends every connection as soon as it is made.
    """

    def __init__(self, server: Server, stands_for: str | None = None) -> None:
        self._added = rf"\1X-Forwarded-For: {stands_for}\r\n".encode() if stands_for else rb"\1"
        self._to = urlsplit(server.url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.is_away = False
        threading.Thread(target=self._listen, daemon=True).start()

    def fail(self) -> None:
        """End every connection."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()
        self.fail()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                browser, _ = self._listening.accept()
                if self.is_away:
                    browser.close()
                    continue
                server = socket.create_connection((self._to.hostname, self._to.port))
                self._open += [browser, server]
                for ends in ((browser, server), (server, browser)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                piece = _REQUEST.sub(self._added, piece)
                target.sendall(_SESSION.sub(rb"\1", piece) if b"pgrade" in piece else piece)
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def balanced(server: Server, stands_for: str | None = None) -> Iterator[Balancer]:
    balancer = Balancer(server, stands_for)
    try:
        yield balancer
    finally:
        balancer.close()
