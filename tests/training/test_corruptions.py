"""Corruptions of training pictures."""

import numpy as np
import pytest
import tensorflow as tf

from digitlab.data import mnist
from digitlab.training import corruptions

SEED = tf.constant([1, 2])


@pytest.fixture(scope="module")
def digits():
    return mnist.packaged().scaled()[::25]


def test_the_same_seed_corrupts_alike_and_another_one_otherwise(digits):
    one, same, other = (corruptions.corrupted(digits, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 3]))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.02


def test_pictures_keep_their_format_and_most_of_them_change(digits):
    made = corruptions.corrupted(digits, SEED).numpy()
    assert (made.shape, made.dtype) == (digits.shape, np.float32)
    assert made.min() >= 0
    assert made.max() <= 1
    changed = np.abs(made - digits).max(axis=(1, 2)) > 0.05
    assert 0.8 < changed.mean() < 1


KINDS = (
    "moved", "outlined", "patched", "crossed", "spattered", "blurred", "faded", "fogged", "noisy", "peppered",
    "inverted",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_pictures_each_in_its_own_way(kind, digits):
    same = np.repeat(digits[3:4], 50, axis=0)
    made = getattr(corruptions, f"_{kind}")(tf.constant(same), SEED).numpy()
    assert np.abs(made - same).mean() > 0.01
    if kind not in {"outlined", "inverted"}:
        assert np.abs(made[0] - made[1]).mean() > 0.001


def test_a_background_is_added_and_ink_stays_the_brightest(digits):
    made = corruptions._faded(tf.constant(digits), SEED).numpy()
    corners = made[:, :2, :2].mean(axis=(1, 2))
    assert np.ptp(corners) > 0.5
    blank = corruptions._faded(tf.zeros_like(tf.constant(digits)), SEED).numpy()
    np.testing.assert_array_less(0.05, (made - blank)[digits > 0.9])
