"""The one training's lock, status and requests in files beside the models: `models/.job/`.

The lock is a file lock, which the operating system releases even if the worker is killed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from digitlab import files, settings
from digitlab.errors import InvalidValue
from digitlab.jobs import knobs
from digitlab.jobs.knobs import Knobs
from digitlab.jobs.status import Status

TURN_S = 5.0  # how long to wait while others change the same training


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
        for file in ("request.json", "knobs.json"):
            with suppress(OSError):
                (_folder() / file).unlink()
        self.write(status)

    def write(self, status: Status) -> None:
        files.replace(_folder() / "status.json", json.dumps(dataclasses.asdict(status)).encode())

    def asked(self, job: str) -> tuple[str, Knobs]:
        turned = Knobs()
        with suppress(InvalidValue):
            turned = knobs.from_data(_wanted_of("knobs.json", job) or {})
        return str(_wanted_of("request.json", job) or "train"), turned

    def ask(self, job: str, want: str) -> None:
        files.replace(_folder() / "request.json", json.dumps({"id": job, "want": want}).encode())

    def turn(self, job: str, change: Callable[[Knobs], Knobs]) -> None:
        _folder().mkdir(parents=True, exist_ok=True)
        with FileLock(_folder() / "knobs.lock", timeout=TURN_S):
            turned = change(self.asked(job)[1])
            files.replace(_folder() / "knobs.json", json.dumps({"id": job, "want": turned.as_data()}).encode())


def _wanted_of(file: str, job: str) -> Any:
    """What a file asks of this job; None for nothing."""
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        request = json.loads((_folder() / file).read_text(encoding="utf-8"))
        if request["id"] == job:
            return request["want"]
    return None


def _folder() -> Path:
    return settings.load().job_dir
