"""Train one network and report every epoch."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from digitlab.analysis import film
from digitlab.analysis.film import Film
from digitlab.data import drawn
from digitlab.data.mnist import Mnist, Split
from digitlab.errors import InvalidValue, NothingToKeep
from digitlab.jobs.knobs import Change
from digitlab.models import store
from digitlab.networks import CLASSES, TEACHER_TEMPERATURE, Network, Recipe
from digitlab.training import augmentation, corruptions, filming, views
from digitlab.training.build import build
from digitlab.training.dials import Dials
from digitlab.training.lesson import Lesson
from digitlab.training.progress import Epoch, Observer, Stop
from digitlab.training.turning import MOST_EPOCHS, Turning

SMALL_SHARE = 0.12  # of the digits in a "drawn" training: drawn small with a broad brush


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
        model: (n, 28, 28) images to logits, with the weights of the best epoch.
        history: every epoch that was run.
        best: the epoch whose weights were kept: best validation accuracy, then lowest validation loss. Where the
            learning rate falls to zero, the last epoch that is within one standard error of that accuracy (Breiman et
            al., "Classification and regression trees", 1984): a smaller difference is chance, and later weights were
            averaged over more steps.
        duration_s: seconds of training, without loading data and without pauses.
        ended: why it ended before its last epoch, as a sentence; None if it did not.
        changes: what was changed while it ran.
        film: of its epochs; None if none was taken.
    """

    model: keras.Model
    history: tuple[Epoch, ...]
    best: Epoch
    duration_s: float
    ended: str | None = None
    changes: tuple[Change, ...] = ()
    film: Film | None = None


