"""A real PostgreSQL for tests; `conftest` offers its fixture to all of them."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def running(folder: Path, *settings: str) -> Iterator[str]:
    """A PostgreSQL on a socket in an empty folder; its address.

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
    command = [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
    command += [word for setting in settings for word in ("-c", setting)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    ready = [binaries / "pg_isready", "-h", folder, "-q"]
    until(lambda: server.poll() is not None or subprocess.run(ready, check=False).returncode == 0)
    assert server.poll() is None
    try:
        yield f"postgresql://digitlab@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs what is in it
        server.wait(PATIENCE_S)
