"""Trains for a few seconds to estimate how long a whole training takes here, and makes the preview of its digits."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import tensorflow as tf

from digitlab.data.mnist import Mnist
from digitlab.errors import NothingToKeep
from digitlab.jobs import preview, speed
from digitlab.models import store
from digitlab.networks import Network, Recipe
from digitlab.pixels import to_bytes, to_shares
from digitlab.serving import Classifier
from digitlab.training import augmentation, export, fit
from digitlab.training.build import build, for_export
from digitlab.training.produce import KNOWN
from digitlab.training.progress import Observer, Stop

SECONDS = 1.5  # how long to train
# On two cores; these take too long to be measured here, and the first whole training corrects the numbers.
REJECTION_S, MAP_S = 2.0, 45.0
PIECE = 500  # how many digits stand in for all validation and test digits


def measure(network: Network, recipe: Recipe, data: Mnist, began: float) -> speed.Speed:
    """Train for a moment, evaluate a few digits, and store the estimate for a whole training.

    Args:
        network, recipe, data: as for `fit.train`.
        began: `time.time()` when this process was started.
    """
    watch = _Watch(data)
    with suppress(NothingToKeep):
        fit.train(network, recipe.with_changes(epochs=1, examples=None), data, watch)
    finish_began = time.perf_counter()
    tflite = export.to_tflite(for_export(network, build(network, scaling=recipe.scaling), recipe))
    classifier = Classifier(store.StoredModel(network.name, {}, tflite, store.folder()))
    export_s = time.perf_counter() - finish_began
    answer_s = classifier.answer(data.validation.scaled()[:PIECE]).elapsed_s / PIECE
    finish_s = export_s + answer_s * (len(data.validation) + KNOWN) + REJECTION_S
    further = sum(len(split) for split in (data.validation, data.test) if split)
    completion_s = answer_s * (further + len(data.train) + 6 * KNOWN) + MAP_S if recipe.is_long else answer_s * further
    speed.remember_completion(network.name, recipe, completion_s)
    measured = speed.Speed(
        start_s=watch.first_at - began,
        example_s=watch.batch_s / recipe.batch_size,
        validation_s=watch.validation_s(),
        finish_s=finish_s,
    )
    speed.remember(network.name, recipe, measured)
    return measured


def keep_preview() -> None:
    """Make the preview's distorted digits for the page to show."""
    images = tf.constant(to_shares(preview.digits()))
    for kind, distort in augmentation.KINDS.items():
        frames = [distort(images, tf.constant([1, number])).numpy() for number in range(preview.FRAMES)]
        preview.keep(kind, to_bytes(np.stack(frames)))


class _Watch(Observer):
    def __init__(self, data: Mnist) -> None:
        self.images = data.validation.scaled()
        self.first_at = 0.0
        self.batches = 0

    def begin(self, batches: int, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        self.answer = answer

    def batch(self, done: int, loss: float, accuracy: float) -> None:
        now = time.perf_counter()
        if not self.first_at:
            self.first_at, self.began = time.time(), now
            return
        self.batches += 1
        self.batch_s = (now - self.began) / self.batches
        if now - self.began > SECONDS:
            raise Stop

    def validation_s(self) -> float:
        """Seconds for all validation digits, estimated from the second of two pieces, since the first one compiles."""
        for _ in range(2):
            began = time.perf_counter()
            self.answer(self.images[:PIECE])
        return (time.perf_counter() - began) * len(self.images) / PIECE
