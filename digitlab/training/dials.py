"""The numbers of a training that may change while it runs, without tracing its graph again.

As long as nothing is changed, every step computes the very same numbers as with constants.
"""

from __future__ import annotations

import math

import keras
import tensorflow as tf

from digitlab.jobs.knobs import MOMENTUM, Knobs
from digitlab.networks import Recipe
from digitlab.training import augmentation

WARM_UP_SHARE = 0.1


class Dial:
    """A number that Keras's optimizers and schedules take for a constant, and that may change between two batches.

    What they compute with Python's numbers, they compute with 64 bits, and so does this.
    """

    def __init__(self, value: float) -> None:
        self._value = tf.Variable(value, dtype=tf.float64, trainable=False)

    def turn(self, value: float) -> None:
        self._value.assign(value)

    def read(self) -> tf.Tensor:
        """The number as a float32 tensor."""
        return tf.cast(self._value, tf.float32)

    def __tf_tensor__(self, dtype: tf.DType | None = None, name: str | None = None) -> tf.Tensor:
        return self.read() if dtype is None else tf.cast(self._value, dtype)

    def __rsub__(self, other: float) -> tf.Tensor:
        return tf.cast(other - self._value, tf.float32)

    def __eq__(self, other: object) -> bool:
        return self is other  # an optimizer that asks whether its momentum is 0 must keep one

    __hash__ = object.__hash__


class Dials:
    """All of them; `turn` sets them as somebody wants the training to go on."""

    def __init__(self, recipe: Recipe, steps: int) -> None:
        """Begin with what the recipe says.

        Args:
            recipe: of the training.
            steps: batches in each epoch.
        """
        self._recipe, self._steps = recipe, steps
        self._noise, self._rotation = Dial(0.0), Dial(0.0)
        self._share = Dial(1.0)  # of the recipe's learning rate
        self._momentum = Dial(MOMENTUM.get(recipe.optimizer, 0.0))
        total = steps * recipe.epochs
        self._warm_up = max(1, round(total * WARM_UP_SHARE))
        self._decay = Dial(max(1, total - self._warm_up))

    def turn(self, knobs: Knobs) -> None:
        """Let the next batch, and those after it, be learned as `knobs` say."""
        recipe = self._recipe
        self._share.turn(1.0 if knobs.learning_rate is None else knobs.learning_rate / recipe.learning_rate)
        usual = MOMENTUM.get(recipe.optimizer, 0.0)
        self._momentum.turn(usual if knobs.momentum is None else knobs.momentum)
        self._noise.turn(knobs.noise)
        self._rotation.turn(math.radians(knobs.rotation))
        self._decay.turn(max(1, self._steps * (recipe.epochs + knobs.more) - self._warm_up))

    def optimizer(self) -> keras.optimizers.Optimizer:
        """The recipe's optimizer, at the learning rate and the momentum of these dials."""
        recipe = self._recipe
        # In a training of few steps, an average with a long memory would still be near the first, random weights.
        momentum = min(recipe.ema, max(0.0, 1 - 10 / (self._steps * recipe.epochs)))
        options = {"use_ema": True, "ema_momentum": momentum} if recipe.ema else {}
        optimizers = keras.optimizers
        kind = {
            "adam": optimizers.Adam,
            "adamw": optimizers.AdamW,
            "sgd": optimizers.SGD,
            "rmsprop": optimizers.RMSprop,
        }[recipe.optimizer]
        made = kind(_Rate(self._rate(), self._share), **options)
        if recipe.optimizer in MOMENTUM:
            setattr(made, "momentum" if recipe.optimizer == "sgd" else "beta_1", self._momentum)
        return made

    def _rate(self) -> float | keras.optimizers.schedules.LearningRateSchedule:
        if self._recipe.schedule != "cosine":
            return self._recipe.learning_rate
        schedule = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=self._recipe.learning_rate / 100,
            warmup_target=self._recipe.learning_rate,
            warmup_steps=self._warm_up,
            decay_steps=1,
        )
        schedule.decay_steps = self._decay
        return schedule

    def disturb(self, model: keras.Model) -> None:
        """Let a compiled model learn from disturbed batches. Not the pipeline disturbs them: TensorFlow fetches batches
        in advance, and where determinism is asked for, only as long as nothing in the pipeline may change."""
        learn = model.train_step

        def train_step(data: tuple) -> dict:
            images, labels, weights = data
            return learn((self.disturbed(images, tf.cast(model.optimizer.iterations, tf.int64)), labels, weights))

        model.train_step = train_step

    def disturbed(self, images: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """A batch as the network sees it: turned and with noise, or as it is.

        Args:
            images: (n, 28, 28) float32 in [0, 1].
            step: () int64, the number of the batch over all epochs, which decides the chance.
        """
        noise, rotation = self._noise.read(), self._rotation.read()

        def changed() -> tf.Tensor:
            seeds = tf.unstack(tf.random.split(tf.stack([tf.cast(self._recipe.seed, tf.int64), step]), 2))
            angle = tf.random.stateless_uniform([tf.shape(images)[0]], seeds[0], -1.0, 1.0) * rotation
            turned = augmentation.turned(images, angle)
            return tf.clip_by_value(turned + noise * tf.random.stateless_normal(tf.shape(images), seeds[1]), 0.0, 1.0)

        return tf.cond((noise > 0) | (rotation > 0), changed, lambda: images)


class _Rate(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate, constant or by a schedule, times a share that may change."""

    def __init__(self, rate: float | keras.optimizers.schedules.LearningRateSchedule, share: Dial) -> None:
        self.rate, self.share = rate, share

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        rate = self.rate(step) if callable(self.rate) else tf.constant(self.rate, tf.float32)
        return rate * self.share.read()
