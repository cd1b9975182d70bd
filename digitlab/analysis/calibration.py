"""Whether a model's confidence can be trusted, and what it costs to let the model say "not sure".

Everything is computed from stored probabilities; no model is run here. The calibration error itself is
`evaluation.calibration_error`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from digitlab.analysis import evaluation
from digitlab.language import N_

EQUAL_WIDTH, CLOSE_UP, EQUAL_COUNT = BINNINGS = (N_("equal width"), N_("90 to 100%"), N_("equal count"))
CLOSE_UP_FROM = 0.9
# The histogram's bins for each binning. Most answers to MNIST are surer than 99%, so the last kind counts nines.
HISTOGRAM_EDGES = {
    EQUAL_WIDTH: np.linspace(0, 1, 21),
    CLOSE_UP: np.linspace(CLOSE_UP_FROM, 1, 21),
    EQUAL_COUNT: np.array([0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1]),
}
WANTED = 0.999
STEPS = (0, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.9, 99.99)  # thresholds of confidence to choose from, in per cent


@dataclass(frozen=True)
class Reliability:
    """Confidence compared with accuracy, in k bins of confidence.

    Attributes:
        edges: (k + 1,) float, confidences in [0, 1] at which bins begin and end, rising.
        count: (k,) int, answers in each bin.
        confidence: (k,) float, their mean confidence in [0, 1].
        accuracy: (k,) float, the share of them that is right, in [0, 1].
        low, high: (k,) float, Wilson's 95% interval of the accuracy.

    The last three are NaN in bins without answers.
    """

    edges: np.ndarray
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Balance:
    """Whether a model is as sure of n digits as it is right.

    Attributes:
        digits: n.
        confidence: its mean confidence in [0, 1].
        accuracy: the share of the digits that it reads right, in [0, 1].
        may_be_even: whether the two may differ by chance alone.
        low, high: ends, in [0, 1], of the bin of confidence in which it is furthest off.
        answers: how many answers are in that bin.
        expected, right: how many of these should be right, and how many are.
        may_be_chance: whether chance alone may explain that.
    """

    digits: int
    confidence: float
    accuracy: float
    may_be_even: bool
    low: float
    high: float
    answers: int
    expected: float
    right: float
    may_be_chance: bool


@dataclass(frozen=True)
class Choice:
    """The outcome if a model answers only where it is sure enough, and otherwise says "not sure".

    Attributes:
        least: the threshold of confidence, in [0, 1].
        digits: how many digits the model was asked about.
        answered: for how many of them it was sure enough.
        wrong: how many of these answers are wrong.
        right_refused, wrong_refused: how many of the other digits it would have got right, and wrong.
    """

    least: float
    digits: int
    answered: int
    wrong: int
    right_refused: int
    wrong_refused: int

    @property
    def share(self) -> float:
        """Share of the digits answered, in [0, 1]."""
        return self.answered / self.digits

    @property
    def accuracy(self) -> float:
        """Share of the given answers that is right, in [0, 1]; NaN if none is given."""
        return (self.answered - self.wrong) / self.answered if self.answered else math.nan


@dataclass(frozen=True)
class Selective:
    """Accuracy against the share of digits answered, for falling thresholds of confidence.

    This is the risk-coverage curve of Geifman and El-Yaniv, "Selective classification for deep neural networks" (2017),
    with accuracy (1 - risk) instead of risk.

    Attributes:
        least: (k,) float, all confidences that occur, in [0, 1], falling: the thresholds that change something.
        answered: (k,) int, how many answers are at least that sure, rising to all of them.
        wrong: (k,) int, how many of these are wrong.
    """

    least: np.ndarray
    answered: np.ndarray
    wrong: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """(k,) float: share of the digits answered, in (0, 1], rising."""
        return self.answered / self.answered[-1]

    @property
    def accuracy(self) -> np.ndarray:
        """(k,) float: share of the given answers that is right, in [0, 1]."""
        return (self.answered - self.wrong) / self.answered

    def at(self, least: float) -> Choice:
        """The outcome of answering only where the confidence reaches a threshold in [0, 1]."""
        place = int((self.least >= least).sum()) - 1
        answered, wrong = (int(self.answered[place]), int(self.wrong[place])) if place >= 0 else (0, 0)
        digits, wrong_refused = int(self.answered[-1]), int(self.wrong[-1]) - wrong
        return Choice(least, digits, answered, wrong, digits - answered - wrong_refused, wrong_refused)

    def threshold_for(self, accuracy: float) -> Choice | None:
        """The outcome at the lowest threshold of confidence that reaches a wanted accuracy in [0, 1].

        Returns:
            The choice with the most answers among those that reach the accuracy; None if none does.
        """
        reached = np.flatnonzero(self.accuracy >= accuracy)
        return self.at(float(self.least[reached[-1]])) if len(reached) else None


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, bins: int = evaluation.CALIBRATION_BINS, *, by: str = EQUAL_WIDTH
) -> Reliability:
    """Compare confidence with accuracy, bin by bin.

    Args:
        probabilities: (n, 10) float, rows sum to 1.
        labels: (n,) int in 0..9.
        bins: how many bins.
        by: one of BINNINGS. "equal width": bins from 0 to 1, as for the calibration error. "90 to 100%": the same from
            0.9 to 1; less sure answers are left out. "equal count": the same number of answers in each bin, except that
            equally sure answers stay together, so there may be fewer bins.
    """
    confidence, right = graded(probabilities, labels)
    if by == EQUAL_COUNT:
        ordered = np.sort(confidence)
        cuts = np.unique(ordered[np.arange(1, bins) * len(ordered) // bins])
        cuts = cuts[cuts > ordered[0]]
        edges = np.array([ordered[0], *cuts, ordered[-1]])
        place = np.searchsorted(cuts, confidence, side="right")
    else:
        start = CLOSE_UP_FROM if by == CLOSE_UP else 0.0
        shown = confidence >= start
        confidence, right = confidence[shown], right[shown]
        edges = np.linspace(start, 1, bins + 1)
        place = evaluation.bin_of((confidence - start) / (1 - start), bins)
    count, of_confidence, of_right = (
        np.bincount(place, weights=weights, minlength=len(edges) - 1) for weights in (None, confidence, right)
    )
    filled = np.where(count > 0, count, np.nan)
    return Reliability(edges, count, of_confidence / filled, of_right / filled, *evaluation.wilson(of_right, count))


def confidence_histogram(
    probabilities: np.ndarray, labels: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Right and wrong answers, (k,) int each, in k bins of confidence.

    Args:
        probabilities: (n, 10) float, rows sum to 1.
        labels: (n,) int in 0..9.
        edges: (k + 1,) float, rising to 1. An edge belongs to the bin above it; answers below the first are left out.
    """
    confidence, right = graded(probabilities, labels)
    return np.histogram(confidence[right], edges)[0], np.histogram(confidence[~right], edges)[0]


