"""What a training reports while it runs, and how it is told to stop. This module does not use TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from digitlab.analysis.film import Film
from digitlab.jobs.knobs import Change, Knobs

AS_PLANNED = Knobs()


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training digits reached.

    Attributes:
        number: of the epoch, from 1.
        loss, accuracy: cross-entropy in nats and share of right answers, over the (distorted) training digits.
        val_loss, val_accuracy: the same over the validation digits, undistorted and without dropout.
        elapsed_s: seconds since training began, without pauses.
    """

    number: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    elapsed_s: float


@dataclass(frozen=True)
class Batch:
    """A batch that the network has just learned from.

    Attributes:
        number: over all epochs, from 1.
        size: how many digits it has.
        images: (n, 28, 28) float32 in [0, 1], its first digits as the network saw them.
        labels: (n,) int, of these; -1 for what is no digit.
        answers: (n,) int, what the network said of them before.
        loss: of the whole batch, in nats.
    """

    number: int
    size: int
    images: np.ndarray
    labels: np.ndarray
    answers: np.ndarray
    loss: float


class Stop(Exception):
    """Raised by an observer to end the training and keep the best epoch so far."""


class Observer:
    """Follows a training while it runs; this one does nothing. Any of its methods may block or raise `Stop`.

    Attributes:
        paused_s: seconds for which the observer has held the training up; they do not count as training.
    """

    paused_s = 0.0

    def begin(self, batches: int, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        """Called before the first batch.

        Args:
            batches: number of batches in each epoch.
            answer: from (n, 28, 28) images in [0, 1] to (n, 10) logits of the network in its state at that moment.
        """

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        """Called after each batch.

        Args:
            done: batches of this epoch so far, from 1.
            loss, accuracy: means over these batches.
        """

    def knobs(self) -> Knobs:
        """How to go on, asked before each batch; of a batch in slow motion, `seen` is told before `batch`."""
        return AS_PLANNED

    def changed(self, change: Change) -> None:
        """Called when something has been changed."""

    def seen(self, batch: Batch) -> None:
        """Called after each batch in slow motion."""

    def filmed(self, film: Film) -> None:
        """Called after each epoch of a training that is filmed, with all frames so far."""

    def validation_batch(self) -> None:
        """Called after each batch of validation digits."""

    def epoch(self, epoch: Epoch) -> None:
        """Called after each epoch."""

    def phase(self, name: str) -> None:
        """Called when a step before or after training begins; `name` says which, in a word or two."""
