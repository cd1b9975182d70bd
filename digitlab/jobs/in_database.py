"""The one training's lock, status and requests in PostgreSQL, for apps on several machines.

The lock belongs to a database connection of the worker's own. PostgreSQL releases it when that connection ends: with
the worker's process, or within seconds of losing the worker's machine. Every job is a row of the table `jobs`, also
while it waits for a machine (`queue`).
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import case, select, update

from digitlab import database
from digitlab.database import advisory
from digitlab.database.tables import JobRow
from digitlab.errors import InvalidValue, NothingToKeep
from digitlab.jobs import knobs
from digitlab.jobs.knobs import Knobs
from digitlab.jobs.status import RUNNING, Status
from digitlab.language import N_

LOOK_S = 0.05  # seconds between two attempts to take a lock that another process holds


class HeldInDatabase:
    """A `Lock`."""

    def __init__(self) -> None:
        self._advisory = advisory.Advisory(advisory.TRAINING)

    def take(self, patience_s: float = 0.0) -> bool:
        until = time.monotonic() + patience_s
        while not self._advisory.take():
            if time.monotonic() >= until:
                self.release()
                return False
            time.sleep(LOOK_S)
        return True

    def is_held(self) -> bool:
        return self._advisory.is_held()

    def release(self) -> None:
        self._advisory.release()

    def __enter__(self) -> HeldInDatabase:
        self.take(float("inf"))
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class InDatabase:
    """A `Board`."""

    def lock(self) -> HeldInDatabase:
        return HeldInDatabase()

    def is_running(self) -> bool:
        return advisory.holders(advisory.TRAINING) > 0

    def alone(self, then: Callable[[], None]) -> None:
        with advisory.briefly(advisory.TRAINING) as is_alone:
            if is_alone:
                then()

    def read(self) -> Status | None:
        """The status of the job that runs, else of the one that waits, else of the last one."""
        order = case((JobRow.state.in_(RUNNING), 0), (JobRow.state == "queued", 1), else_=2)
        with database.session() as opened:
            row = opened.scalars(select(JobRow).order_by(order, JobRow.number.desc()).limit(1)).first()
            with suppress(ValueError, TypeError):
                return None if row is None else Status.from_data({**row.status, "state": row.state})
        return None

    def begin(self, status: Status) -> None:
        fields = dataclasses.asdict(status)
        with database.session() as opened:
            row = opened.scalars(select(JobRow).where(JobRow.id == status.id).with_for_update()).first()
            if row is None:
                opened.add(JobRow(id=status.id, state=status.state, status=fields, want="train"))
            elif row.state == "queued":
                row.state, row.status = status.state, fields
            else:
                raise NothingToKeep(N_("It was discarded before it began."))
            # Only the worker with the lock is alive: any other row that says "running" belongs to a killed worker.
            dead = JobRow.state.in_(RUNNING), JobRow.id != status.id
            opened.execute(update(JobRow).where(*dead).values(state="killed"))

    def write(self, status: Status) -> None:
        values = {"state": status.state, "status": dataclasses.asdict(status)}
        with database.session() as opened:
            if not opened.execute(update(JobRow).where(JobRow.id == status.id).values(**values)).rowcount:  # type: ignore[attr-defined]
                opened.add(JobRow(id=status.id, want="train", **values))

    def asked(self, job: str) -> tuple[str, Knobs]:
        with database.session() as opened:
            found = opened.execute(select(JobRow.want, JobRow.knobs).where(JobRow.id == job)).first()
        return ("train", Knobs()) if found is None else (found.want, _knobs(found.knobs))

    def ask(self, job: str, want: str) -> None:
        with database.session() as opened:
            opened.execute(update(JobRow).where(JobRow.id == job).values(want=want))

    def turn(self, job: str, change: Callable[[Knobs], Knobs]) -> None:
        with database.session() as opened:
            row = opened.scalars(select(JobRow).where(JobRow.id == job).with_for_update()).first()
            if row is not None:
                row.knobs = change(_knobs(row.knobs)).as_data()


def _knobs(data: Any) -> Knobs:
    with suppress(InvalidValue):
        return knobs.from_data(data or {})
    return Knobs()
