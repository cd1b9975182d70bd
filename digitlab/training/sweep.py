"""The process that runs a sweep: it asks the study for trials, has workers train them, and ends with a challenger.

Workers stand behind the interface of `concurrent.futures`: a pool of processes here, or the workers of a Dask cluster.
The study remembers everything, so that nothing depends on this process: a trial whose worker was killed is taken up
again, and so are those that were running when this process was.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from typing import Any

from digitlab import settings
from digitlab.errors import DigitlabError, InvalidValue, TrainingUnavailable
from digitlab.sweeps import study as studies
from digitlab.sweeps.study import Study, Sweep, Trial
from digitlab.training import trial as trials

Task = Callable[..., None]
_KEPT = "What has finished is kept; the same command goes on where it was."
ANSWER_S = 10  # so long, a scheduler has to answer
RETURN_S = 60  # so long, a scheduler and its workers have to come back
LATE_S = 60  # so long after the end, a worker has to finish its batch and say so
LOOK_S = 24 * 3600.0  # at most so long at a time, trials are waited for: systems refuse to wait without end


@dataclass(frozen=True)
class Limits:
    """How long a sweep goes on.

    Attributes:
        trials: that shall have ended, those of an earlier run included.
        until: seconds since 1970, after which no trial begins and running ones stop.
    """

    trials: int
    until: float


def run(
    sweep: Sweep, limits: Limits, workers: Workers, *, tell: Callable[[str], None], task: Task = trials.run
) -> list[Trial]:
    """Run trials until as many have ended as were asked for, or the time is over.

    Args:
        sweep: what is tuned.
        limits: when it is enough.
        workers: who trains.
        tell: is told in a line how far it is, whenever a trial has ended.
        task: what a worker does with a trial; has the arguments of `trial.run`.

    Returns:
        All trials of the study.

    Raises:
        StudyUnavailable: the study cannot be written, on a full disk for one; it goes on another time.
        TrainingUnavailable: whoever trains does not come back; it goes on another time as well.
    """
    study = Study(sweep)
    running: dict[Future[None], int] = {}
    attempts: dict[int, int] = {}
    left = [one.number for one in study.trials() if one.state == "running"]  # of a run that was killed
    with workers:
        while True:
            known = study.trials()
            ended = sum(one.state in studies.DONE for one in known)
            best = studies.best(known)
            told = f"; lowest validation loss {best.loss:.4f}, trial {best.number}" if best else ""
            tell(f"{ended} of {limits.trials} trials{told}")
            while time.time() < limits.until and len(running) < min(workers.count, limits.trials - ended):
                number = left.pop(0) if left else study.ask().number
                try:
                    running[workers.executor.submit(task, sweep, number, limits.until)] = number
                except BrokenExecutor:  # a worker was lost just now
                    left += [number, *running.values()]
                    running.clear()
                    workers.renew()
            if not running:
                return known
            patience_s = max(0.0, limits.until - time.time()) + LATE_S
            done, _ = wait(running, min(patience_s, LOOK_S), FIRST_COMPLETED)
            if not done and patience_s <= LOOK_S:
                raise TrainingUnavailable(f"The time is over, and no worker answers any more. {_KEPT}")
            lost: dict[int, BaseException | None] = {
                running[future]: problem for future in done if (problem := _problem(future)) is not None
            }
            for problem in lost.values():
                if isinstance(problem, DigitlabError):
                    raise problem
            if any(isinstance(problem, BrokenExecutor) for problem in lost.values()):
                lost |= {number: None for number in running.values() if number not in lost}
                running.clear()
                workers.renew()
            running = {future: number for future, number in running.items() if future not in done}
            for number, problem in lost.items():  # their workers are gone: they are taken up again
                if study.trial(number).state != "running":
                    continue
                attempts[number] = attempts.get(number, 0) + 1
                if attempts[number] < studies.ATTEMPTS:
                    left.append(number)
                else:  # it may well be what takes every worker with it
                    study.tell(number, "failed", problem=f"Its worker was lost {studies.ATTEMPTS} times ({problem}).")


def _problem(future: Future[None]) -> BaseException | None:
    """Why a task ended without a result; one whose scheduler was lost is cancelled, as a broken pool's are broken."""
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("the scheduler was lost")


class Workers:
    """Whoever trains, behind an `Executor`; a context that ends them."""

    executor: Executor
    count: int

    def __enter__(self) -> Workers:
        self.renew()
        return self

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)

    def renew(self) -> None:
        """Begin with a new executor, since a worker was lost."""
        raise NotImplementedError


class Pool(Workers):
    """Processes on this machine."""

    def __init__(self, count: int | None = None) -> None:
        """So many; one a core unless told."""
        self.count = count or os.cpu_count() or 1

    def renew(self) -> None:
        self.executor = ProcessPoolExecutor(
            self.count, mp_context=multiprocessing.get_context("spawn"), initializer=trials.begin_worker
        )

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        for process in multiprocessing.active_children():  # or the end would wait for their trials
            process.kill()


class Cluster(Workers):
    """The workers of a Dask cluster, each of which must have digitlab with its `train` and `cluster` parts."""

    def __init__(self, address: str) -> None:
        """Connect to its scheduler.

        Raises:
            TrainingUnavailable: Dask is not installed.
            InvalidValue: nobody answers there, or there are no workers.
        """
        self._address = address
        self._client: Any = None
        self._connect()

    def _connect(self) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise TrainingUnavailable(f"A cluster needs Dask: {settings.how_to_install('cluster')}.") from error
        try:
            self._client = Client(self._address, timeout=ANSWER_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise InvalidValue(f"No Dask scheduler answers at {self._address} ({error}). Is it started?") from error
        self.count = sum(self._client.nthreads().values())
        if not self.count:
            self._client.close()
            raise InvalidValue(
                f"The Dask cluster at {self._address} has no workers. Start some: dask worker {self._address}."
            )

    def renew(self) -> None:
        until = time.monotonic() + RETURN_S
        while self._client.status != "running":
            self._client.close()
            try:
                self._connect()
            except InvalidValue as error:
                if time.monotonic() > until:
                    raise TrainingUnavailable(f"{error} {_KEPT}") from error
                time.sleep(1)
        self.executor = self._client.get_executor(pure=False)

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=False)
        self._client.close()
