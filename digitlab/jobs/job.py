"""The one training that may run: start it, watch it, pause, resume and stop it, from any page or process.

A training runs in a process of its own (`python -m digitlab job FILE`), called its worker. The page that started it may
be closed and the app may restart: the training's state is kept on a board, in files beside the models (`on_disk`) or,
for apps on several machines, in the PostgreSQL that the settings name (`in_database`). The worker holds a lock exactly
as long as it lives, so "is it running?" always has a true answer.
"""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from digitlab import database, settings
from digitlab.errors import DigitlabError, InvalidValue, TrainingRunning, TrainingUnavailable
from digitlab.jobs import processes
from digitlab.jobs.knobs import MOMENTUM, MOST_CHANGES, Knobs
from digitlab.jobs.request import Job
from digitlab.jobs.status import Board, Lock, Status
from digitlab.language import N_
from digitlab.language import gettext as _
from digitlab.models import versions
from digitlab.networks import HYPERPARAMETERS

START_S = 30.0  # a worker that has not written a status by then never will


def status() -> Status | None:
    """What the last job is doing or how it ended; None if there never was one.

    A worker that vanished without writing how it ended is reported as "killed".

    Raises:
        DatabaseUnavailable: a database is named but does not answer. Every function of this module may raise it.
    """
    board = _board()
    current = board.read()
    if current is None or not current.active or current.state == "queued" or board.is_running():
        return current
    current = board.read()  # the job may have ended between the two looks
    if current is not None and current.active and current.state != "queued":
        current = _settle(board, current)
    return current


def is_running() -> bool:
    """Whether a worker is alive."""
    return _board().is_running()


def start(job: Job) -> Status:
    """Start a training, or a sweep that ends with one, and return once its worker has the lock.

    It is queued instead, for another machine to run, where TensorFlow is missing or the settings leave trainings to
    other machines.

    Raises:
        TrainingRunning: another training runs or waits; the message says which.
        TrainingUnavailable: the worker ended before it began, or there is neither TensorFlow nor a queue.
    """
    _refuse_second()
    job = job.called(uuid.uuid4().hex)
    if not processes.can_train():
        return _queue(job)
    processes.stop_measuring()
    process = processes.begin(job)
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        current = _board().read()
        if current is not None and current.id == job.id:
            return current
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    _refuse_second()
    raise TrainingUnavailable(
        N_(
            "The training process ended before training began. Its output is in {file}; python -m "
            "digitlab train {network} in a terminal shows it as well."
        ),
        file=processes.log_file(),
        network=job.network,
    )


def hindrance() -> str | None:
    """Why no training can be started from here, in a sentence; None if one can."""
    if processes.can_train() or database.is_shared():
        return None
    if settings.load().train_elsewhere:
        return _("To train on another machine, name a PostgreSQL that both reach in DIGITLAB_DATABASE.")
    return _("Training needs TensorFlow, which is not installed: `{install}`, with Python 3.11 to 3.13.").format(
        install=settings.how_to_install("train")
    )


def waits_for_machine() -> bool:
    """Whether trainings are left to other machines, and none of them is connected at the moment."""
    if processes.can_train() or not database.is_shared():
        return False
    from digitlab.jobs import queue

    return queue.machines() == 0


def pause() -> None:
    """Pause the training where it is, within 2 s."""
    _ask("pause")


def resume() -> None:
    """Continue a paused training."""
    _ask("train")


def stop(*, keep: bool) -> None:
    """End the training within 2 s.

    Args:
        keep: True to finish with the best epoch so far, False to throw everything away.

    Raises:
        InvalidValue: there is no epoch to keep yet.
    """
    current = _board().read()
    if keep and current is not None and not current.history:
        raise InvalidValue(N_("The first epoch is not done yet: there is nothing to keep. Discard it, or wait."))
    if current is not None and current.state == "queued":
        from digitlab.jobs import queue

        if queue.discard(current.id):
            return
    _ask("stop" if keep else "discard")


