"""Whether a model should answer at all: letters, scribbles and two digits at once are no digit.

A network trained on digits alone gives any picture some digit, often with confidence. What it makes of the picture
in its last hidden layer tells more: a logistic regression on that, on the three largest logits and on their
log-sum-exp (the "energy" of Liu et al., "Energy-based out-of-distribution detection", 2020) separates digits from
non-digits. It learns from pictures made in `training/drawings.py`, as Hendrycks, Mazeika and Dietterich did ("Deep
anomaly detection with outlier exposure", 2019), and is stored in `run.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# Of held-out digits: by a network that has trained on digits alone; by one that has trained on non-digits as well, and
# puts these so far away that hardly any digit need be doubted for them; by one that knows them from its teacher.
KEPT, KEPT_WITH_NON_DIGITS, KEPT_BY_PUPIL = 0.97, 0.995, 0.99
LOGITS = 3
STRENGTH = 0.003  # inverse of the L2 penalty, on standardised features; with 0.1, neat 0s and 1s were refused


@dataclass(frozen=True)
class Rejection:
    """A linear score of a network's outputs; 0 or more is a digit.

    Attributes:
        weights: (d + 4,) of the d-dimensional embedding, then of the largest logits and their log-sum-exp.
        bias: added to the sum.
    """

    weights: np.ndarray
    bias: float

    def score(self, logits: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        """(n,) float32 in nats of odds above the threshold, from (n, 10) logits and (n, d) embedding."""
        return (_features(logits, embedding) @ self.weights + self.bias).astype(np.float32)

    def as_dict(self) -> dict[str, Any]:
        """Ready for `run.json`; the weights in one line of text."""
        return {"bias": round(self.bias, 5), "weights": " ".join(f"{weight:.5g}" for weight in self.weights)}


def from_run(run: dict[str, Any]) -> Rejection | None:
    """What a model's `run.json` holds; None where it was trained before there was any.

    Raises:
        ValueError, KeyError, TypeError: it is not what `Rejection.as_dict` writes.
    """
    stored = run.get("rejection")
    if stored is None:
        return None
    found = Rejection(np.array(stored["weights"].split(), dtype=np.float32), float(stored["bias"]))
    if not (np.isfinite(found.weights).all() and np.isfinite(found.bias)):
        raise ValueError("the weights of its rejection are no numbers")
    return found


Outputs = tuple[np.ndarray, np.ndarray]  # (n, 10) logits and (n, d) embedding


def fit(digits: Outputs, non_digits: Outputs, held_out: list[Outputs], kept: float = KEPT) -> Rejection:
    """Learn to tell digits from non-digits.

    Args:
        digits: of digits the network was trained on, as MNIST has them and as people draw them.
        non_digits: of anything else.
        held_out: of digits not trained on.
        kept: share that the threshold keeps of each of these sets.
    """
    from sklearn.linear_model import LogisticRegression  # a second to import

    features = np.concatenate([_features(*digits), _features(*non_digits)]).astype(np.float64)
    is_digit = np.arange(len(features)) < len(digits[0])
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 1e-6, spread, 1.0)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit((features - mean) / spread, is_digit)
    weights = model.coef_[0] / spread
    rejection = Rejection(weights.astype(np.float32), float(model.intercept_[0] - mean @ weights))
    threshold = min(float(np.quantile(rejection.score(*outputs), 1 - kept)) for outputs in held_out)
    return Rejection(rejection.weights, rejection.bias - threshold)


def _features(logits: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    largest = np.sort(logits, axis=1)[:, ::-1][:, :LOGITS]
    energy = largest[:, 0] + np.log(np.exp(logits - largest[:, :1]).sum(axis=1))
    return np.concatenate([embedding, largest, energy[:, None]], axis=1)
