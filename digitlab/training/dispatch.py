"""Runs the trials of a sweep: asks the study for them and has workers train them.

Workers are used through the interface of `concurrent.futures`: a pool of processes here, or the workers of a Dask
cluster. The study remembers everything, so nothing depends on this process: a trial whose worker was killed is started
again, and so are the trials that were running when this process was killed.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Collection
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
_KEPT = "Finished trials are kept; the same command goes on where it was."
ANSWER_S = 10  # how long a scheduler may take to answer
RETURN_S = 60  # how long a scheduler and its workers may take to come back
LATE_S = 60  # how long after the end a worker may take to finish its batch and report
LOOK_S = 1.0  # between two looks whether the workers are still there


@dataclass(frozen=True)
class Limits:
    """How long a sweep goes on.

    Attributes:
        trials: how many trials should end, those of earlier runs included.
        until: seconds since 1970 after which no trial begins and running ones stop.
    """

    trials: int
    until: float


def run(
    sweep: Sweep, limits: Limits, workers: Workers, *, tell: Callable[[str], None], task: Task = trials.run
) -> list[Trial]:
    """Run trials until enough of them have ended or the time is up.

    Args:
        sweep: what is tuned.
        limits: when to end.
        workers: what trains.
        tell: called with a line about the progress whenever a trial has ended.
        task: what a worker does with a trial; takes the arguments of `trial.run`.

    Returns:
        All trials of the study.

    Raises:
        StudyUnavailable: the study cannot be written, for example on a full disk; the sweep can be continued later.
        TrainingUnavailable: the workers do not come back; the sweep can be continued later.
    """
    study = Study(sweep)
    running: dict[Future[None], int] = {}
    attempts: dict[int, int] = {}
    left = [trial.number for trial in study.trials() if trial.state == "running"]  # left by a run that was killed
    with workers:
        while True:
            known = study.trials()
            ended = sum(trial.state in studies.DONE for trial in known)
            best = studies.best(known)
            told = f"; lowest validation loss {best.loss:.4f}, trial {best.number}" if best else ""
            tell(f"{ended} of {limits.trials} trials{told}")
            while time.time() < limits.until and len(running) < min(workers.count, limits.trials - ended):
                number = left.pop(0) if left else study.ask().number
                try:
                    running[workers.executor.submit(task, sweep, number, limits.until)] = number
                except BrokenExecutor:  # a worker has just been lost
                    left += [number, *running.values()]
                    running.clear()
                    workers.renew()
            if not running:
                return known
            done, are_lost = _first_done(running, workers, limits.until + LATE_S)
            if not done and not are_lost:
                raise TrainingUnavailable(f"The time is up, and no worker answers any more. {_KEPT}")
            lost: dict[int, BaseException | None] = {
                running[future]: problem for future in done if (problem := _problem(future)) is not None
            }
            for problem in lost.values():
                if isinstance(problem, DigitlabError):
                    raise problem
            if are_lost or any(isinstance(problem, BrokenExecutor) for problem in lost.values()):
                lost |= {number: None for number in running.values() if number not in lost}
                running.clear()
                workers.renew()
            running = {future: number for future, number in running.items() if future not in done}
            for number, problem in lost.items():  # trials that lost their workers are started again
                if study.trial(number).state != "running":
                    continue
                attempts[number] = attempts.get(number, 0) + 1
                if attempts[number] < studies.ATTEMPTS:
                    left.append(number)
                else:  # the trial itself may be what kills every worker
                    study.tell(number, "failed", problem=f"Its worker was lost {studies.ATTEMPTS} times ({problem}).")


def _first_done(running: Collection[Future[None]], workers: Workers, until: float) -> tuple[set[Future[None]], bool]:
    """Wait until a task is done, the workers are lost, or the time is up.

    Returns:
        The tasks that are done, and whether the workers are lost.
    """
    while True:
        done, _ = wait(running, LOOK_S, FIRST_COMPLETED)
        are_lost = workers.are_lost()
        if done or are_lost or time.time() > until:
            return done, are_lost


def _problem(future: Future[None]) -> BaseException | None:
    """Why a task ended without a result; None if it ended well.

    A task whose scheduler was lost is cancelled; it counts like a task of a broken pool.
    """
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("the scheduler was lost")


class Workers:
    """The workers that train, behind an `Executor`; a context manager that ends them on leaving."""

    executor: Executor
    count: int

    def __enter__(self) -> Workers:
        self.renew()
        return self

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)

    def renew(self) -> None:
        """Start a new executor, at the beginning or after a worker was lost."""
        raise NotImplementedError

    def are_lost(self) -> bool:
        """Whether tasks may never end although the executor does not say so."""
        return False


class Pool(Workers):
    """Processes on this machine."""

    def __init__(self, count: int | None = None) -> None:
        """Prepare `count` processes; one per core if None."""
        self.count = count or os.cpu_count() or 1

    def renew(self) -> None:
        self.executor = ProcessPoolExecutor(
            self.count, mp_context=multiprocessing.get_context("spawn"), initializer=trials.begin_worker
        )

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        for process in multiprocessing.active_children():  # otherwise this process would wait for their trials
            process.kill()


class Cluster(Workers):
    """The workers of a Dask cluster, each of which must have digitlab with its extras `train` and `cluster`."""

    def __init__(self, address: str) -> None:
        """Connect to the cluster's scheduler.

        Raises:
            TrainingUnavailable: Dask is not installed.
            InvalidValue: no scheduler answers at the address, or it has no workers.
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
        self._scheduler = self._scheduler_id()
        self.count = sum(self._client.nthreads().values())
        if not self.count:
            self._client.close()
            raise InvalidValue(
                f"The Dask cluster at {self._address} has no workers. Start some: dask worker {self._address}."
            )

    def renew(self) -> None:
        until = time.monotonic() + RETURN_S
        while self.are_lost():
            self._client.close()
            try:
                self._connect()
            except InvalidValue as error:
                if time.monotonic() > until:
                    raise TrainingUnavailable(f"{error} {_KEPT}") from error
                time.sleep(1)
        self.executor = self._client.get_executor(pure=False)

    def are_lost(self) -> bool:
        # If the scheduler ends while it hands over a result, the executor's future is never done, even though the
        # client finds the next scheduler.
        try:
            return self._client.status != "running" or self._scheduler_id() != self._scheduler
        except (OSError, TimeoutError):
            return True

    def _scheduler_id(self) -> str:
        return str(self._client.scheduler_info(n_workers=0)["id"])

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=False)
        self._client.close()
