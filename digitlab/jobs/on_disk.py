"""The one training's lock, status and requests in files beside the models: `models/.job/`.

The lock is a file lock, which the operating system releases even if the worker is killed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from digitlab import files, settings
from digitlab.jobs.status import Status


class HeldFile:
    """A `Lock`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = FileLock(path, thread_local=False)  # one thread of the worker takes it, another asks about it

    def take(self, patience_s: float = 0.0) -> bool:
        if not self._file.is_locked:  # FileLock counts acquisitions, and one release should be enough
            with suppress(Timeout):
                self._file.acquire(timeout=patience_s)
        return self._file.is_locked

    def is_held(self) -> bool:
        return self._file.is_locked

    def release(self) -> None:
        self._file.release()

    def __enter__(self) -> HeldFile:
        self._file.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class OnDisk:
    """A `Board`."""

    def lock(self) -> HeldFile:
        return HeldFile(_folder() / "lock")

    def is_running(self) -> bool:
        if not _folder().is_dir():
            return False
        lock = self.lock()
        is_free = lock.take()
        lock.release()
        return not is_free

    def alone(self, then: Callable[[], None]) -> None:
        lock = self.lock()
        if lock.take():
            try:
                then()
            finally:
                lock.release()

    def read(self) -> Status | None:
        with suppress(OSError, ValueError, RecursionError):
            return Status.from_data(json.loads((_folder() / "status.json").read_text(encoding="utf-8")))
        return None

    def begin(self, status: Status) -> None:
        with suppress(OSError):
            (_folder() / "request.json").unlink()
        self.write(status)

    def write(self, status: Status) -> None:
        files.replace(_folder() / "status.json", json.dumps(dataclasses.asdict(status)).encode())

    def wanted(self, job: str) -> str:
        with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            request = json.loads((_folder() / "request.json").read_text(encoding="utf-8"))
            if request["id"] == job:
                return str(request["want"])
        return "train"

    def ask(self, job: str, want: str) -> None:
        files.replace(_folder() / "request.json", json.dumps({"id": job, "want": want}).encode())


def _folder() -> Path:
    return settings.load().job_dir
