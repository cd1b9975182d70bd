"""Compares a newly trained model with the one in service, digit by digit, on digits that neither was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.analysis import answers, evaluation, held_out
from digitlab.analysis.evaluation import Summary
from digitlab.data import mnist
from digitlab.models.store import StoredModel
from digitlab.serving import Classifier

CHANCE = 0.05  # a difference that chance alone produces more often than this does not count


@dataclass(frozen=True)
class Comparison:
    """Two models on the same n held-out digits.

    Attributes:
        indices: (n,) number of each digit: its index among the 5,000 packaged, or its number in the collection.
        images: (n, 28, 28) uint8.
        before, after: (n,) int, the answers of the model in service and of the challenger.
        before_summary, after_summary: the quality of these answers.
        gained: (k,) positions in `indices` of the digits that were wrong before and are right after.
        lost: (k,) positions in `indices` of the digits that were right before and are wrong after.
        p_value: how often chance alone would make the numbers gained and lost differ at least this much, in [0, 1]
            (McNemar's exact test: McNemar, "Note on the sampling error of the difference between correlated
            proportions", 1947).
    """

    indices: np.ndarray
    images: np.ndarray
    before: np.ndarray
    after: np.ndarray
    before_summary: Summary
    after_summary: Summary
    gained: np.ndarray
    lost: np.ndarray
    p_value: float

    @property
    def better(self) -> bool:
        """Whether the challenger is right more often or, if both are right equally often, has the lower loss."""
        after, before = self.after_summary, self.before_summary
        return (after.accuracy, -after.loss) > (before.accuracy, -before.loss)

    @property
    def may_be_chance(self) -> bool:
        """Whether chance alone would too often make as large a difference."""
        return self.p_value > CHANCE


def compare(service: StoredModel, challenger: StoredModel) -> Comparison:
    """Compare a challenger with the model in service.

    If either was trained on packaged digits, only the digits that both held out are counted.

    Raises:
        DamagedModel: their answers cannot be had.
    """
    parts = []
    for stored in (service, challenger):
        indices = mnist.validation_indices(stored.run["data"]["source"])
        parts.append((indices, answers.probabilities(stored, "validation")))
    shared = np.intersect1d(parts[0][0], parts[1][0])
    before, after = (probabilities[np.isin(indices, shared)] for indices, probabilities in parts)
    digits = mnist.packaged()
    return _of(shared, digits.images[shared], digits.labels[shared], before, after)


def compare_in_room(service: StoredModel, challenger: StoredModel) -> Comparison | None:
    """Compare them on the room's labelled drawings that neither was taught; None if there is no such drawing.

    Raises:
        DatabaseUnavailable: the collection's database cannot be used.
    """
    numbers, images, labels = held_out.room([service.run, challenger.run])
    if not len(numbers):
        return None
    scaled = mnist.Split(images, labels).scaled()
    before, after = (Classifier(stored).answer(scaled).probabilities for stored in (service, challenger))
    return _of(numbers, images, labels, before, after)


def _of(
    indices: np.ndarray, images: np.ndarray, labels: np.ndarray, before: np.ndarray, after: np.ndarray
) -> Comparison:
    right_before, right_after = (part.argmax(axis=1) == labels for part in (before, after))
    gained, lost = np.flatnonzero(right_after & ~right_before), np.flatnonzero(right_before & ~right_after)
    return Comparison(
        indices, images, before.argmax(axis=1), after.argmax(axis=1),
        evaluation.summarise(before, labels), evaluation.summarise(after, labels),
        gained, lost, mcnemar(len(gained), len(lost)),
    )  # fmt: skip


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of McNemar's test: under chance alone, each changed digit is equally likely gained or
    lost."""
    from scipy.stats import binomtest  # takes a second to import

    return 1.0 if gained + lost == 0 else float(binomtest(gained, gained + lost).pvalue)
