"""Shows a training in the terminal: a progress bar while it runs, and a line after each epoch."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from tqdm import tqdm

from digitlab.analysis.film import Film
from digitlab.jobs.knobs import Change, Knobs
from digitlab.training.progress import Batch, Epoch, Observer
from digitlab.wording import knobs as knob_words


class Terminal(Observer):
    """Prints how the training goes and passes everything on to another observer."""

    def __init__(self, after: Observer, epochs: int) -> None:
        """Prepare to print.

        Args:
            after: the observer to pass everything on to.
            epochs: how many there will be.
        """
        self._after, self._epochs = after, epochs
        self._bar: tqdm | None = None
        self._done = 0

    @property
    def paused_s(self) -> float:  # type: ignore[override]
        """The `paused_s` of the observer after this one."""
        return self._after.paused_s

    def begin(self, batches: int, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        self._bar = tqdm(
            total=batches * self._epochs, disable=not sys.stderr.isatty(), leave=False, unit="batch", dynamic_ncols=True
        )
        self._after.begin(batches, answer)

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        if self._bar is not None:
            self._bar.update(1)
            self._bar.set_postfix_str(f"loss {loss:.3f}, accuracy {accuracy:.1%}", refresh=False)
        self._after.batch(done, loss, accuracy)

    def knobs(self) -> Knobs:
        return self._after.knobs()

    def changed(self, change: Change) -> None:
        if change.knob == "epochs":
            self._epochs = int(change.value)
        tqdm.write(knob_words.changed(change))
        self._after.changed(change)

    def seen(self, batch: Batch) -> None:
        self._after.seen(batch)

    def filmed(self, film: Film) -> None:
        self._after.filmed(film)

    def validation_batch(self) -> None:
        self._after.validation_batch()

    def epoch(self, epoch: Epoch) -> None:
        tqdm.write(
            f"epoch {epoch.number:>3}/{self._epochs}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.2%}  "
            f"validation: loss {epoch.val_loss:.4f}  accuracy {epoch.val_accuracy:.2%}  {epoch.elapsed_s:.0f} s"
        )
        sys.stdout.flush()
        self._after.epoch(epoch)

    def phase(self, name: str) -> None:
        if self._bar is not None:
            self._bar.close()
        self._after.phase(name)