def turn(job: str, **values: Any) -> None:
    """Change how a running training goes on, from its next batch.

    Args:
        job: its id.
        values: by name, those of `Knobs` that are changed.

    Raises:
        InvalidValue: a value is out of range, its optimizer has no momentum, the job is not learning any more or not
            yet, or it is a sweep.
    """
    _turn(job, lambda knobs: knobs.with_changes(**values), is_change=not values.keys() & {"pace", "rest_s"})


def add_epoch(job: str) -> None:
    """Let a running training last an epoch longer. Raises as `turn`."""
    _turn(job, lambda knobs: knobs.with_changes(more=knobs.more + 1))


def step(job: str) -> None:
    """In slow motion, step by step: do one more batch. Raises as `turn`."""
    _turn(job, lambda knobs: knobs.with_changes(pace="step", steps=knobs.steps + 1), is_change=False)


def asked(job: str) -> tuple[str, Knobs]:
    """What the worker of this job is asked to do: "train" (go on), "pause", "stop" or "discard"; and how to go on."""
    return _board().asked(job)


def begin(current: Status) -> None:
    """Publish the first status of a worker that has just taken the lock.

    Raises:
        NothingToKeep: the job was discarded while it was queued.
    """
    _board().begin(_now(current))


def write(current: Status) -> None:
    """Publish a status: the worker's own, or that of a worker which was found dead."""
    _board().write(_now(current))


def lock() -> Lock:
    """The lock that the worker holds while it lives."""
    return _board().lock()


def _board() -> Board:
    if database.is_shared():
        from digitlab.jobs.in_database import InDatabase

        return InDatabase()
    from digitlab.jobs.on_disk import OnDisk

    return OnDisk()


def _now(current: Status) -> Status:
    return dataclasses.replace(current, updated_at=time.time())


def _ask(want: str) -> None:
    board = _board()
    current = board.read()
    if current is not None and current.active:
        board.ask(current.id, want)


def _turn(job: str, change: Callable[[Knobs], Knobs], *, is_change: bool = True) -> None:
    board = _board()
    current = board.read()
    if current is None or current.id != job or not current.active:
        raise InvalidValue(N_("This training is over: nothing can be changed any more."))
    if current.study is not None:
        raise InvalidValue(N_("This is a sweep: only a single training can be changed while it learns."))
    if not current.takes_changes:
        raise InvalidValue(N_("A training can be changed only while it learns, from its first batch to its last."))
    if is_change and len(current.changes) >= MOST_CHANGES:
        raise InvalidValue(N_("A training can be changed at most {most} times."), most=MOST_CHANGES)

    def checked(before: Knobs) -> Knobs:
        after = change(before)
        if after.momentum != before.momentum and current.recipe.get("optimizer") not in MOMENTUM:
            raise InvalidValue(
                N_("The optimizer {optimizer} has no momentum to change."), optimizer=current.recipe.get("optimizer")
            )
        most = HYPERPARAMETERS["epochs"].most or 0
        if current.recipe["epochs"] + after.more - before.more > most:
            raise InvalidValue(N_("A training has at most {most:g} epochs."), most=most)
        return after

    board.turn(job, checked)


def _queue(job: Job) -> Status:
    if (problem := hindrance()) is not None:
        raise TrainingUnavailable(problem)
    from digitlab.jobs import queue

    waiting = _now(Status.of(job, pid=0, state="queued", message="Waiting for a machine that trains.", host=""))
    while not queue.put(waiting, job):  # another job was faster, or has just ended
        _refuse_second()
    return waiting


def _refuse_second() -> None:
    current = status()
    if current is not None and current.active:
        raise TrainingRunning(N_("One training at a time: {who}. Wait for it or stop it."), who=current.who())


def _settle(board: Board, dead: Status) -> Status:
    """Clean up after a worker that was killed, and publish that it was."""
    settled = dataclasses.replace(
        dead,
        state="killed",
        message=f"The training of {dead.network} was killed (or the disk is full). No model is harmed.",
    )

    def tidy() -> None:
        with suppress(DigitlabError, OSError):
            versions.sweep()
        with suppress(OSError):
            board.write(_now(settled))

    board.alone(tidy)
    return settled
