"""Held-out digits with the models' answers to them, on which every page that explores errors is based.

`answers` computes a model's answers to MNIST's digits once. The third split is the room: its labelled drawings,
answered by the models in service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab import collection, serving
from digitlab.analysis import answers
from digitlab.data import mnist
from digitlab.errors import DatabaseUnavailable, InvalidValue
from digitlab.language import N_
from digitlab.models import store

SPLITS = (N_("test"), N_("validation"))
ROOM = N_("room")
# Test labels that human raters did not confirm: fewer than three of five raters agreed with the label. By index in the
# test set: (given label, suggested label, votes for the given one, for the suggested one, for neither). From the rating
# file of Northcutt, Athalye and Mueller, "Pervasive label errors in test sets destabilize machine learning benchmarks"
# (2021), labelerrors.com.
CONTESTED: dict[int, tuple[int, int, int, int, int]] = {
    947: (8, 9, 0, 5, 0),
    1621: (0, 6, 2, 3, 0),
    1901: (9, 4, 2, 3, 0),
    2130: (4, 9, 2, 2, 1),
    2462: (2, 0, 0, 4, 1),
    2597: (5, 3, 0, 4, 1),
    2654: (6, 1, 0, 2, 3),
    3520: (6, 4, 2, 0, 3),
    3558: (5, 0, 1, 4, 0),
    5937: (5, 3, 1, 3, 1),
    6651: (0, 6, 0, 5, 0),
    6783: (1, 6, 2, 3, 0),
    8527: (4, 9, 2, 2, 1),
    9679: (6, 3, 2, 0, 3),
    9729: (5, 6, 2, 3, 0),
}


@dataclass(frozen=True)
class HeldOut:
    """Digits that none of some models was trained on, and the models' answers.

    Attributes:
        split: "test", "validation" or "room".
        indices: (n,) int, the number of each digit: its index in MNIST's test set or among the 5,000 packaged digits,
            or its number in the collection.
        images: (n, 28, 28) uint8.
        labels: (n,) uint8.
        probabilities: by model name, (n, 10) float32.
    """

    split: str
    indices: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    probabilities: dict[str, np.ndarray]

    def answers(self, name: str) -> np.ndarray:
        """(n,) int: the digits that a model answers, its likeliest ones."""
        return self.probabilities[name].argmax(axis=1)

    def contested(self) -> np.ndarray:
        """(n,) bool: whether human raters contested the label; known for test digits only."""
        if self.split != "test":
            return np.zeros(len(self.indices), dtype=bool)
        return np.isin(self.indices, list(CONTESTED))


def splits() -> tuple[str, ...]:
    """The splits available on this machine, the one that pages show by default first.

    Raises:
        MnistUnavailable: `DIGITLAB_MNIST` names a file that is not there.
        MnistDamaged: the copy here is not MNIST.
    """
    of_mnist = SPLITS if mnist.load_or_packaged(download=False).test is not None else SPLITS[1:]
    return (*of_mnist, ROOM) if has_room() else of_mnist


def has_room() -> bool:
    """Whether any drawing of the room has a label; False if the collection cannot be used."""
    try:
        return collection.count()[1] > 0
    except (DatabaseUnavailable, InvalidValue):  # the Collection page says what is wrong with it
        return False


def named(text: str) -> tuple[str | None, list[str]]:
    """What a link names as "test-2135" or, for several, "test-4-9-16".

    Returns:
        The split, None if only numbers are named; and what should be numbers.
    """
    split, *rest = text.split("-")
    return (split, rest) if split in (*SPLITS, ROOM) else (None, [split, *rest])


def one(text: str) -> HeldOut | None:
    """The one digit that a link names, without any model's answers; None if it is no digit of this machine.

    Raises:
        MnistUnavailable, MnistDamaged, DatabaseUnavailable: as `read`.
    """
    split, numbers = named(text)
    is_there = split is not None and len(numbers) == 1 and numbers[0].isdecimal()
    if not is_there or len(numbers[0]) > mnist.LONGEST_INDEX or split not in splits():
        return None
    indices, images, labels = room([]) if split == ROOM else _of_mnist(split)
    at = np.flatnonzero(indices == int(numbers[0]))
    return HeldOut(split, indices[at], images[at], labels[at], {}) if len(at) else None


def _of_mnist(split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    digits = answers.test_digits() if split == "test" else mnist.packaged()
    return np.arange(len(digits)), digits.images, digits.labels


def read(split: str, names: Sequence[str]) -> HeldOut:
    """The digits of a split that none of the models has trained on, with the models' answers.

    Args:
        split: one of `splits()`.
        names: of the models; may be empty.

    Raises:
        MnistUnavailable: the test digits are not on this machine.
        UnknownModel, DamagedModel: as `store.read`.
        InvalidValue: no drawing of the room has a label, or these models were taught all of them.
        DatabaseUnavailable: the collection's database cannot be used.
    """
    if split == ROOM:
        return _of_the_room(names)
    models = [store.read(name) for name in names]
    if split == "test":
        digits = answers.test_digits()
        indices = np.arange(len(digits))
        probabilities = {model.name: answers.probabilities(model, split) for model in models}
        return HeldOut(split, indices, digits.images, digits.labels, probabilities)
    held_out = [mnist.validation_indices(model.run["data"]["source"]) for model in models]
    shared = np.arange(5000)
    for indices in held_out:
        shared = np.intersect1d(shared, indices)
    probabilities = {
        model.name: answers.probabilities(model, "validation")[np.isin(indices, shared)]
        for model, indices in zip(models, held_out, strict=True)
    }
    digits = mnist.packaged()
    return HeldOut("validation", shared, digits.images[shared], digits.labels[shared], probabilities)


def room(runs: Sequence[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The labelled drawings that none of these models was taught, as `collection.digits` gives them.

    Args:
        runs: contents of the models' `run.json`.

    Raises:
        DatabaseUnavailable: the collection's database cannot be used.
    """
    numbers, images, labels = collection.digits()
    latest = max((run["data"].get("room", {}).get("latest", 0) for run in runs), default=0)
    untaught = collection.is_aside(numbers) | (numbers > latest)
    return numbers[untaught], images[untaught], labels[untaught]


def _of_the_room(names: Sequence[str]) -> HeldOut:
    numbers, images, labels = room([serving.load(name).run for name in names])
    if not len(numbers):
        raise InvalidValue(
            N_(
                "No drawing of the room has a label yet, or these models were taught all that have one. You can label "
                "drawings on the Collection page."
            )
        )
    scaled = mnist.Split(images, labels).scaled()
    probabilities = {name: serving.load(name).answer(scaled).probabilities for name in names}
    return HeldOut(ROOM, numbers, images, labels, probabilities)
