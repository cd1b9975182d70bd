"""A real PostgreSQL for tests; `conftest` offers its fixture to all of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.patience import PATIENCE_S, until

MISSING = "PostgreSQL's server programs are not on this machine: apt install postgresql"


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory) -> Iterator[str]:
    """A PostgreSQL of the tests' own; its address."""
    with running(tmp_path_factory.mktemp("pg"), "fsync=off") as address:
        yield f"{address}&connect_timeout={PATIENCE_S:.0f}"


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs; None if they are not on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    folder = found[-1].parent if found else Path(shutil.which("initdb") or "none").parent
    return folder if (folder / "initdb").is_file() else None


class Server:
    """A PostgreSQL whose files are there already.

    Attributes:
        address: as `DIGITLAB_DATABASE` takes it.
    """

    def __init__(self, folder: Path, settings: Sequence[str], options: dict) -> None:
        self.address = f"postgresql://digitlab@/postgres?host={folder}"
        self._folder, self._settings, self._options = folder, settings, options
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        until(self._starts)  # not at once, if a process of one that was killed still ends

    def _starts(self) -> bool:
        binaries = programs()
        assert binaries is not None
        command = [binaries / "postgres", "-D", self._folder / "data", "-k", self._folder, "-c", "listen_addresses="]
        command += [word for setting in self._settings for word in ("-c", setting)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = self._process = subprocess.Popen(command, start_new_session=True, **quiet, **self._options)
        ready = [binaries / "pg_isready", "-h", self._folder, "-q"]
        until(lambda: process.poll() is not None or subprocess.run(ready, check=False).returncode == 0)
        return process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal to it and to all of its processes."""
        assert self._process is not None
        for process in (psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def end(self, number: int) -> None:
        """End it by a signal; by SIGKILL with all of its processes, which would hold its memory."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        self._process.wait(PATIENCE_S)
        while number == signal.SIGKILL and (left := self._left()):
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    def _left(self) -> list[psutil.Process]:
        """Its processes, also those whose parent is gone."""
        data = str(self._folder / "data")
        return [one for one in psutil.process_iter(["cwd", "status"]) if one.info["cwd"] == data]


@contextmanager
def running(folder: Path, *settings: str) -> Iterator[str]:
    """A PostgreSQL on a socket in an empty folder; its address, as of `server`."""
    with server(folder, *settings) as started:
        yield started.address


@contextmanager
def server(folder: Path, *settings: str) -> Iterator[Server]:
    """A PostgreSQL on a socket in an empty folder.

    Args:
        folder: is its own from now on.
        settings: such as "fsync=off".

    Raises:
        FileNotFoundError: its programs are not on this machine.
    """
    binaries = programs()
    if binaries is None:
        raise FileNotFoundError(MISSING)
    as_owner: dict = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        import pwd

        nobody = pwd.getpwnam("nobody")
        for place in (folder, *folder.parents):
            if place.stat().st_uid == 0 and str(place).startswith("/tmp/"):
                place.chmod(place.stat().st_mode | 0o011)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    options: dict = {"cwd": folder, "env": {**os.environ, "HOME": str(folder), "LC_ALL": "C"}, **as_owner}
    data = folder / "data"
    command = [binaries / "initdb", "-D", data, "-U", "digitlab", "-A", "trust", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, **options)
    started = Server(folder, settings, options)
    started.start()
    try:
        yield started
    finally:
        started.end(signal.SIGQUIT)  # at once: nobody needs what is in it
