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

EQUAL_WIDTH, CLOSE_UP, EQUAL_COUNT = BINNINGS = ("equal width", "90 to 100%", "equal count")
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


def explain(probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Whether a model is over- or under-confident, by how much and where most, in words; arguments as for
    `reliability`."""
    confidence, right = graded(probabilities, labels)
    sure, accuracy = float(confidence.mean(dtype=float)), float(right.mean())
    low, high = (float(end) for end in evaluation.wilson(right.sum(), len(right)))
    facts = f"{sure:.2%} sure on average, right on {accuracy:.2%}"
    if low <= sure <= high:
        verdict = f"As sure as it is right, as far as {len(right):,} digits can tell: {facts}."
    else:
        leaning = "Over-confident" if sure > accuracy else "Under-confident"
        verdict = f"{leaning} by {100 * abs(sure - accuracy):.2f} points: {facts}."
    found = reliability(probabilities, labels)
    filled = np.flatnonzero(found.count)
    expected, happened = found.confidence * found.count, found.accuracy * found.count
    worst = filled[np.abs(expected - happened)[filled].argmax()]
    # With many bins, one may look bad by chance. So the interval is wider: in 95% of cases, it holds for all bins.
    z = NormalDist().inv_cdf(1 - 0.025 / len(filled))
    low, high = (float(end) for end in evaluation.wilson(happened[worst], found.count[worst], z))
    chance = "; chance alone may do that" if low <= found.confidence[worst] <= high else ""
    return (
        f"{verdict} Furthest off from {found.edges[worst]:.0%} to {found.edges[worst + 1]:.0%} sure: of "
        f"{found.count[worst]:,} answers there, {expected[worst]:,.0f} should be right and {happened[worst]:,.0f} "
        f"are{chance}."
    )


def price(curve: Selective, accuracy: float = WANTED) -> str:
    """How many digits a model must refuse to reach a wanted accuracy in [0, 1], in words."""
    choice = curve.threshold_for(accuracy)
    if choice is None:
        return f"No confidence makes its answers {accuracy:.1%} right: mistakes are among its surest."
    refused = choice.digits - choice.answered
    if not refused:
        return f"It is {accuracy:.1%} right without refusing a digit."
    return (
        f"To be {accuracy:.1%} right, it has to refuse {refused:,} of {choice.digits:,} digits "
        f"({refused / choice.digits:.1%}): every one it is less than {certainty(choice.least)} sure of."
    )


def outcome(choice: Choice) -> str:
    """The outcome of a threshold in words: how many wrong answers are left, and how many right ones are refused."""
    if not choice.answered:
        return f"It refuses all {choice.digits:,} digits."
    all_wrong = choice.wrong + choice.wrong_refused
    return (
        f"Wrong answers left: {choice.wrong:,} of {all_wrong:,}. "
        f"Right answers refused: {choice.right_refused:,} of {choice.digits - all_wrong:,}."
    )


def certainty(confidence: float) -> str:
    """A confidence in [0, 1] in per cent, with enough decimals to distinguish it from 100%."""
    doubt = 1 - confidence
    if doubt < 1e-8:
        return "100%"
    return f"{confidence:.{max(1, math.ceil(-math.log10(doubt)) - 2)}%}"
