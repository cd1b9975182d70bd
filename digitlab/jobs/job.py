"""The one training that may run: start it, watch it, pause, resume and stop it, from any page or process.

A training is a process of its own (`python -m digitlab train`). Its truth is on disk, in `models/.job/`: the
page that started it may be closed, the app may stop and start again. The worker holds a file lock for as long as it
lives, which the system takes back even if the worker is killed; so "does it run?" has one honest answer.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from digitlab import files, settings
from digitlab.errors import DigitlabError, InvalidValue, TrainingRunning, TrainingUnavailable
from digitlab.jobs import processes
from digitlab.networks import Recipe
from digitlab.serving import versions

ACTIVE = ("preparing", "training", "paused", "finishing")
PROMOTE = ("never", "if-better", "always")  # what becomes of a finished network without anyone there to decide
START_S = 30.0  # a worker that has not said a word by then never will
_children: list[subprocess.Popen[bytes]] = []  # kept to be reaped: a dead child holds its place in the process table


@dataclass(frozen=True)
class Status:
    """What a worker last wrote about itself.

    Attributes:
        id: of the job.
        pid: of the worker's process.
        origin: "page" or "terminal", where it was started.
        network: what is trained.
        recipe: how, as `Recipe.as_dict` gives it.
        promote: one of `PROMOTE`.
        state: one of `ACTIVE`, or how it ended: "done", "discarded", "failed", "killed".
        message: what it is doing, or how it ended, in words.
        started_at, updated_at: seconds since 1970.
        source: "full" or "packaged", the digits it trains on; None before they are read.
        train: how many of them.
        batches: in each epoch; 0 before training.
        batch: done in the current epoch.
        history: the epochs done, as in `run.json`.
        curve: [epochs done (fractional), loss in nats, accuracy in [0, 1]], each the mean since the point before.
        left_s: seconds until it is done, as estimated when this was written; None when not known yet.
        gallery: None, or what the network says of some held-out digits: `indices` (into the 5,000 packaged digits),
            and `answers`, one entry a digit.
        promoted: whether the finished network was put into service at once.
        study: of the sweep, if it is one; None for a training alone.
    """

    id: str
    pid: int
    origin: str
    network: str
    recipe: dict[str, Any]
    promote: str
    state: str = "preparing"
    message: str = "Starting."
    started_at: float = field(default_factory=time.time)
    updated_at: float = 0.0
    source: str | None = None
    train: int = 0
    batches: int = 0
    batch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    curve: list[list[float]] = field(default_factory=list)
    left_s: float | None = None
    gallery: dict[str, list[int]] | None = None
    promoted: bool = False
    study: str | None = None

    @property
    def active(self) -> bool:
        """Whether the worker is still working."""
        return self.state in ACTIVE

    def who(self) -> str:
        """Who trains what, since when."""
        since = time.strftime("%H:%M", time.localtime(self.started_at))
        return f"{self.network} is being trained since {since}, started from a {self.origin} (process {self.pid})"


def status() -> Status | None:
    """What the last job is doing or how it ended; None if there never was one.

    A worker that is gone without a farewell is reported as "killed".
    """
    found = _read()
    if found is None or not found.active or is_running():
        return found
    found = _read()  # it may have ended between the two looks
    if found is not None and found.active:
        found = _settle(found)
    return found


def is_running() -> bool:
    """Whether a worker is alive."""
    return not _try_lock(lambda: None)


def start(network: str, recipe: Recipe, promote: str = "never", *, sweep: Sequence[str] = ()) -> Status:
    """Start a training, or a sweep that ends with one, and return once its worker has the lock.

    Args:
        network: a name in the registry.
        recipe: how to train it.
        promote: one of `PROMOTE`.
        sweep: options of `python -m digitlab sweep`, if that is meant; its challenger waits in any case.

    Raises:
        TrainingRunning: another one runs; says which.
        TrainingUnavailable: the worker ended before it began.
    """
    _refuse_second()
    _reap()
    processes.stop_measuring()
    job = uuid.uuid4().hex
    what = ("sweep", network, *sweep) if sweep else ("train", network, "--promote", promote)
    process = processes.begin(*what, "--job", job, *processes.options(recipe))
    _children.append(process)
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        found = _read()
        if found is not None and found.id == job:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    _refuse_second()
    raise TrainingUnavailable(
        f"The training process ended before it began. What it said stands in {processes.log_file()}; "
        f"python -m digitlab train {network} in a terminal shows it as well."
    )


def pause() -> None:
    """Hold the training where it is, within 2 s."""
    _ask("pause")


def resume() -> None:
    """Go on with a paused training."""
    _ask("train")


def stop(*, keep: bool) -> None:
    """End the training within 2 s.

    Args:
        keep: finish with the best epoch so far, or else throw everything away.

    Raises:
        InvalidValue: there is no epoch to keep yet.
    """
    found = _read()
    if keep and found is not None and not found.history:
        raise InvalidValue("The first epoch is not done yet: there is nothing to keep. Discard it, or wait.")
    _ask("stop" if keep else "discard")


def wanted(job: str) -> str:
    """What the worker of this job is asked to do: "train" (go on), "pause", "stop" or "discard"."""
    with suppress(OSError, ValueError):
        request = json.loads((folder() / "request.json").read_text(encoding="utf-8"))
        if request["id"] == job:
            return str(request["want"])
    return "train"


def write(current: Status) -> None:
    """Publish a status; for the worker, and whoever finds it dead."""
    status = dataclasses.asdict(dataclasses.replace(current, updated_at=time.time()))
    files.replace(folder() / "status.json", json.dumps(status).encode())


def lock() -> FileLock:
    """The lock that the worker holds while it lives."""
    folder().mkdir(parents=True, exist_ok=True)
    return FileLock(folder() / "lock")


def folder() -> Path:
    """The folder of a job's status, requests, lock and log."""
    return settings.load().job_dir


def _ask(want: str) -> None:
    found = _read()
    if found is not None and found.active:
        files.replace(folder() / "request.json", json.dumps({"id": found.id, "want": want}).encode())


def _refuse_second() -> None:
    found = status()
    if found is not None and found.active:
        raise TrainingRunning(f"One training at a time: {found.who()}. Wait for it or stop it.")


def _settle(dead: Status) -> Status:
    """Tidy up after a worker that was killed, and say so."""
    settled = dataclasses.replace(
        dead,
        state="killed",
        message=f"The training of {dead.network} was killed (or the disk is full). No model is harmed.",
    )

    def tidy() -> None:
        with suppress(DigitlabError, OSError):
            versions.sweep()
        with suppress(OSError):
            write(settled)

    _try_lock(tidy)
    return settled


def _try_lock(then: Any) -> bool:
    """Whether no worker lives; if so, `then` is done while none can begin."""
    if not folder().is_dir():
        return True
    try:
        with lock().acquire(timeout=0):
            then()
    except Timeout:
        return False
    return True


def _read() -> Status | None:
    with suppress(OSError, ValueError, TypeError):
        return Status(**json.loads((folder() / "status.json").read_text(encoding="utf-8")))
    return None


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]
