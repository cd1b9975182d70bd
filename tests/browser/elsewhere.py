"""A balancer in front of one server, whose sessions can be sent to "another" one: that has never heard of them."""

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


class Balancer:
    """Passes everything on; `fail` ends all connections, as a server does that dies.

    Attributes:
        url: its address, without a slash at the end.
        is_away: whether it ends every connection as soon as it is made.
    """

    def __init__(self, server: Server) -> None:
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

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(_SESSION.sub(rb"\1", piece) if b"pgrade" in piece else piece)
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def balanced(server: Server) -> Iterator[Balancer]:
    balancer = Balancer(server)
    try:
        yield balancer
    finally:
        balancer.close()