def train(
    network: Network, recipe: Recipe, data: Mnist, observer: Observer | None = None, lesson: Lesson | None = None,
    *, changes: Sequence[Change] = (), filmed: bool = False,
) -> Trained:  # fmt: skip
    """Train `network` by `recipe`.

    Args:
        network: from the registry.
        recipe: its `examples` are taken evenly from all ten digits of the training split.
        data: trained on `data.train`, chosen by `data.validation`.
        observer: told of every batch and epoch; may change, lengthen or stop the training.
        lesson: the drawings of which the recipe's `room` is a share.
        changes: of an earlier training, to be made again at the same batches. With them, the same seed and on the same
            machine, a training that was changed while it ran gives the same network.
        filmed: whether to take a film, if the recipe has no more than `film.MOST` epochs.

    Raises:
        InvalidValue: more examples asked for than there are, weights to start with that do not fit, or the loss became
            NaN in the first epoch.
        NothingToKeep: stopped before the first epoch was done.
    """
    observer = observer or Observer()
    keras.utils.set_random_seed(recipe.seed)
    tf.config.experimental.enable_op_determinism()
    split = first_examples(data.train, recipe)
    model = _untaught(network, recipe)
    # For the weights of the best epoch: never compiled, so that no optimiser state is saved with it. Made before the
    # training, since the model to start with may be replaced meanwhile.
    best = _untaught(network, recipe)
    if recipe.non_digits or recipe.teacher:
        # Three views teach no more than one.
        model = Learner.of(model, views.single(load(recipe.teacher)) if recipe.teacher else None)
    steps = _steps(split, recipe)
    _hasten_averages(model, steps * recipe.epochs)
    dials = Dials(recipe, steps)
    loss = keras.metrics.SparseCategoricalCrossentropy("cross_entropy", from_logits=True)
    counts = [filming.Counts()] if filmed and recipe.epochs <= film.MOST else []
    model.compile(
        optimizer=dials.optimizer(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        # The loss is no measure here: in training, a teacher and non-digits change it. Non-digits weigh nothing here.
        weighted_metrics=["accuracy", loss, *counts],
    )
    dials.disturb(model)
    batches = _Batches(split, recipe, lesson)
    keeper = _BestEpoch(observer, len(data.validation) if recipe.schedule == "cosine" else None)
    # Order matters: the average must be swapped in before validation results are looked at and kept.
    callbacks: list[keras.callbacks.Callback] = [keras.callbacks.TerminateOnNaN()]
    if recipe.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    camera = filming.Camera(observer, data, counts[0]) if counts else None
    callbacks += [keeper] if camera is None else [keeper, camera]
    if recipe.patience is not None:
        callbacks.append(keras.callbacks.EarlyStopping(monitor="val_loss", patience=recipe.patience))
    turning = Turning(observer, dials, recipe, steps, changes, batches.numbered_from, loss, keeper.elapsed_s)
    callbacks.append(turning)
    observer.begin(steps, model.predict_on_batch)
    stopped = False
    try:
        model.fit(
            batches.numbered_from(0),
            epochs=MOST_EPOCHS,  # `turning` ends it before
            steps_per_epoch=steps,
            validation_data=(data.validation.scaled(), data.validation.labels),
            validation_batch_size=500,
            shuffle=False,  # the batches come shuffled
            callbacks=callbacks,
            verbose=0,
        )
    except Stop:
        stopped = True
    if keeper.best is None and stopped:
        raise NothingToKeep("Stopped before the first epoch was done: there is nothing to keep.")
    if keeper.best is None:
        raise InvalidValue(
            f"The loss became NaN in the first epoch: learning_rate {turning.learning_rate:g} is too large. "
            f"Try {turning.learning_rate / 10:g}."
        )
    best.set_weights(keeper.weights)
    return Trained(
        best, tuple(keeper.history), keeper.best, keeper.elapsed_s(), _ended(keeper, turning, stopped=stopped),
        tuple(turning.done), None if camera is None else camera.film,
    )  # fmt: skip


def _untaught(network: Network, recipe: Recipe) -> keras.Model:
    """The network with the weights that the training begins with.

    Of a model to start with, the stored network is taken, since it may be of an earlier kind than the registry's.
    """
    fresh = build(network, recipe.dropout, recipe.scaling)
    if not recipe.start:
        return fresh
    begun = views.single(load(recipe.start))
    if [weight.shape for weight in begun.weights] != [weight.shape for weight in fresh.weights]:
        raise InvalidValue(
            f"{recipe.start} has other layers than {network.name}, which cannot start with its weights. "
            f"Train {network.name} anew first."
        )
    return begun


def _ended(keeper: _BestEpoch, turning: Turning, *, stopped: bool) -> str | None:
    reached, rate = len(keeper.history), turning.learning_rate
    if stopped:
        return f"Stopped on request after {reached} of {turning.epochs} epochs."
    if keeper.is_nan:
        return (
            f"The loss became NaN in epoch {reached + 1}, so training ended there: learning_rate {rate:g} is too "
            f"large. Try {rate / 10:g}."
        )
    if reached < turning.epochs:
        return f"Stopped early after {reached} of {turning.epochs} epochs: validation loss got no better."
    return None


def first_examples(split: Split, recipe: Recipe) -> Split:
    """The digits of the training split that `recipe` trains on: an even share of every class.

    Raises:
        InvalidValue: more are asked for than there are.
    """
    if recipe.examples is None or recipe.examples == len(split):
        return split
    if recipe.examples > len(split):
        raise InvalidValue(
            f"examples must be at most {len(split)}, the training digits at hand, got {recipe.examples}."
        )
    order = np.random.default_rng(recipe.seed).permutation(len(split))
    # The k-th digit of each class ranks k: the first `examples` ranks are an even share of every class.
    rank = np.empty(len(split), dtype=np.int64)
    for digit in range(10):
        members = order[split.labels[order] == digit]
        rank[members] = np.arange(len(members))
    chosen = np.sort(np.lexsort((order, rank))[: recipe.examples])
    return Split(split.images[chosen], split.labels[chosen])


def _steps(split: Split, recipe: Recipe) -> int:
    """Batches of an epoch; the last may be smaller."""
    return -(-len(split) // recipe.batch_size)


class _Batches:
    """Batches of (images, labels, weights): a weight is 0 for a non-digit and 1 for a digit."""

    def __init__(self, split: Split, recipe: Recipe, lesson: Lesson | None) -> None:
        self._recipe = recipe
        self._images, self._labels = tf.constant(split.images), tf.constant(split.labels)
        self._made = _Made(recipe, lesson)
        self._steps = _steps(split, recipe)

    def numbered_from(self, start: int) -> tf.data.Dataset:
        """All batches from one on, without end: one long run through all epochs, so that a batch knows how late in the
        training it comes."""
        recipe, count = self._recipe, len(self._images)
        order = tf.data.Dataset.range(count).shuffle(count, seed=recipe.seed).batch(recipe.batch_size)
        seeds = tf.data.Dataset.random(seed=recipe.seed)
        numbered = tf.data.Dataset.zip(tf.data.Dataset.counter(), order.repeat(), seeds).skip(start)
        batches = numbered.map(self._load, num_parallel_calls=2, deterministic=True).prefetch(4)
        options = tf.data.Options()
        options.autotune.enabled = False  # it gains nothing here, and held up every other epoch by 1 to 4 s
        return batches.with_options(options)

    def _load(self, step: tf.Tensor, index: tf.Tensor, seed: tf.Tensor) -> tuple:  # pragma: no cover (traced)
        recipe = self._recipe
        late = tf.minimum(tf.maximum(0.0, 2.0 * tf.cast(step, tf.float32) / (self._steps * recipe.epochs) - 1.0), 1.0)
        strength = 1.0 + late * (recipe.augment_end - 1.0)
        seeds = tf.unstack(tf.random.split(tf.bitcast(seed, tf.int32), 4))
        own = tf.gather(self._images, index), tf.gather(self._labels, index)
        batch, answers, weights, may_tilt = self._made.mixed_in(*own, seeds[:2], strength)
        batch = tf.cast(batch, tf.float32) / 255.0
        if recipe.augment != "none":
            batch = augmentation.KINDS[recipe.augment](batch, seeds[2], strength, may_tilt)
        if recipe.corrupted:
            # The first of the batch, which is in random order.
            share = augmentation.share(recipe.corrupted, strength)
            count = tf.cast(tf.math.ceil(share * tf.cast(tf.shape(batch)[0], tf.float32)), tf.int32)
            batch = tf.concat([corruptions.corrupted(batch[:count], seeds[3]), batch[count:]], axis=0)
        return batch, answers, weights


def _hasten_averages(model: keras.Model, steps: int) -> None:
    """Let batch normalisation's moving averages settle within a tenth of a short training.

    With Keras's momentum of 0.99, a demo of 300 steps would be right in training and guess everywhere else.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = min(layer.momentum, max(0.5, 1 - 30 / steps))


class _Made:
    """The drawings that ship and those of the room, of which a recipe mixes a share of each kind into every batch."""

    def __init__(self, recipe: Recipe, lesson: Lesson | None) -> None:
        made = drawn.load()
        none = np.zeros(len(made.non_digits), np.uint8)
        small = SMALL_SHARE if recipe.augment == "drawn" else 0.0
        may = np.ones(1, np.float32)
        # For each kind: its share, images, labels, 0 for non-digits, and 0 for images that may not be tilted, since a
        # tilted letter may look like a digit, and a tilted 1 with an upstroke like a 7.
        self.parts = [
            (recipe.non_digits, made.non_digits, none, 0.0, 0 * may),
            (small, made.digits.images, made.digits.labels, 1.0, may),
            (recipe.written, made.written.images, made.written.labels, 1.0, made.may_tilt.astype(np.float32)),
        ]
        if lesson is not None:
            self.parts.append((recipe.room, lesson.drawings.images, lesson.drawings.labels, 1.0, may))

    def mixed_in(
        self, images: tf.Tensor, labels: tf.Tensor, seeds: Sequence[tf.Tensor], strength: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        """A batch with some of each kind in place of its digits; labels; 0 for non-digits; 0 for what must not tilt."""
        kind, which = (tf.random.stateless_uniform(tf.shape(labels), seed) for seed in seeds)
        weights, may_tilt, low = tf.ones_like(kind), tf.ones_like(kind), 0.0
        for share, made, answers, is_digit, may in self.parts:
            if not share:
                continue
            high = low + augmentation.share(share, strength)
            chosen = (kind >= low) & (kind < high)
            at = tf.minimum(tf.cast(which * len(made), tf.int32), len(made) - 1)
            images = tf.where(chosen[:, None, None], tf.gather(made, at), images)
            labels = tf.where(chosen, tf.gather(answers, at), labels)
            weights = tf.where(chosen, is_digit, weights)
            may_tilt = tf.where(chosen, tf.gather(may, tf.minimum(at, len(may) - 1)), may_tilt)
            low = high
        return images, labels, weights, may_tilt


class Learner(keras.Model):
    """Learns digits, and to give all ten the same probability for a non-digit (see `serving.rejection`).

    With a teacher, it learns the teacher's softened answers to the same distorted images in place of the labels.
    """

    @classmethod
    def of(cls, model: keras.Model, teacher: keras.Model | None) -> Learner:
        learner = cls(model.inputs[0], model.outputs[0])
        if teacher is not None:
            teacher.trainable = False
        # In a function, since Keras would make a layer of a model that is an attribute.
        learner._answers = [lambda images: teacher(images, training=False)] if teacher is not None else []
        return learner

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore
        """Keras's hook: the loss of one batch; `sample_weight` is 0 for non-digits."""
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        if self._answers:
            wanted = tf.nn.softmax(self._answers[0](x) / TEACHER_TEMPERATURE)
            taught = tf.nn.softmax_cross_entropy_with_logits(wanted, y_pred / TEACHER_TEMPERATURE)
            return TEACHER_TEMPERATURE**2 * tf.reduce_mean(taught)
        wanted = tf.where(tf.cast(sample_weight, tf.bool)[:, None], tf.one_hot(y, CLASSES), 1 / CLASSES)
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, y_pred))


