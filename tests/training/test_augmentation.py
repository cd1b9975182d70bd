"""Distorted digits."""

import numpy as np
import pytest

from digitlab import networks, serving
from digitlab.ink.mnist_format import crop

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
import tensorflow as tf  # noqa: E402

from digitlab.training import augmentation  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


@pytest.mark.parametrize("kind", augmentation.KINDS)
def test_distortions_keep_range_and_identity_of_seeds(packaged, kind):
    distort = augmentation.KINDS[kind]
    images = tf.constant(packaged.train.scaled()[:64])
    one, same, other = (distort(images, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 3]))
    assert one.shape == (64, 28, 28)
    assert 0 <= one.min() <= one.max() <= 1
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01
    assert np.abs(one - images.numpy()).mean() > 0.01
    answers = serving.load("cnn").answer(one).probabilities.argmax(axis=1)
    assert (answers == packaged.train.labels[:64]).mean() > 0.9  # distorted, and still the same digits


@pytest.mark.parametrize("kind", augmentation.KINDS)
def test_weaker_distortion_changes_less(packaged, kind):
    images = packaged.train.scaled()[:200]
    strengths = (0.0, 0.3, 1.0)
    changes = [
        np.abs(augmentation.KINDS[kind](tf.constant(images), tf.constant([1, 2]), strength) - images).mean(axis=(1, 2))
        for strength in strengths
    ]
    assert np.median(changes[0]) == pytest.approx(0, abs=1e-6)
    assert np.median(changes[0]) < np.median(changes[1]) < np.median(changes[2])


def test_every_kind_of_distortion_can_be_asked_for():
    assert ("none", *augmentation.KINDS) == networks.HYPERPARAMETERS["augment"].choices


def test_some_drawn_digits_are_tilted_far_and_most_are_not():
    bar = np.zeros((400, 28, 28), np.float32)
    bar[:, 4:24, 13:15] = 1
    drawn_bars = augmentation.drawn(tf.constant(bar), tf.constant([1, 1])).numpy()
    y, x = np.mgrid[:28, :28] - 13.5
    weight = drawn_bars.sum(axis=(1, 2))
    tilts = np.degrees(np.arctan((drawn_bars * x * y).sum(axis=(1, 2)) / (drawn_bars * y * y).sum(axis=(1, 2))))
    assert (weight > 0).all()
    assert 0.03 < np.mean(np.abs(tilts) > 25) < 0.3
    assert np.median(np.abs(tilts)) < 12


def test_a_tilted_digit_fills_its_box_as_ink_makes_it(packaged):
    images = packaged.train.scaled()[::13]  # of all ten digits
    tilted = augmentation.drawn(tf.constant(images), tf.constant([1, 2]), 0.0).numpy()
    is_tilted = np.abs(tilted - images).max(axis=(1, 2)) > 0.01
    assert 30 < is_tilted.sum() < 100
    for before, after in zip(images[is_tilted], tilted[is_tilted], strict=True):
        assert max(crop(after).shape) == pytest.approx(max(crop(before).shape), abs=2)


@pytest.mark.parametrize("kind", augmentation.KINDS)
def test_what_tensorflow_traces_is_what_is_written(packaged, kind):
    images, seed = packaged.train.scaled()[:20], np.array([1, 2])
    distort = augmentation.KINDS[kind]
    np.testing.assert_allclose(distort(images, seed), distort.python_function(images, seed), atol=1e-4)
