"""Trainings that wait for another machine, because the app's own has no TensorFlow or is set not to train.

`python -m digitlab worker` on a machine that trains takes them one by one. It runs each in a process of its own, which
takes the lock; from then on the job is like any other, and goes on even if `worker` is killed.
"""

from __future__ import annotations

import dataclasses
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text, update

from digitlab import database, networks
from digitlab.database import advisory
from digitlab.database.tables import JobRow
from digitlab.errors import DatabaseUnavailable, InvalidValue
from digitlab.jobs import processes, request
from digitlab.jobs.in_database import InDatabase
from digitlab.jobs.request import Job
from digitlab.jobs.status import ACTIVE, Status
from digitlab.language import N_

LOOK_S = 0.5
BEGIN_S = 60.0  # a process that has not taken the lock by then never will, so another machine may take the job


def put(status: Status, job: Job) -> bool:
    """Queue a job for a machine that trains; return False if another job waits or runs already.

    Args:
        status: the job's status, whose state is "queued".
        job: what to do.

    Raises:
        InvalidValue, DatabaseUnavailable: see `checked` and `database.session`.
    """
    fields = dataclasses.asdict(status)
    with database.session() as opened:
        # Without the lock, two apps could both see an empty queue and both add a job.
        opened.execute(text("LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE"))
        if opened.scalar(select(func.count()).where(JobRow.state.in_(ACTIVE))):
            return False
        row = JobRow(id=status.id, state="queued", status=fields, want="train", job=checked(job.as_data()).as_data())
        opened.add(row)
        return True


def discard(job: str) -> bool:
    """Take a waiting job out of the queue; return False if it has begun or ended."""
    current = InDatabase().read()
    if current is None or current.id != job or current.state != "queued":
        return False
    gone = dataclasses.replace(
        current, state="discarded", message="Discarded before it began.", updated_at=time.time()
    )  # fmt: skip
    return _end(gone)


def machines() -> int:
    """How many machines that take jobs are connected."""
    return advisory.holders(advisory.WORKERS)


def checked(data: Any) -> Job:
    """The job in a row, after checking that it trains or sweeps a network and names nothing that leads to files.

    Raises:
        InvalidValue: it does anything else, or an earlier version of digitlab queued it.
    """
    job = request.from_data(data)
    named = {"network": job.network, "teacher": job.recipe.teacher, "start": job.recipe.start}
    for what, name in named.items():
        if name not in networks.NETWORKS and (name or what == "network"):
            raise InvalidValue(N_("A job's {what} must be the name of a network, got {name!r}."), what=what, name=name)
    if job.kind == "measure":
        raise InvalidValue(N_("A job in the queue trains or sweeps a network, got 'measure'."))
    return job


def serve(tell: Callable[[str], None]) -> None:
    """Take jobs and run them one after the other until interrupted; a training that runs then goes on by itself.

    Args:
        tell: called with a sentence whenever something happens.
    """
    present = advisory.Advisory(advisory.WORKERS, shared=True)
    taken: tuple[str, subprocess.Popen[bytes], float] | None = None
    is_away = False
    try:
        while True:
            try:
                if not present.is_held():
                    present.take()
                    tell("Connected; waiting for trainings.")
                is_away = False
                if taken is not None:
                    taken = _watch(*taken, tell)
                elif not InDatabase().is_running() and (job := _take()) is not None:
                    tell(f"Taken: {job.kind} {job.network}.")
                    taken = (job.id, processes.begin(job), time.monotonic())
            except DatabaseUnavailable as error:
                if not is_away:
                    tell(f"{error} Trying again until it does.")
                is_away = True
            time.sleep(LOOK_S)
    finally:
        present.release()


def _watch(
    job: str, process: subprocess.Popen[bytes], began: float, tell: Callable[[str], None]
) -> tuple[str, subprocess.Popen[bytes], float] | None:
    """Look after the process of a job; return None once it has ended."""
    waits = _waits(job)
    if process.poll() is None:
        if waits and time.monotonic() - began > BEGIN_S / 2:
            process.kill()
        return job, process, began
    if waits and InDatabase().is_running():  # a training from a terminal took the lock first: the job waits again
        _give_back(job)
        return None
    if waits:
        _fail(job, f"Its process ended before training began; its output is in {processes.log_file()} on its machine.")
    current = InDatabase().read()
    tell(current.message if current is not None and current.id == job else "Ended.")
    return None


def _take() -> Job | None:
    """Take the job that has waited longest. No other machine gets it for `BEGIN_S`."""
    is_free = or_(JobRow.taken_at.is_(None), JobRow.taken_at < func.now() - timedelta(seconds=BEGIN_S))
    query = select(JobRow).where(JobRow.state == "queued", is_free).order_by(JobRow.number).limit(1)
    with database.session() as opened:
        row = opened.scalars(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        row.taken_at = func.now()
    try:
        return checked(row.job).called(row.id)
    except InvalidValue as error:
        _fail(row.id, str(error))
        return None


def _waits(job: str) -> bool:
    with database.session() as opened:
        return opened.scalar(select(JobRow.state).where(JobRow.id == job)) == "queued"


def _give_back(job: str) -> None:
    with database.session() as opened:
        opened.execute(update(JobRow).where(*_queued(job)).values(taken_at=None))


def _fail(job: str, message: str) -> None:
    with database.session() as opened:
        status = opened.scalar(select(JobRow.status).where(*_queued(job)))
    if status is not None:
        _end(Status(**{**status, "state": "failed", "message": message, "updated_at": time.time()}))


def _end(status: Status) -> bool:
    """Write how a job that never began ended; return False if it has begun meanwhile."""
    values = {"state": status.state, "status": dataclasses.asdict(status)}
    with database.session() as opened:
        done = opened.execute(update(JobRow).where(*_queued(status.id)).values(**values))
        return bool(done.rowcount)  # type: ignore[attr-defined]


def _queued(job: str) -> tuple[ColumnElement[bool], ...]:
    return JobRow.id == job, JobRow.state == "queued"