def load(name: str) -> keras.Model:
    """A model of `models/` as Keras has it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / store.KERAS
        file.write_bytes(store.read_file(name, store.KERAS))
        return keras.models.load_model(file, compile=False)


class _BestEpoch(keras.callbacks.Callback):
    """Keeps every epoch's figures and the weights of the best one, and tells the observer."""

    def __init__(self, observer: Observer, count: int | None) -> None:
        """Keep the best epoch; given the number of validation digits, the last within a standard error of it."""
        super().__init__()
        self.observer, self.count = observer, count
        self.top = 0.0
        self.history: list[Epoch] = []
        self.best: Epoch | None = None
        self.weights: list[np.ndarray] = []
        self.is_nan = False

    def elapsed_s(self) -> float:
        return time.perf_counter() - self.began - self.observer.paused_s

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.began = time.perf_counter()

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.observer.validation_batch()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        names = {"loss": "cross_entropy", "accuracy": "accuracy"}
        names |= {f"val_{name}": f"val_{keras_name}" for name, keras_name in names.items()}
        values = {name: float((logs or {})[keras_name]) for name, keras_name in names.items()}
        if not np.isfinite([values["loss"], values["val_loss"]]).all():
            self.is_nan = True
            self.model.stop_training = True
            return
        reached = Epoch(number=epoch + 1, elapsed_s=self.elapsed_s(), **values)
        self.history.append(reached)
        self.top = max(self.top, reached.val_accuracy)
        luck = math.sqrt(self.top * (1 - self.top) / self.count) if self.count else 0.0
        is_as_good = self.count is not None and reached.val_accuracy >= self.top - luck
        if self.best is None or is_as_good or _quality(reached) > _quality(self.best):
            self.best, self.weights = reached, self.model.get_weights()
        self.observer.epoch(reached)


def _quality(epoch: Epoch) -> tuple[float, float]:
    return epoch.val_accuracy, -epoch.val_loss
