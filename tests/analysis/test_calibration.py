"""Reliability, selective answers and what is said of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import binomtest

from digitlab.analysis import calibration, evaluation, held_out
from digitlab.analysis.answers import probabilities
from digitlab.analysis.calibration import CLOSE_UP, EQUAL_COUNT, EQUAL_WIDTH, HISTOGRAM_EDGES
from digitlab.data import mnist
from digitlab.models import store
from digitlab.wording import calibration as words
from digitlab.wording import parts


def answered(confidence, right):
    """Probabilities and labels of answers that are so sure, and right or not."""
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=bool)
    probabilities = np.repeat((1 - confidence)[:, None] / 9, 10, axis=1)
    probabilities[:, 3] = confidence
    return probabilities, np.where(right, 3, 7).astype(np.uint8)


CALIBRATED = answered([0.75] * 8, [1, 1, 1, 0] * 2)


OVERCONFIDENT = answered([0.75] * 400, [1, 0, 0, 0] * 100)


ALL_RIGHT = answered([0.75] * 400, [1] * 400)


MIXED = answered([0.95, 0.9, 0.9, 0.8, 0.5], [1, 1, 0, 1, 0])


@st.composite
def any_answers(draw):
    count = draw(st.integers(1, 60))
    confidence = draw(arrays.arrays(np.float32, count, elements=st.floats(0.125, 1, width=32)))
    return answered(confidence, draw(arrays.arrays(bool, count)))


def test_reliability_of_the_calibrated():
    found = calibration.reliability(*CALIBRATED)
    assert list(found.edges) == pytest.approx([place / 15 for place in range(16)])
    assert list(found.count) == [0] * 11 + [8] + [0] * 3
    assert (found.confidence[11], found.accuracy[11]) == (0.75, 0.75)
    interval = binomtest(6, 8).proportion_ci(method="wilson")
    assert (found.low[11], found.high[11]) == pytest.approx(tuple(interval), abs=1e-6)
    assert np.isnan(found.accuracy[[0, 14]]).all()
    assert evaluation.calibration_error(*CALIBRATED) == 0


def test_reliability_of_the_overconfident():
    found = calibration.reliability(*OVERCONFIDENT)
    assert (found.confidence[11], found.accuracy[11]) == (0.75, 0.25)
    assert found.high[11] < found.confidence[11]
    assert evaluation.calibration_error(*OVERCONFIDENT) == 0.5


def test_close_up_leaves_out_the_less_sure():
    found = calibration.reliability(*answered([0.5, 0.9, 0.96, 1], [1, 1, 0, 1]), bins=2, by=CLOSE_UP)
    assert list(found.edges) == pytest.approx([0.9, 0.95, 1])
    assert list(found.count) == [1, 2]
    assert list(found.accuracy) == [1, 0.5]


def test_equal_count_keeps_equally_sure_answers_together():
    spread = calibration.reliability(*answered([0.6, 0.9, 0.7, 0.8], [0, 1, 1, 1]), bins=2, by=EQUAL_COUNT)
    assert list(spread.count) == [2, 2]
    assert list(spread.edges) == [0.6, 0.8, 0.9]
    assert list(spread.accuracy) == [0.5, 1]
    tied = calibration.reliability(*answered([0.6, 1, 1, 1, 1, 1], [1] * 6), bins=3, by=EQUAL_COUNT)
    assert list(tied.count) == [1, 5]
    alike = calibration.reliability(*CALIBRATED, by=EQUAL_COUNT)
    assert list(alike.count) == [8]


@given(any_answers(), st.integers(1, 20), st.sampled_from([EQUAL_WIDTH, EQUAL_COUNT]))
def test_bins_hold_every_answer_once(answers, bins, by):
    found = calibration.reliability(*answers, bins, by=by)
    assert found.count.sum() == len(answers[1])
    assert len(found.edges) == len(found.count) + 1
    filled = found.count > 0
    assert ((found.low <= found.accuracy + 1e-12) & (found.accuracy <= found.high + 1e-12))[filled].all()
    assert (found.accuracy * found.count)[filled].sum() == pytest.approx(calibration.graded(*answers)[1].sum())


@given(any_answers())
def test_bins_give_the_calibration_error(answers):
    assert _error(calibration.reliability(*answers)) == pytest.approx(evaluation.calibration_error(*answers), abs=1e-6)


@pytest.mark.parametrize("name", store.names())
def test_bins_give_the_committed_calibration_error(name):
    stored = store.read(name)
    answers = probabilities(stored, "validation"), mnist.packaged().labels
    error = _error(calibration.reliability(*answers))
    assert error == pytest.approx(evaluation.calibration_error(*answers), abs=1e-6)
    assert error == pytest.approx(stored.run["metrics"]["validation"]["calibration_error"], abs=1e-5)


@pytest.mark.parametrize("name", store.names())
def test_bins_give_the_calibration_error_on_test_digits(name, full_mnist):
    answers = probabilities(store.read(name), "test"), full_mnist.test.labels
    error = _error(calibration.reliability(*answers))
    assert error == pytest.approx(evaluation.calibration_error(*answers), abs=1e-6)


def _error(found):
    gaps = np.nan_to_num(found.confidence - found.accuracy)
    return float((np.abs(gaps) * found.count).sum() / found.count.sum())


@pytest.mark.parametrize(("right", "count"), [(0, 1), (1, 1), (0, 500), (9, 10), (9961, 10_000)])
def test_wilson_is_scipys(right, count):
    expected = binomtest(right, count).proportion_ci(method="wilson")
    assert evaluation.wilson(right, count) == pytest.approx(tuple(expected), abs=1e-6)


def test_histogram_counts_right_and_wrong_apart():
    right, wrong = calibration.confidence_histogram(*MIXED, np.array([0, 0.6, 0.9, 1]))
    assert (list(right), list(wrong)) == ([0, 1, 2], [1, 0, 1])
    right, wrong = calibration.confidence_histogram(*MIXED, np.array([0.9, 1]))
    assert (list(right), list(wrong)) == ([2], [1])
    assert words.surest(np.array([0, 0.6, 0.9, 1]), np.array([0, 1, 2]), np.array([1, 0, 1])) == (
        "2 of 3 right and 1 of 2 wrong answers are 90% sure or more."
    )


@given(any_answers(), st.sampled_from([EQUAL_WIDTH, EQUAL_COUNT]))
def test_histogram_holds_every_answer_once(answers, by):
    right, wrong = calibration.confidence_histogram(*answers, HISTOGRAM_EDGES[by])
    assert right.sum() + wrong.sum() == len(answers[1])


def test_selective_by_hand():
    curve = calibration.selective(*MIXED)
    assert list(curve.least) == [0.95, 0.9, 0.8, 0.5]
    assert list(curve.answered) == [1, 3, 4, 5]
    assert list(curve.wrong) == [0, 1, 1, 2]
    assert list(curve.share) == [0.2, 0.6, 0.8, 1]
    assert list(curve.accuracy) == pytest.approx([1, 2 / 3, 3 / 4, 3 / 5])


def test_choice_by_hand():
    curve = calibration.selective(*MIXED)
    choice = curve.at(0.85)
    assert (choice.answered, choice.wrong, choice.right_refused, choice.wrong_refused) == (3, 1, 1, 1)
    assert (choice.share, choice.accuracy) == (0.6, pytest.approx(2 / 3))
    assert curve.at(0.9).answered == 3  # exactly so sure is sure enough
    nothing = curve.at(0.96)
    assert (nothing.answered, nothing.right_refused, nothing.wrong_refused) == (0, 3, 2)
    assert math.isnan(nothing.accuracy)
    assert words.outcome(nothing) == "It refuses all 5 digits."
    assert words.outcome(choice) == "Wrong answers left: 1 of 2. Right answers refused: 1 of 3."


def test_threshold_answers_as_many_as_it_can():
    curve = calibration.selective(*MIXED)
    # 3/4 is reached by answering 4, though answering 3 gives less.
    assert (curve.threshold_for(0.75).least, curve.threshold_for(0.75).share) == (0.8, 0.8)
    assert curve.threshold_for(1).answered == 1
    assert curve.threshold_for(0.6).answered == 5
    assert calibration.selective(*answered([0.9, 0.8], [0, 1])).threshold_for(0.9) is None


@given(any_answers(), st.floats(0, 1), st.floats(0, 1))
def test_selective_properties(answers, wanted, least):
    curve = calibration.selective(*answers)
    assert (np.diff(curve.least) < 0).all()
    assert (np.diff(curve.share) > 0).all()
    assert (np.diff(curve.wrong) >= 0).all()
    assert curve.share[-1] == 1
    assert curve.accuracy[-1] == pytest.approx(calibration.graded(*answers)[1].mean())
    found = curve.threshold_for(wanted)
    if found is None:
        assert (curve.accuracy < wanted).all()
    else:
        assert found.accuracy >= wanted
        assert (curve.accuracy[curve.answered > found.answered] < wanted).all()
    choice = curve.at(least)
    assert choice.answered == (calibration.graded(*answers)[0] >= least).sum()
    assert choice.answered + choice.right_refused + choice.wrong_refused == choice.digits == len(answers[1])
    more = curve.at(min(1.0, least + 0.1))
    assert more.answered <= choice.answered


def said(*answers):
    return words.balance(calibration.balance(*answers))


def test_verdicts():
    assert said(*CALIBRATED) == (
        "Well calibrated, as far as 8 digits can tell: 75.00% sure on average, right on 75.00%. Furthest off "
        "from 73% to 80% sure: of 8 answers there, 6 should be right and 6 are, which may be chance."
    )
    assert said(*OVERCONFIDENT) == (
        "Over-confident by 50.00 points: 75.00% sure on average, right on 25.00%. Furthest off from 73% to 80% sure: "
        "of 400 answers there, 300 should be right and 100 are."
    )
    assert said(*ALL_RIGHT).startswith("Under-confident by 25.00 points: ")


def test_prices():
    assert words.price(calibration.selective(*MIXED), 0.75) == (
        "To be 75.0% right, it has to refuse 1 of 5 digits (20.0%): every one it is less than 80.0% sure of."
    )
    assert words.price(calibration.selective(*ALL_RIGHT)) == "It is 99.9% right without refusing a digit."
    assert "mistakes are among its surest" in words.price(calibration.selective(*CALIBRATED))


@pytest.mark.parametrize(
    ("confidence", "told"),
    [(0.5, "50.0%"), (0.934, "93.4%"), (0.995, "99.5%"), (0.99996, "99.996%"), (1 - 2e-7, "99.99998%"), (1, "100%")],
)
def test_certainty_never_rounds_to_certain(confidence, told):
    assert parts.certainty(confidence) == told


@pytest.fixture(scope="module")
def validation():
    return held_out.read("validation", ["dnn", "cnn"])
