"""Every hyperparameter of a training, in one frozen dataclass that is saved beside the weights."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from digitlab.errors import InvalidValue

OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
SCHEDULES = ("constant", "cosine")
LONG_EPOCHS = 5  # a training with at least this many epochs over all digits is long
AUGMENTATIONS = ("none", "gentle", "drawn")
SCALINGS = ("unit", "standardised")
MEAN, DEVIATION = 0.1307, 0.3081  # of the pixels of MNIST's 60,000 training digits, in [0, 1]
# Distillation (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015).
TEACHER_TEMPERATURE = 4.0


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. Values out of range raise `InvalidValue` on construction.

    Attributes:
        epochs: passes over the training digits, 1 to 500.
        batch_size: digits per gradient step, 1 to 8192.
        learning_rate: peak step size, 1e-8 to 10.
        optimizer: one of `OPTIMIZERS`.
        schedule: "constant", or "cosine": warm-up over the first tenth of the steps, then cosine decay to zero.
        dropout: share of units to drop where the network has dropout, 0 to 0.95; None for the network's own.
        augment: distortion of the training digits, one of `AUGMENTATIONS`.
        augment_end: strength of the distortion at the end of the training, 0 to 1; it falls from 1 in the second half.
        written: share of the training digits, 0 to 0.3, replaced by digits in the forms of `handwriting/forms`.
        non_digits: share, 0 to 0.3, replaced by letters, scribbles and the like, which should look like no digit.
        corrupted: share of the training pictures, 0 to 0.5, that get another background, noise, lines and the like
            (`training/corruptions.py`). This share and the two above fall together with the distortion, but at most to
            a half.
        ema: momentum of the weights' exponential moving average, 0 (off) to 0.99999.
        examples: how many training digits to use, 10 to 60,000; None for all.
        room: share of the training digits, 0 to 0.5, replaced by labelled drawings of the collection.
        start: a model in `models/`, of the same network, from whose weights the training starts (fine-tuning); "" to
            start from random weights.
        teacher: a model in `models/` whose answers are learned instead of the labels (distillation); "" for none.
        patience: how many epochs without a better validation loss end the training early, 1 to 500; None for never.
        scaling: of the pixels that the network sees, one of `SCALINGS`: "unit", from 0 to 1; "standardised", which
            also takes `MEAN` away and divides by `DEVIATION`.
        seed: of weights, order and distortions; with the same seed and machine, a training gives the same numbers.
    """

    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    schedule: str = "constant"
    dropout: float | None = None
    augment: str = "none"
    augment_end: float = 1.0
    written: float = 0.0
    non_digits: float = 0.0
    corrupted: float = 0.0
    ema: float = 0.0
    room: float = 0.0
    start: str = ""
    examples: int | None = None
    teacher: str = ""
    patience: int | None = None
    scaling: str = "unit"
    seed: int = 1

    def __post_init__(self) -> None:
        _require_whole("epochs", self.epochs, 1, 500)
        _require_whole("batch_size", self.batch_size, 1, 8192)
        _require_whole("seed", self.seed, 0, 2**31 - 1)
        if self.examples is not None:
            _require_whole("examples", self.examples, 10, 60_000)
        if self.patience is not None:
            _require_whole("patience", self.patience, 1, 500)
        _require_number("learning_rate", self.learning_rate, 1e-8, 10.0)
        _require_number("augment_end", self.augment_end, 0.0, 1.0)
        _require_number("written", self.written, 0.0, 0.3)
        _require_number("non_digits", self.non_digits, 0.0, 0.3)
        _require_number("corrupted", self.corrupted, 0.0, 0.5)
        _require_number("room", self.room, 0.0, 0.5)
        _require_number("ema", self.ema, 0.0, 0.99999)
        if self.dropout is not None:
            _require_number("dropout", self.dropout, 0.0, 0.95)
        for name in ("start", "teacher"):
            if not isinstance(getattr(self, name), str):
                raise InvalidValue(f"{name} must be the name of a model, got {getattr(self, name)!r}.")
        _require_choice("optimizer", self.optimizer, OPTIMIZERS)
        _require_choice("schedule", self.schedule, SCHEDULES)
        _require_choice("augment", self.augment, AUGMENTATIONS)
        _require_choice("scaling", self.scaling, SCALINGS)

    @property
    def is_long(self) -> bool:
        """Whether a training takes so long that the extra time of a thorough finish (a t-SNE map, three views of every
        held-out digit) does not matter."""
        return self.examples is None and self.epochs >= LONG_EPOCHS

    def with_changes(self, **changes: Any) -> Recipe:
        """A copy with some values changed; a change to None is ignored."""
        return dataclasses.replace(self, **{name: value for name, value in changes.items() if value is not None})

    def as_dict(self) -> dict[str, object]:
        """The values by name, ready for JSON."""
        return dataclasses.asdict(self)


def _require_whole(name: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidValue(f"{name} must be a whole number from {least} to {most}, got {value!r}.")


def _require_number(name: str, value: Any, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not least <= value <= most:
        raise InvalidValue(f"{name} must be a number from {least:g} to {most:g}, got {value!r}.")


def _require_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidValue(f"{name} must be one of {', '.join(choices)}, got {value!r}.")
