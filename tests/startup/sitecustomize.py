"""Python reads this first in every process of the tests: none asks another machine, and trainings do not give way.

Without it, a training would fetch MNIST into the home of whoever runs the tests, in the middle of tests that expect to
find none. And trainings give way to the app that people draw in: beside other work that keeps all cores busy, a test
would wait for them for minutes. What was refused is noted in the file that `NETWORK_LOG` names.
"""

import os
import socket
from typing import NoReturn

_HERE = ("127.", "::1", "::ffff:127.", "0.0.0.0", "localhost")
_connect, _lookup = socket.socket.connect, socket.getaddrinfo


def _refuse(what: object) -> NoReturn:
    if "NETWORK_LOG" in os.environ:
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{what}\n")
    raise OSError(f"no network in tests: {what}")


def _is_here(name: str) -> bool:
    """Whether an address is this machine's, by one of its networks."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((name, 0))
    except OSError:
        return False
    return True


def connect(self: socket.socket, address: object) -> None:
    # With datagrams, connecting sends nothing: it is how a machine finds out its own address.
    is_internet = self.family in {socket.AF_INET, socket.AF_INET6} and self.type == socket.SOCK_STREAM
    if is_internet and not str(address[0]).startswith(_HERE) and not _is_here(str(address[0])):
        _refuse(address)
    return _connect(self, address)


def getaddrinfo(host: object, *rest: object, **named: object) -> object:
    name = host.decode() if isinstance(host, bytes) else host
    is_address = bool(name) and not name.strip("0123456789.abcdef:")
    if name and name != socket.gethostname() and not name.startswith(_HERE) and not (is_address and _is_here(name)):
        _refuse(name)
    return _lookup(host, *rest, **named)


socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
if hasattr(os, "nice"):  # not on Windows
    os.nice = lambda more: 0
