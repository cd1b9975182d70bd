"""How good a model's answers are, computed from stored probabilities; no model is run here."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

CALIBRATION_BINS = 15
Z_95 = 1.959964  # 95% of a normal distribution lies within this many standard deviations


@dataclass(frozen=True)
class Summary:
    """Quality of n answers.

    Attributes:
        count: n.
        accuracy: share of answers whose likeliest class is the label, in [0, 1].
        loss: mean cross-entropy in nats.
        f1: mean of the ten classes' F1 scores, in [0, 1] ("macro").
        weighted_f1: the same mean with each class weighted by its number of digits, in [0, 1].
        calibration_error: expected calibration error with 15 bins of equal width, in [0, 1] (Guo et al., "On
            calibration of modern neural networks", 2017).
    """

    count: int
    accuracy: float
    loss: float
    f1: float
    weighted_f1: float
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
    from sklearn import metrics  # takes a second to import

    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)  # sums of float32 rows differ from 1 by more than scikit-learn accepts
    answers = exact.argmax(axis=1)
    f1 = functools.partial(metrics.f1_score, labels, answers, labels=range(10), zero_division=0)
    return Summary(
        count=len(labels),
        accuracy=float(metrics.accuracy_score(labels, answers)),
        loss=float(metrics.log_loss(labels, exact, labels=range(10))),
        f1=float(f1(average="macro")),
        weighted_f1=float(f1(average="weighted")),
        calibration_error=calibration_error(exact, labels),
    )


def summary_line(summary: Mapping[str, float]) -> str:
    """What `Summary.as_dict` says, in one line."""
    return (
        f"accuracy {summary['accuracy']:.2%}, loss {summary['loss']:.4f}, F1 {summary['f1']:.4f}, "
        f"calibration error {summary['calibration_error']:.2%}"
    )


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean gap between confidence and accuracy over 15 bins of confidence, weighted by the answers in each bin."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    gaps = np.bincount(bin_of(confidence, CALIBRATION_BINS), weights=confidence - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(labels))


def bin_of(share: np.ndarray, bins: int) -> np.ndarray:
    """(n,) int: the bin of each share, for bins of equal width from 0 to 1; a share of 1 belongs to the last bin."""
    return np.minimum((share * bins).astype(int), bins - 1)


def wilson(right: np.ndarray | int, count: np.ndarray | int, z: float = Z_95) -> tuple[np.ndarray, np.ndarray]:
    """The confidence interval of a share, which is also valid for few answers and near 0 and 1.

    Wilson, "Probable inference, the law of succession, and statistical inference" (1927).

    Args:
        right: (k,) how many answers are right.
        count: (k,) how many answers there are; where this is 0, both ends are NaN.
        z: half the width in standard deviations; the default gives 95% intervals.

    Returns:
        The lower and the upper end, (k,) float in [0, 1].
    """
    n = np.where(np.asarray(count) > 0, count, np.nan)
    share, spread = right / n, z**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The number to divide a model's logits by so that its confidence is honest: it makes the cross-entropy lowest
    (temperature scaling: Guo et al., 2017).

    Args:
        logits: (n, 10) for digits that the model was not trained on.
        labels: (n,) uint8 in 0..9.

    Returns:
        Above 1 for an over-confident model, below 1 for one that doubts itself; between 1/20 and 20.
    """
    from scipy.optimize import minimize_scalar  # takes a second to import

    logits = logits.astype(np.float64)
    rows = np.arange(len(labels))

    def loss(exponent: float) -> float:
        scaled = logits / np.exp(exponent)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[rows, labels]).mean())

    limit = np.log(20)
    return round(float(np.exp(minimize_scalar(loss, bounds=(-limit, limit), method="bounded").x)), 4)
