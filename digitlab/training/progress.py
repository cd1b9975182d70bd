"""What a training tells while it runs, and how it is told to stop. No TensorFlow here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training digits reached.

    Attributes:
        number: from 1.
        loss, accuracy: cross-entropy in nats and share right, over the (distorted) training digits.
        val_loss, val_accuracy: the same over the validation digits, undistorted, without dropout.
        elapsed_s: seconds since training began, without pauses.
    """

    number: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    elapsed_s: float


class Stop(Exception):
    """Raised by an observer: train no further, keep the best epoch so far."""


class Observer:
    """Sees a training as it goes; this one does nothing. Any of its methods may take its time or raise `Stop`.

    Attributes:
        paused_s: seconds that it held the training up; they do not count as training.
    """

    paused_s = 0.0

    def begin(self, batches: int, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        """Before the first batch.

        Args:
            batches: in each epoch.
            answer: (n, 28, 28) images in [0, 1] to the network's (n, 10) logits as it is at that moment.
        """

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        """After each batch.

        Args:
            done: batches of this epoch so far, from 1.
            loss, accuracy: means over them.
        """

    def validation_batch(self) -> None:
        """After each batch of validation digits."""

    def epoch(self, epoch: Epoch) -> None:
        """After each epoch."""

    def stage(self, name: str) -> None:
        """At the beginning of what comes before and after training, in a word or two."""
