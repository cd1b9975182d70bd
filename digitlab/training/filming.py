"""Takes a `Film` of a training while it is validated."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from digitlab.analysis import film
from digitlab.analysis.film import Film
from digitlab.data import mnist
from digitlab.data.mnist import Mnist
from digitlab.networks import CLASSES
from digitlab.training.progress import Observer


class Counts(keras.metrics.Metric):
    """Counts which digit is taken for which; its result is only how many digits that were."""

    def __init__(self) -> None:
        super().__init__(name="counted")
        self.table = self.add_variable((CLASSES, CLASSES), "zeros", name="table")

    def update_state(self, y_true: tf.Tensor, y_pred: tf.Tensor, sample_weight: tf.Tensor | None = None) -> None:
        pairs = CLASSES * tf.cast(tf.reshape(y_true, [-1]), tf.int32) + tf.argmax(y_pred, axis=1, output_type=tf.int32)
        counts = tf.math.bincount(pairs, minlength=CLASSES**2, maxlength=CLASSES**2, dtype=tf.float32)
        self.table.assign_add(tf.reshape(counts, (CLASSES, CLASSES)))

    def result(self) -> tf.Tensor:
        return tf.reduce_sum(self.table)


class Camera(keras.callbacks.Callback):
    """Adds a frame after each epoch, up to `film.MOST`; must come after the average of the weights was swapped in."""

    def __init__(self, observer: Observer, data: Mnist, counts: Counts) -> None:
        super().__init__()
        self.film: Film | None = None
        self._observer, self._counts = observer, counts
        chosen = film.chosen(data.validation.labels)
        self._images = data.validation.scaled()[chosen]
        self._indices = mnist.validation_indices(data.source)[chosen]
        self._frames: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._look = keras.Model(model.inputs[0], [model.get_layer("embedding").output, model.outputs[0]])

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if len(self._frames) == film.MOST:
            return
        # Not by `predict`, which would first be compiled: a training of seconds would notice.
        embedding, logits = (np.asarray(part) for part in self._look(self._images, training=False))
        if np.isfinite(embedding).all() and np.isfinite(logits).all():
            self._frames.append((keras.ops.convert_to_numpy(self._counts.table), logits.argmax(axis=1), embedding))
            self.film = film.developed(self._indices, *zip(*self._frames, strict=True))
            self._observer.filmed(self.film)
