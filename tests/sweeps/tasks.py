"""What workers do with a trial in tests, without TensorFlow; a module, so that processes of their own find it."""

import os
import signal
import time

from digitlab import settings
from digitlab.sweeps.study import Study, Sweep


def quick(sweep: Sweep, number: int, until: float) -> None:
    """A trial whose loss falls with its epochs, and lies lower where the learning rate is near 0.003."""
    study = Study(sweep)
    trial = study.trial(number)
    rate = trial.values["learning_rate"]
    for epoch in range(1, sweep.base.epochs + 1):
        loss = abs(rate - 0.003) * 100 + 1 / epoch
        if study.report(number, epoch, loss):
            study.tell(number, "pruned")
            return
    study.tell(number, "finished", loss=loss)


def mortal(sweep: Sweep, number: int, until: float) -> None:
    """As `quick`; every third trial's worker is killed with -9 half way, the first time."""
    mark = settings.load().models_dir / f"killed-{number}"
    if number % 3 == 1 and not mark.exists():
        mark.touch()
        Study(sweep).report(number, 1, 5.0)
        os.kill(os.getpid(), signal.SIGKILL)
    quick(sweep, number, until)


def deadly(sweep: Sweep, number: int, until: float) -> None:
    """Trial 1 kills every worker that it gets."""
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    quick(sweep, number, until)


def slow(sweep: Sweep, number: int, until: float) -> None:
    """A trial that takes a second."""
    time.sleep(1)
    quick(sweep, number, until)


def ask(sweep: Sweep) -> int:
    """The number of a new trial."""
    return Study(sweep).ask().number
