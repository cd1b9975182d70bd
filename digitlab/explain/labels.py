"""Which labels of the room's drawings are probably wrong, for somebody to decide before a model is taught them.

A label is disputed if no flagship takes the drawing for a digit, or if every flagship answers another digit and fewer
than half of the training digits that its last hidden layer puts nearest have the label. `benchmarks/labels.py` has
compared this rule with others. No rule can tell a wrong label from a form of a digit that no model knows, which is what
a room should teach. So somebody has to decide.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from digitlab import collection, serving
from digitlab.data import mnist
from digitlab.errors import DamagedModel, UnknownModel
from digitlab.explain import index
from digitlab.explain.index import Index
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Answers, Classifier

NEAREST = 10  # training digits that are asked
_AT_ONCE = 50  # drawings that a model answers in one call: a visitor's stroke waits for them at most


@dataclass(frozen=True)
class Contradiction:
    """What a model says against a label.

    Attributes:
        digit: its answer.
        confidence: in [0, 1].
        is_digit: whether it takes the drawing for a digit.
        nearest: (NEAREST,) labels of the training digits nearest to the drawing, the nearest first.
    """

    digit: int
    confidence: float
    is_digit: bool
    nearest: tuple[int, ...]


@dataclass(frozen=True)
class Disputed:
    """A drawing whose label is probably wrong.

    Attributes:
        number: in the collection.
        label: in 0..9.
        pixels: (28, 28) uint8, white ink on black.
        against: by model.
    """

    number: int
    label: int
    pixels: np.ndarray = field(compare=False, repr=False)
    against: Mapping[str, Contradiction]

    @property
    def suggestion(self) -> int | None:
        """The label on which all models agree, `collection.NOT_A_DIGIT` if none takes it for a digit, else None."""
        said = {one.digit if one.is_digit else collection.NOT_A_DIGIT for one in self.against.values()}
        return said.pop() if len(said) == 1 else None


@dataclass(frozen=True)
class Check:
    """What a check of the room's labels has found.

    Attributes:
        labels: how many it has looked at.
        disputed: the drawings with disputed labels, the newest first.
        missing: the names of flagships that could not be asked.
        indexes: the training digits among which the nearest were looked for, by model; empty if there was no need to.
    """

    labels: int
    disputed: list[Disputed]
    missing: tuple[str, ...]
    indexes: Mapping[str, Index]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of the drawings with disputed labels, for `Job.left_out`."""
        return tuple(one.number for one in self.disputed)


def of_room() -> Check:
    """Check the labels that no presenter has confirmed. It takes a second, and a millisecond for each drawing.

    Raises:
        DatabaseUnavailable: the collection's database cannot be used.
    """
    models = [model for name in store.FLAGSHIPS if (model := _load(name)) is not None]
    return check(*collection.digits(checked=False), models)


def check(numbers: np.ndarray, images: np.ndarray, labels: np.ndarray, models: Sequence[Classifier]) -> Check:
    """Check labels.

    Args:
        numbers, images, labels: as `collection.digits` gives them.
        models: the flagships that can be asked; without one, nothing is disputed.
    """
    missing = tuple(name for name in store.FLAGSHIPS if name not in {model.name for model in models})
    if not models or not len(numbers):
        return Check(len(numbers), [], missing, {})
    said = {model.name: answers(model, images) for model in models}
    no_digit = np.all([one.scores < 0 for one in said.values()], axis=0)
    another = np.all([one.probabilities.argmax(axis=1) != labels for one in said.values()], axis=0)
    asked = np.flatnonzero(no_digit | another)
    if not len(asked):
        return Check(len(numbers), [], missing, {})
    indexes = {model.name: at_hand(model) for model in models}
    near = {name: indexes[name].labels_near(one.embedding[asked], NEAREST) for name, one in said.items()}
    few = np.all([(some == labels[asked, None]).mean(axis=1) < 0.5 for some in near.values()], axis=0)

    def contradiction(name: str, at: int, place: int) -> Contradiction:
        shares, score = said[name].probabilities[at], said[name].scores[at]
        return Contradiction(
            int(shares.argmax()), float(shares.max()), bool(score >= 0), tuple(map(int, near[name][place]))
        )

    disputed = [
        Disputed(
            int(numbers[at]), int(labels[at]), images[at], {name: contradiction(name, int(at), place) for name in said}
        )
        for place, at in reversed(list(enumerate(asked)))
        if no_digit[at] or few[place]
    ]
    return Check(len(numbers), disputed, missing, indexes)


def at_hand(model: Classifier) -> Index:
    """The index of a model's training digits if it is prepared, else one of the digits that ship, made in a second."""
    return index.kept(model) or _of_shipped(model)


@functools.lru_cache(maxsize=len(store.FLAGSHIPS))
def _of_shipped(model: Classifier) -> Index:
    return index.make(model, "validation", mnist.packaged(), _AT_ONCE)


def _load(name: str) -> Classifier | None:
    try:
        return serving.load(name)
    except (UnknownModel, DamagedModel):
        return None


def answers(model: Classifier, images: np.ndarray) -> Answers:
    """A model's answers to (n, 28, 28) uint8 drawings, n at least 1, between which visitors get theirs."""
    parts = [model.answer(to_shares(images[at : at + _AT_ONCE])) for at in range(0, len(images), _AT_ONCE)]
    probabilities, embedding, logits, scores = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("probabilities", "embedding", "logits", "scores")
    )
    return Answers(probabilities, embedding, sum(part.elapsed_s for part in parts), logits, scores)
