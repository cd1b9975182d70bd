"""A Dask cluster of real processes, any of which a test or a benchmark may kill and begin again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitlab.settings import REPOSITORY
from tests.patience import PATIENCE_S, until


class Dask:
    """A scheduler and its workers, each with one thread.

    Attributes:
        address: of the scheduler; it keeps its port when it begins again.
        scheduler, workers: the processes.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with a scheduler alone.

        Args:
            folder: for what its processes write.
        """
        self._folder = folder
        self._told = folder / "scheduler.json"
        self._port = 0
        self.workers: list[subprocess.Popen[bytes]] = []
        self.restart()

    def restart(self) -> None:
        """Begin a scheduler, at the same address as the one before."""
        self._told.unlink(missing_ok=True)
        self.scheduler = self._begin("scheduler", "--port", str(self._port), "--scheduler-file", str(self._told))
        until(lambda: self._is_told() or self.scheduler.poll() is not None)
        assert self.scheduler.poll() is None
        self._port = int(self.address.rpartition(":")[2])

    def add_worker(self) -> None:
        """Begin a further worker; whoever needs it waits for it."""
        self.workers.append(self._begin("worker", self.address, "--nthreads", "1", "--no-nanny"))

    def close(self) -> None:
        """Kill whatever is left."""
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()

    def _is_told(self) -> bool:
        try:
            self.address = str(json.loads(self._told.read_text())["address"])
        except (OSError, ValueError):  # it is being written
            return False
        return True

    def _begin(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        own = ["--host", "127.0.0.1"] if kind == "scheduler" else ["--local-directory", str(self._folder)]
        with (self._folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *options, *own, "--no-dashboard"],
                cwd=REPOSITORY, stdout=log, stderr=log,
            )  # fmt: skip


@contextmanager
def dask(folder: Path, workers: int) -> Iterator[Dask]:
    """A cluster with so many workers, ended on leaving."""
    started = Dask(folder)
    try:
        for _ in range(workers):
            started.add_worker()
        _wait_for(started, workers)
        yield started
    finally:
        started.close()


def _wait_for(started: Dask, workers: int) -> None:
    from distributed import Client

    with Client(started.address, timeout=PATIENCE_S) as client:
        client.wait_for_workers(workers, timeout=PATIENCE_S)
