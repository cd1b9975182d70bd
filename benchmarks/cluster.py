"""Starts several digitlab servers behind nginx, with one PostgreSQL, on this machine, configured as in `deploy/`."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.session import Drawn, Session
from digitlab.settings import REPOSITORY
from tests import postgres
from tests.browser.server import Server, serve, wait
from tests.patience import PATIENCE_S

__all__ = ["Cluster", "Drawn", "Session", "balanced", "cluster", "nginx", "opened"]
NO_NGINX = "nginx is not on this machine: apt install nginx"


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes:
        url: the balancer's URL, without a slash at the end.
        replicas: the servers behind it.
        database: address of their PostgreSQL.
        folder: the cluster's folder, with the logs.
    """

    url: str
    replicas: tuple[Server, ...]
    database: str
    folder: Path


@contextmanager
def cluster(
    folder: Path, count: int, environment: Mapping[str, str] | None = None, *settings: str
) -> Iterator[Cluster]:
    """Start the cluster, and stop it afterwards; a server that was killed meanwhile is not restarted.

    Args:
        folder: an empty folder.
        count: number of servers.
        environment: additional environment variables for the servers.
        settings: of PostgreSQL, such as "fsync=off".

    Raises:
        FileNotFoundError: PostgreSQL or nginx is not on this machine.
    """
    with ExitStack() as stack:
        (folder / "pg").mkdir()
        database = stack.enter_context(postgres.running(folder / "pg", *settings))
        own = {"DIGITLAB_DATABASE": database, "STREAMLIT_SERVER_COOKIE_SECRET": "of all servers", **(environment or {})}
        replicas = tuple(
            stack.enter_context(serve(folder / f"replica-{number}.log", environment=own))
            for number in range(1, count + 1)
        )
        url = stack.enter_context(balanced(folder / "nginx", [replica.url for replica in replicas]))
        yield Cluster(url, replicas, database, folder)


def nginx() -> str | None:
    """nginx's program; None if it is not on this machine."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@contextmanager
def balanced(folder: Path, urls: list[str], ready: str = "/_stcore/health") -> Iterator[str]:
    """Run nginx, configured as in `deploy/nginx.conf`, on a free port in front of these servers; yields its address.

    Args:
        folder: a folder that does not exist yet.
        urls: of the servers.
        ready: a path that the servers answer.

    Raises:
        FileNotFoundError: nginx is not on this machine.
    """
    program = nginx()
    if program is None:
        raise FileNotFoundError(NO_NGINX)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    deploy = REPOSITORY / "deploy"
    folder.mkdir()
    config = (deploy / "nginx.conf").read_text().replace("listen 8080;", f"listen 127.0.0.1:{port};")
    cookie = "add_header Set-Cookie $new_cookie;"
    config = config.replace(cookie, f"{cookie} add_header X-Replica $upstream_addr;")  # for the benchmarks
    (folder / "nginx.conf").write_text(config)
    first = next(line for line in (deploy / "replicas.conf").read_text().splitlines() if line.startswith("server"))
    options = first.split(maxsplit=2)[2]
    lines = [f"server {url.removeprefix('http://')} {options}\n" for url in urls]
    (folder / "replicas.conf").write_text("".join(lines))
    command = [program, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        wait(process, f"http://127.0.0.1:{port}{ready}", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


async def opened(url: str, count: int, first: int = 0, every_s: float = 0.1) -> list[Session]:
    """Open `count` sessions one after the other; their seeds begin with `first`, so each draws something else."""
    sessions = []
    for number in range(first, first + count):
        sessions.append(Session(url, seed=number))
        await sessions[-1].open()
        await asyncio.sleep(every_s)
    return sessions
