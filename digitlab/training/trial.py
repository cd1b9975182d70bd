"""One trial of a sweep, in a worker's process: it trains on one core and reports every epoch to the study."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from digitlab.data import mnist
from digitlab.data.mnist import Mnist
from digitlab.errors import InvalidValue, NothingToKeep
from digitlab.serving import quiet
from digitlab.sweeps.study import Study, Sweep
from digitlab.training.progress import Epoch, Observer, Stop

LOOK_S = 1.0  # seconds between two checks whether the parent process is still there


def begin_worker() -> None:
    """Prepare a process of the pool: it ends when the process that started it ends, even by kill -9, but not earlier by
    a Ctrl-C, which reaches both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    started_by = multiprocessing.parent_process()  # may be gone already: this process has spent seconds on its imports
    parent = os.getppid() if started_by is None else started_by.pid

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def run(sweep: Sweep, number: int, until: float) -> None:
    """Train a trial and tell the study how it ended, unless it ran out of time.

    Args:
        sweep: the sweep that the trial belongs to.
        number: of a trial that `Study.ask` has given out.
        until: seconds since 1970 at which to stop.
    """
    study = Study(sweep, create=False)
    trial = study.trial(number)
    if trial.state != "running":
        return
    watcher = _Watcher(study, number, until)
    try:
        loss = _train(sweep, trial.values, _digits(sweep.source), watcher)
    except InvalidValue as error:  # such as a loss that became NaN
        study.tell(number, "failed", problem=str(error))
    except NothingToKeep:
        pass
    else:
        if watcher.is_pruned:
            study.tell(number, "pruned")
        elif not watcher.is_late:
            study.tell(number, "finished", loss=loss)


def _train(sweep: Sweep, values: Any, data: Mnist, watcher: _Watcher) -> float:
    with quiet():
        import tensorflow as tf

        from digitlab.training import fit
    with suppress(RuntimeError):  # an earlier trial of this process has already set them
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    return fit.train(sweep.network, sweep.recipe(values), data, watcher).best.val_loss


@functools.lru_cache(maxsize=1)
def _digits(source: str) -> Mnist:
    return mnist.of_source(source)


class _Watcher(Observer):
    """Reports every epoch to the study, and stops a trial that falls behind or runs out of time."""

    def __init__(self, study: Study, number: int, until: float) -> None:
        self.is_pruned = self.is_late = False
        self._study, self._number, self._until = study, number, until

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        if time.time() > self._until:
            self.is_late = True
            raise Stop

    def epoch(self, epoch: Epoch) -> None:
        if self._study.report(self._number, epoch.number, epoch.val_loss):
            self.is_pruned = True
            raise Stop
