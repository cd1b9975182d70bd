"""A fresh server for a test or a benchmark, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digitlab.settings import REPOSITORY
from tests.patience import PATIENCE_S, until


@dataclass(frozen=True)
class Server:
    """A running app.

    Attributes:
        url: its address, without a slash at the end.
        pid: its process.
        log: everything it printed.
    """

    url: str
    pid: int
    log: Path


def without_mnist(home: Path) -> dict[str, str]:
    """The environment of a server that finds no full MNIST; `home` is an empty folder."""
    return {"DIGITLAB_MNIST": "", "HOME": str(home)}


@contextmanager
def serve(
    log: Path,
    script: str = "app.py",
    environment: dict[str, str] | None = None,
    cwd: Path = REPOSITORY,
    address: str | None = "127.0.0.1",
) -> Iterator[Server]:
    """Start Streamlit on a script of a working tree, wait until it listens, and stop it afterwards.

    Args:
        log: the file for what it prints.
        script: as `streamlit run` takes it.
        environment: variables to add.
        cwd: the working tree.
        address: to listen on; None for all, as if somebody just ran `streamlit run app.py`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        *(["--server.address", address] if address else []),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    own = {"DIGITLAB_DATABASE": f"sqlite:///{log.parent}/collection.sqlite"}  # never the one that people use
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **own, **(environment or {})}
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait(process, f"{url}/_stcore/health", log)
            yield Server(url, process.pid, log)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def wait(process: subprocess.Popen, url: str, log: Path) -> None:
    """Wait until a server answers.

    Raises:
        AssertionError: it has ended, or does not; with its log.
    """

    def listens() -> bool:
        assert process.poll() is None, f"the server stopped: {log.read_text()}"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            return False
        return True

    until(listens, log.read_text)
