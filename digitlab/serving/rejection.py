"""Whether a model should answer at all: letters, scribbles and two digits at once are not one digit.

A network trained on digits alone finds some digit in any picture, often with confidence. Its last hidden layer tells
more: a logistic regression on that layer, on the three largest logits and on the log-sum-exp of all logits (the
"energy" of Liu et al., "Energy-based out-of-distribution detection", 2020) separates digits from non-digits. The
regression learns from pictures made in `handwriting/drawings.py`, a method of Hendrycks, Mazeika and Dietterich ("Deep
anomaly detection with outlier exposure", 2019), and is stored in `run.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# The shares of held-out digits that are kept: by a network trained on digits alone; by one trained on non-digits as
# well, which can tell them from nearly all digits; and by one that learned about non-digits only from its teacher.
KEPT, KEPT_WITH_NON_DIGITS, KEPT_BY_PUPIL = 0.96, 0.994, 0.983
LOGITS = 3
STRENGTH = 0.003  # inverse of the L2 penalty, on standardised features; with 0.1, neat 0s and 1s were refused


@dataclass(frozen=True)
class Rejection:
    """A linear score of a network's outputs; 0 or more is a digit.

    Attributes:
        weights: (d + 4,) for the d-dimensional embedding, the three largest logits and the log-sum-exp of all logits.
        bias: added to the weighted sum.
    """

    weights: np.ndarray
    bias: float

    def score(self, logits: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        """(n,) float32: nats by which the log-odds exceed the threshold, from (n, 10) logits and (n, d) embedding."""
        return (_features(logits, embedding) @ self.weights + self.bias).astype(np.float32)

    def as_dict(self) -> dict[str, Any]:
        """This rejection as an entry of `run.json`, with the weights in one line of text."""
        return {"bias": round(self.bias, 5), "weights": " ".join(f"{weight:.5g}" for weight in self.weights)}


def from_run(run: dict[str, Any]) -> Rejection | None:
    """The rejection in a model's `run.json`; None where the model was trained before there was one.

    Raises:
        ValueError, KeyError, TypeError: the entry is not what `Rejection.as_dict` writes.
    """
    stored = run.get("rejection")
    if stored is None:
        return None
    rejection = Rejection(np.array(stored["weights"].split(), dtype=np.float32), float(stored["bias"]))
    if not (np.isfinite(rejection.weights).all() and np.isfinite(rejection.bias)):
        raise ValueError("the weights of its rejection are no numbers")
    return rejection


Outputs = tuple[np.ndarray, np.ndarray]  # (n, 10) logits and (n, d) embedding


def fit(digits: Outputs, non_digits: Outputs, held_out: list[Outputs], kept: float = KEPT) -> Rejection:
    """Learn to tell digits from non-digits.

    Args:
        digits: outputs for digits the network was trained on, as MNIST has them and as people draw them.
        non_digits: outputs for anything else.
        held_out: sets of outputs for digits the network was not trained on.
        kept: the share of each held-out set that the threshold keeps.
    """
    from sklearn.linear_model import LogisticRegression  # takes a second to import

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
