"""A newly trained model against the one in service, digit by digit, on digits that neither has trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.analysis import evaluation, held_out
from digitlab.analysis.evaluation import Summary
from digitlab.data import mnist
from digitlab.serving import Classifier, store
from digitlab.serving.store import StoredModel

CHANCE = 0.05  # a difference that chance alone makes more often than this is not called one


@dataclass(frozen=True)
class Comparison:
    """Two models on the same n held-out digits.

    Attributes:
        indices: (n,) by which each digit is cited: its place among the 5,000 packaged, or its number in the collection.
        images: (n, 28, 28) uint8.
        before, after: (n,) int, the answers of the model in service and of the challenger.
        before_summary, after_summary: their quality.
        gained: (k,) into `indices`: wrong before, right after.
        lost: (k,) into `indices`: right before, wrong after.
        p_value: how often chance alone would part gained from lost at least so far, in [0, 1] (McNemar's test, exact:
            McNemar, "Note on the sampling error of the difference between correlated proportions", 1947).
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
        """Whether the challenger is right more often; with as many right, whether its loss is lower."""
        after, before = self.after_summary, self.before_summary
        return (after.accuracy, -after.loss) > (before.accuracy, -before.loss)

    def verdict(self) -> str:
        """The comparison in one sentence."""
        gained, lost = len(self.gained), len(self.lost)
        if gained == lost:
            return f"As many digits gained as lost ({gained}): no difference to see."
        odds = "fewer than 0.1%" if self.p_value < 0.001 else f"{self.p_value:.1%}"
        chance = f"chance alone would part them so far in {odds} of cases"
        if self.p_value > CHANCE:
            return f"{gained} digits gained, {lost} lost: {chance}, so this is no proof."
        which = "better" if gained > lost else "worse"
        return f"{gained} digits gained, {lost} lost: the challenger is {which}; {chance}."


def compare(service: StoredModel, challenger: StoredModel) -> Comparison:
    """Set a challenger against the model in service.

    Where one was trained on packaged digits, only those that both held out are counted.

    Raises:
        DamagedModel: their stored answers cannot be read.
    """
    parts = []
    for stored in (service, challenger):
        indices = mnist.validation_indices(stored.run["data"]["source"])
        parts.append((indices, store.read_evaluation(stored)["validation_probabilities"]))
    shared = np.intersect1d(parts[0][0], parts[1][0])
    before, after = (probabilities[np.isin(indices, shared)] for indices, probabilities in parts)
    digits = mnist.packaged()
    return _of(shared, digits.images[shared], digits.labels[shared], before, after)


def compare_in_room(service: StoredModel, challenger: StoredModel) -> Comparison | None:
    """The same on the labelled drawings of the room that neither was taught; None where there is no such drawing.

    Raises:
        DatabaseUnavailable: their database cannot be used.
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
    """The exact two-sided p-value of McNemar's test: under chance, each digit that changed sides goes either way."""
    from scipy.stats import binomtest  # a second to import

    return 1.0 if gained + lost == 0 else float(binomtest(gained, gained + lost).pvalue)
