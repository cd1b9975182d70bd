"""Matrices, reports and words."""

import numpy as np
import pytest
from sklearn import metrics

from digitlab.analysis import confusion, held_out
from digitlab.models import store
from digitlab.wording import confusion as words
from tests.analysis.held import SPLITS


@pytest.mark.parametrize("name", store.names())
@pytest.mark.parametrize("split", SPLITS)
def test_matrix_report_and_f1_are_scikit_learns(name, split):
    held = held_out.read(split, [name])
    answers = held.answers(name)
    counts = confusion.matrix(held.labels, answers)
    np.testing.assert_array_equal(counts, metrics.confusion_matrix(held.labels, answers, labels=range(10)))
    found = confusion.report(held.labels, answers)
    each = metrics.precision_recall_fscore_support(held.labels, answers, labels=range(10))
    for column, expected in zip(("precision", "recall", "f1", "support"), each, strict=True):
        np.testing.assert_allclose(found[column][:10], expected)
    for row, average in ((10, "macro"), (11, "weighted")):
        expected = metrics.precision_recall_fscore_support(held.labels, answers, average=average)[:3]
        np.testing.assert_allclose([found[column][row] for column in ("precision", "recall", "f1")], expected)
    assert found["f1"][10] == pytest.approx(store.read(name).run["metrics"][split]["f1"])
    assert found["support"][10] == found["support"][11] == len(held.labels)


def test_worst_pairs_and_words():
    counts = confusion.matrix(np.array([4, 4, 4, 9, 4]), np.array([9, 9, 4, 4, 9]))
    assert [words.pair(mistake) for mistake in confusion.worst_pairs(counts)] == [
        "a 4 taken for a 9: 3 times, 75.0% of all fours",
        "a 9 taken for a 4: once, 100.0% of all nines",
    ]
    assert words.cell(counts, 4, 4) == "fours read as fours: 1 of 4, 25.0%"
    assert words.cell(counts, 4, 3) == "fours read as threes: 0 of 4, 0.0%"
    assert words.cell(counts, 5, 5) == "fives read as fives: 0 of 0, 0.0%"


def test_shares_by_row_and_by_column():
    counts = np.zeros((10, 10), np.int64)
    counts[4, 4], counts[4, 9], counts[9, 9] = 3, 1, 4
    assert confusion.shares(counts, "counts") is counts
    assert confusion.shares(counts, "% of true")[4, 9] == 0.25
    assert confusion.shares(counts, "% of answers")[4, 9] == 0.2
    assert confusion.shares(counts, "% of answers")[:, 0].sum() == 0
