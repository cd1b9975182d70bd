"""One trial of a sweep, in a worker's process: trained on one core, told to the study epoch by epoch."""

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

LOOK_S = 1.0  # how often an orphan notices


def begin_worker() -> None:
    """What a process of the pool does first: it ends with the process that started it, even by kill -9, and not before,
    where Ctrl-C reaches both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    started_by = multiprocessing.parent_process()  # which may be gone: this process has imported much until here
    parent = os.getppid() if started_by is None else started_by.pid

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def run(sweep: Sweep, number: int, until: float) -> None:
    """Train a trial and tell the study how it went; nothing is told of one that ran out of time.

    Args:
        sweep: which study.
        number: of the trial, already asked for.
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
    with suppress(RuntimeError):  # it computes already, in an earlier trial
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    return fit.train(sweep.network, sweep.recipe(values), data, watcher).best.val_loss


@functools.lru_cache(maxsize=1)
def _digits(source: str) -> Mnist:
    return mnist.of_source(source)


class _Watcher(Observer):
    """Tells the study of every epoch, and stops a trial that falls behind or runs out of time."""

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
