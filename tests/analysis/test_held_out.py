"""Digits no model has trained on, and what was answered to them."""

import numpy as np

from digitlab.analysis import held_out
from digitlab.data import mnist


def test_contested_labels_are_those_of_the_test_set(full_mnist):
    assert len(held_out.CONTESTED) == 15
    for index, (given_label, guess, *votes) in held_out.CONTESTED.items():
        assert full_mnist.test.labels[index] == given_label != guess
        assert sum(votes) == 5
        assert votes[0] < 3


def test_packaged_models_are_seen_on_digits_they_have_not_trained_on(small):
    held = held_out.read("validation", ["dnn", small])
    assert len(held.labels) == 1000
    np.testing.assert_array_equal(held.probabilities["dnn"], held.probabilities[small])
    np.testing.assert_array_equal(held.labels, mnist.packaged().labels[held.indices])
