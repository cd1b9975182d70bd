"""How good a model's answers are, from stored probabilities: no model is run here."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from sklearn import metrics

CALIBRATION_BINS = 15


@dataclass(frozen=True)
class Summary:
    """Quality of n answers.

    Attributes:
        count: n.
        accuracy: share whose likeliest class is the label, in [0, 1].
        loss: mean cross-entropy in nats.
        f1: mean of the ten classes' F1 scores, in [0, 1].
        calibration_error: expected calibration error with 15 bins of equal width, in [0, 1] (Guo et al., "On
            calibration of modern neural networks", 2017).
    """

    count: int
    accuracy: float
    loss: float
    f1: float
    calibration_error: float

    def as_dict(self) -> dict[str, float | int]:
        """The values by name, ready for JSON."""
        return asdict(self)


def summarise(probabilities: np.ndarray, labels: np.ndarray) -> Summary:
    """Summarise a model's answers.

    Args:
        probabilities: (n, 10) float32, rows sum to 1.
        labels: (n,) uint8 in 0..9.
    """
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)  # float32 rows miss 1 by more than scikit-learn lets pass
    answers = exact.argmax(axis=1)
    return Summary(
        count=len(labels),
        accuracy=float(metrics.accuracy_score(labels, answers)),
        loss=float(metrics.log_loss(labels, exact, labels=range(10))),
        f1=float(metrics.f1_score(labels, answers, average="macro", labels=range(10), zero_division=0)),
        calibration_error=calibration_error(exact, labels),
    )


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean gap between confidence and accuracy over 15 bins of confidence, weighted by the answers in each."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(labels))
