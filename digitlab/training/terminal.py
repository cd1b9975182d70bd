"""A training as the terminal sees it: a bar while an epoch runs, a line when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from tqdm import tqdm

from digitlab.training.progress import Epoch, Observer


class Terminal(Observer):
    """Prints what it is told and passes it on."""

    def __init__(self, after: Observer, epochs: int) -> None:
        """Print, then pass everything on to another observer.

        Args:
            after: the observer that is told next.
            epochs: there will be.
        """
        self._after, self._epochs = after, epochs
        self._bar: tqdm | None = None
        self._done = 0

    @property
    def paused_s(self) -> float:  # type: ignore[override]
        """As the observer after this one says."""
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

    def validation_batch(self) -> None:
        self._after.validation_batch()

    def epoch(self, epoch: Epoch) -> None:
        tqdm.write(
            f"epoch {epoch.number:>3}/{self._epochs}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.2%}  "
            f"validation: loss {epoch.val_loss:.4f}  accuracy {epoch.val_accuracy:.2%}  {epoch.elapsed_s:.0f} s"
        )
        sys.stdout.flush()
        self._after.epoch(epoch)

    def stage(self, name: str) -> None:
        if self._bar is not None:
            self._bar.close()
        self._after.stage(name)
