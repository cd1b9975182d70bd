"""Between two batches: what somebody wants to be changed is changed, and in slow motion a batch is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from digitlab.jobs.knobs import MOMENTUM, Change, Knob, Knobs
from digitlab.networks import HYPERPARAMETERS, Recipe
from digitlab.training.dials import Dials
from digitlab.training.progress import Batch, Observer

MOST_EPOCHS = int(HYPERPARAMETERS["epochs"].most or 0)
SHOWN = 20  # digits of a batch in slow motion


class Turning(keras.callbacks.Callback):
    """Ends the training after its last epoch, wherever that has moved; must come after callbacks that end it before.

    Attributes:
        done: what was changed so far.
        epochs: how many there will be.
    """

    def __init__(
        self, observer: Observer, dials: Dials, recipe: Recipe, steps: int, planned: Sequence[Change],
        batches_from: Callable[[int], tf.data.Dataset], loss: keras.metrics.Mean, elapsed_s: Callable[[], float],
    ) -> None:  # fmt: skip
        """Prepare to ask the observer.

        Args:
            observer: says how to go on.
            dials: what it turns.
            recipe: of the training.
            steps: batches in each epoch.
            planned: changes of an earlier training, to be made at the same batches.
            batches_from: the batches of the training again, from one of them.
            loss: the mean over the epoch so far.
            elapsed_s: seconds since training began, without pauses.
        """
        super().__init__()
        self.done: list[Change] = []
        self.epochs = recipe.epochs
        self._observer, self._dials, self._recipe, self._steps = observer, dials, recipe, steps
        self._planned = sorted(planned, key=lambda change: change.batch)
        self._batches_from, self._loss, self._elapsed_s = batches_from, loss, elapsed_s
        self._asked = self._now = Knobs()
        self._before = 0  # batches of earlier epochs
        self._again: Iterator[tuple] | None = None
        self._seen: tuple[float, float, Callable[[float], Batch]] | None = None  # total and count of the loss so far

    @property
    def learning_rate(self) -> float:
        """The recipe's, or what has taken its place."""
        return self._now.learning_rate or self._recipe.learning_rate

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._before = epoch * self._steps

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._turn(self._before + batch)
        if self._asked.pace == "full":
            self._again = None
            return
        if self._again is None:
            self._again = iter(self._batches_from(self._before + batch))
        images, labels, weights = next(self._again)
        shown = self._dials.disturbed(images, tf.constant(self._before + batch, tf.int64))[:SHOWN]
        answers = np.asarray(self.model(shown, training=False)).argmax(axis=1)
        known = np.where(weights[:SHOWN].numpy() > 0, labels[:SHOWN].numpy().astype(int), -1)
        total, count = (float(part) if batch else 0.0 for part in (self._loss.total, self._loss.count))
        about = partial(Batch, self._before + batch + 1, len(images), shown.numpy(), known, answers)
        self._seen = total, count, about

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self._seen is not None:
            total, count, about = self._seen
            loss = (float(self._loss.total) - total) / max(float(self._loss.count) - count, 1.0)
            self._observer.seen(about(loss))
            self._seen = None
        # Only now, since in slow motion the observer stays at what it has seen.
        self._observer.batch(batch + 1, float((logs or {})["cross_entropy"]), float((logs or {})["accuracy"]))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._turn((epoch + 1) * self._steps)
        if epoch + 1 >= self.epochs:
            self.model.stop_training = True

    def _turn(self, batch: int) -> None:
        """Make what is planned or asked for up to this batch; note every value that has become another."""
        target = self._now
        while self._planned and self._planned[0].batch <= batch:
            change = self._planned.pop(0)
            if change.knob == "epochs":
                target = target.with_changes(more=max(0, int(change.value) - self._recipe.epochs))
            else:
                target = target.with_changes(**{change.knob: change.value})
        asked = self._observer.knobs()
        if asked != self._asked:
            known, self._asked = self._asked.as_data(), asked
            target = target.with_changes(**{name: new for name, new in asked.as_data().items() if new != known[name]})
        if target is self._now:
            return
        # Who asks for more epochs several times before a batch is done was not told that it is too many.
        target = target.with_changes(more=min(target.more, MOST_EPOCHS - self._recipe.epochs))
        before = self._values(self._now)
        for knob, value in self._values(target).items():
            if value != before[knob]:
                change = Change(knob, value, batch, batch / self._steps, round(self._elapsed_s(), 2))
                self.done.append(change)
                self._observer.changed(change)
        self._now = target
        self.epochs = self._recipe.epochs + target.more
        self._dials.turn(target)

    def _values(self, knobs: Knobs) -> dict[Knob, float]:
        recipe, usual = self._recipe, MOMENTUM.get(self._recipe.optimizer, 0.0)
        return {
            "learning_rate": recipe.learning_rate if knobs.learning_rate is None else knobs.learning_rate,
            "momentum": usual if knobs.momentum is None else knobs.momentum,
            "noise": knobs.noise,
            "rotation": knobs.rotation,
            "epochs": recipe.epochs + knobs.more,
        }
