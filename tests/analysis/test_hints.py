"""What a state must look like for a hint, and what must not bring one."""

import math

import numpy as np
import pytest

from digitlab.analysis import calibration, hints
from digitlab.analysis.hints import Hint
from digitlab.wording.hints import said

GUESSED = math.log(10)


def epochs(losses, validation=None):
    rows = zip(losses, validation or losses, strict=True)
    return [{"loss": loss, "val_loss": val_loss} for loss, val_loss in rows]


@pytest.mark.parametrize(
    ("losses", "validation", "rate", "rule"),
    [
        ([], [], 1e-3, None),
        ([0.9, 0.4, 0.2], None, 1e-3, None),
        ([2.2], None, 1e-3, None),  # after one epoch at its own rate, who knows
        ([9.4, 8.1], None, 1.0, "diverging"),
        ([0.5, 0.4, 2.4], None, 0.1, "diverging"),
        ([0.5, 0.4, 0.7], None, 0.1, None),
        ([0.5, math.nan], None, 3.0, "broken"),
        ([0.5, math.inf], None, 3.0, "broken"),
        ([2.29, 2.28], None, 1e-6, "crawling"),
        ([2.29, 2.28], None, 1e-3, None),
        ([2.29, 0.5], None, 1e-6, None),
        ([0.3, 0.1, 0.01], [0.2, 0.1, 0.14], 1e-3, "overfitting"),
        ([0.3, 0.1, 0.2], [0.2, 0.1, 0.14], 1e-3, None),  # both rise
        ([0.3, 0.1, 0.01], [0.2, 0.1, 0.101], 1e-3, None),  # hardly
    ],
)
def test_a_training(losses, validation, rate, rule):
    found = hints.of_training(epochs(losses, validation), rate, 1e-3)
    assert [hint.rule for hint in found] == ([rule] if rule else [])
    for hint in found:
        assert f"{rate:g}" in said(hint) or rule == "overfitting"


def test_no_rate_is_called_low_where_none_can_be_compared():
    assert hints.crawling([2.29, 2.28], 1e-6, None) is None


def test_what_a_training_is_told():
    assert "since epoch 2, validation loss has risen from 0.100 to 0.140" in said(
        hints.overfitting([0.3, 0.1, 0.01], [0.2, 0.1, 0.14])
    )
    assert "2.40 nats now, and guessing has 2.30" in said(hints.diverging([0.5, 2.4], 0.1))
    assert "try 0.01." in said(hints.diverging([0.5, 2.4], 0.1))


@pytest.mark.parametrize(
    ("states", "count"),
    [
        (["finished"] + 5 * ["pruned"], 5),
        (["finished"] + 4 * ["pruned"], None),
        (["finished", *(6 * ["pruned"]), "finished"], None),
        (["finished", *(6 * ["pruned"]), "running"], 6),
        (6 * ["finished"], None),
        ([], None),
    ],
)
def test_a_sweep_that_prunes_everything(states, count):
    hint = hints.prunes_everything(states)
    assert hint == (Hint("prunes_everything", {"count": count}) if count else None)
    assert hint is None or f"All {count} trials" in said(hint)


def curve(confidence, right):
    probabilities = np.full((len(right), 10), 0.0)
    probabilities[:, 0] = confidence
    return calibration.selective(probabilities, np.where(right, 0, 1))


def test_a_confidence_that_is_never_wrong():
    hint = hints.never_wrong(curve([0.99, 0.98, 0.97, 0.9, 0.8], [True, True, True, False, True]))
    assert (hint.numbers["least"], hint.numbers["count"]) == (0.97, 3)
    assert said(hint).startswith("All 3 answers that are 97.0% sure or more are right.")
    assert "more than one in 2 such answers" in said(hint)  # at 95%, three right ones rule out no less
    assert hints.never_wrong(curve([0.99, 0.98], [False, True])) is None
    many = hints.never_wrong(curve(np.linspace(0.5, 1, 3000), np.full(3000, True)))
    assert "more than one in 1,002 such answers" in said(many)
    assert said(hints.never_wrong(curve([0.9, 0.8], [True, False]))).endswith("there is only 1 of them.")


def test_few_digits_say_little():
    assert hints.too_few(0, 0) is None
    assert hints.too_few(4950, 5000) is None
    hint = hints.too_few(19, 20)
    assert "19 of 20 are too few" in said(hint)
    assert "anything from 76% to 99%" in said(hint)


def test_what_would_be_more_than_chance():
    assert hints.within_chance(5, 5, 1.0) is None  # neither is better
    assert hints.within_chance(2, 9, 0.07) is None  # it is worse
    assert hints.within_chance(40, 10, 0.0001) is None
    hint = hints.within_chance(12, 8, 0.5)
    needed = hint.numbers["needed"]
    from scipy.stats import binomtest

    assert binomtest(8, 8 + needed).pvalue <= 0.05 < binomtest(8, 7 + needed).pvalue
    assert f"With 8 lost, {needed} gained would be more than chance; there are 12." in said(hint)


@pytest.mark.parametrize(
    ("extent", "is_small"), [((30, 60), True), ((90, 20), False), ((0, 0), False), ((20, 200), False)]
)
def test_a_small_drawing(extent, is_small):
    hint = hints.small_drawing(extent, (280, 280))
    assert (hint is not None) == is_small
    assert hint is None or said(hint).startswith("This is small.")