def selective(probabilities: np.ndarray, labels: np.ndarray) -> Selective:
    """Accuracy and share of digits answered at every threshold of confidence, from the highest to the lowest.

    Args:
        probabilities: (n, 10) float, rows sum to 1; n at least 1.
        labels: (n,) int in 0..9.
    """
    confidence, right = graded(probabilities, labels)
    least, place = np.unique(-confidence, return_inverse=True)
    answered = np.bincount(place).cumsum()
    wrong = np.bincount(place, weights=~right).cumsum().astype(int)
    return Selective(-least, answered, wrong)


def graded(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The confidence of each answer, (n,) in [0, 1], and whether it is right, (n,) bool."""
    return np.minimum(probabilities.max(axis=1), 1), probabilities.argmax(axis=1) == labels


def balance(probabilities: np.ndarray, labels: np.ndarray) -> Balance:
    """Whether a model is over- or under-confident, by how much and where most; arguments as for `reliability`."""
    confidence, right = graded(probabilities, labels)
    bins = reliability(probabilities, labels)
    filled = np.flatnonzero(bins.count)
    expected, happened = bins.confidence * bins.count, bins.accuracy * bins.count
    worst = filled[np.abs(expected - happened)[filled].argmax()]
    # With many bins, one may look bad by chance. So the interval is wider: in 95% of cases, it holds for all bins.
    z = NormalDist().inv_cdf(1 - 0.025 / len(filled))
    sure = float(confidence.mean(dtype=float))
    return Balance(
        len(right), sure, float(right.mean()), _within(sure, evaluation.wilson(right.sum(), len(right))),
        float(bins.edges[worst]), float(bins.edges[worst + 1]), int(bins.count[worst]),
        float(expected[worst]), float(happened[worst]),
        _within(bins.confidence[worst], evaluation.wilson(happened[worst], bins.count[worst], z)),
    )  # fmt: skip


def _within(confidence: float, interval: tuple[np.ndarray, np.ndarray]) -> bool:
    return bool(interval[0] <= confidence <= interval[1])
