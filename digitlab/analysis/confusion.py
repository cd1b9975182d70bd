"""Which digit is taken for which, and how reliable each answer is: counts and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab.language import N_

CLASSES = 10
SHOWN = (N_("counts"), N_("% of true"), N_("% of answers"))


@dataclass(frozen=True)
class Pair:
    """One kind of mistake: `count` digits labelled `true` were read as `given`, a `share` of all labelled `true`."""

    true: int
    given: int
    count: int
    share: float


def matrix(labels: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The confusion matrix, in the same layout as scikit-learn's.

    Args:
        labels, answers: (n,) integers in 0..9.

    Returns:
        (10, 10) int64: how many digits with the row's label were read as the column's digit.
    """
    counts = np.bincount(CLASSES * labels.astype(np.int64) + answers, minlength=CLASSES**2)
    return counts.reshape(CLASSES, CLASSES)


def shares(counts: np.ndarray, shown: str) -> np.ndarray:
    """A matrix of counts as one of `SHOWN`: unchanged, or as shares in [0, 1] of each row or column, 0 where that is
    empty."""
    axis = {"% of true": 1, "% of answers": 0}.get(shown)
    if axis is None:
        return counts
    return counts / np.maximum(counts.sum(axis=axis, keepdims=True), 1)


def worst_pairs(counts: np.ndarray, most: int = 5) -> list[Pair]:
    """The `most` commonest mistakes, the commonest first, without those that never happen."""
    errors = counts - np.diag(np.diag(counts))
    order = np.argsort(-errors, axis=None, kind="stable")[:most]
    rows = counts.sum(axis=1)
    pairs = [(int(at) // CLASSES, int(at) % CLASSES) for at in order]
    return [Pair(t, g, int(errors[t, g]), errors[t, g] / rows[t]) for t, g in pairs if errors[t, g]]


def report(labels: np.ndarray, answers: np.ndarray) -> dict[str, list[Any]]:
    """Precision, recall, F1 and support of each digit, and their averages: scikit-learn's classification report.

    Args:
        labels, answers: (n,) integers in 0..9.

    Returns:
        Columns of twelve rows: `digit` (text; the last two are "macro average" and "weighted average"), `precision`,
        `recall`, `f1` (in [0, 1]) and `support` (digits).
    """
    from sklearn.metrics import classification_report  # takes a second to import

    by_class = classification_report(labels, answers, labels=range(CLASSES), output_dict=True, zero_division=0)
    rows = [*map(str, range(CLASSES)), "macro avg", "weighted avg"]
    return {
        "digit": [*map(str, range(CLASSES)), N_("macro average"), N_("weighted average")],
        "precision": [by_class[row]["precision"] for row in rows],
        "recall": [by_class[row]["recall"] for row in rows],
        "f1": [by_class[row]["f1-score"] for row in rows],
        "support": [int(by_class[row]["support"]) for row in rows],
    }
