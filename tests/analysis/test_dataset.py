"""MNIST in numbers."""

import numpy as np
import pytest

from digitlab.analysis import dataset
from digitlab.data import mnist
from digitlab.data.mnist import Split
from digitlab.errors import UnknownModel
from digitlab.models import store
from tests.digits import tiny


@pytest.fixture(scope="module")
def packaged() -> dataset.Summary:
    return dataset.summarise(mnist.packaged())


def test_counts():
    found = dataset.summarise(tiny())
    assert found.classes.tolist() == [2] * 10
    full_ink = sum(range(1, 11))
    assert (found.pixels[255], found.pixels[0]) == (full_ink, 20 * 784 - full_ink)
    assert found.pixels.sum() == 20 * 784


def test_counts_of_more_than_one_portion():
    images = np.full((5001, 28, 28), 7, np.uint8)
    images[-1] = 9
    labels = np.arange(5001, dtype=np.uint8) % 10
    counts = dataset.summarise(Split(images, labels)).pixels
    assert (counts[7], counts[9], counts.sum()) == (5000 * 784, 784, 5001 * 784)


def test_average_and_variation_of_ink_and_none():
    found = dataset.summarise(tiny())
    for digit in range(10):
        inked = np.arange(784) <= digit
        np.testing.assert_array_equal(found.means[digit].ravel(), np.where(inked, 128, 0))
        np.testing.assert_array_equal(found.deviations[digit].ravel(), np.where(inked, 255, 0))
        assert found.spreads[digit] == pytest.approx(np.sqrt(digit + 1) / 2)


def test_extremes_are_the_nearest_and_the_farthest_example():
    images = np.zeros((40, 28, 28), np.uint8)
    labels = np.tile(np.arange(10, dtype=np.uint8), 4)
    images[20:30, 0, 0] = 51
    images[30:, 0, 0] = 255  # values 0, 0, 0.2 and 1: their average is 0.3
    found = dataset.summarise(Split(images, labels))
    assert found.typical.tolist() == list(range(20, 30))
    assert found.unusual.tolist() == list(range(30, 40))
    np.testing.assert_allclose(found.typical_distances, 0.1, atol=1e-6)
    np.testing.assert_allclose(found.unusual_distances, 0.7, atol=1e-6)


def test_a_digit_without_examples_has_no_average():
    with pytest.raises(ValueError, match="digit 9"):
        dataset.summarise(Split(tiny().images[:18], tiny().labels[:18]))


def test_averages_of_the_packaged_digits(packaged):
    digits = mnist.packaged()
    zeros = digits.images[digits.labels == 0]
    np.testing.assert_allclose(packaged.means[0], zeros.mean(axis=0), atol=0.51)
    np.testing.assert_allclose(packaged.deviations[0], np.minimum(2 * zeros.std(axis=0), 255), atol=0.51)
    assert (digits.labels[packaged.typical] == np.arange(10)).all()
    assert (packaged.typical_distances < packaged.spreads).all()
    assert (packaged.spreads < packaged.unusual_distances).all()
    pictures = packaged.pictures(digits.images)
    assert [row.shape for row in pictures] == [(10, 28, 28)] * 4
    np.testing.assert_array_equal(pictures[2], digits.images[packaged.typical])


def test_splits_at_hand(no_mnist):
    found = dataset.splits()
    assert {name: len(split) for name, split in found.items()} == {"validation": 5000}


def test_splits_of_full_mnist(full_mnist):
    found = dataset.splits()
    assert {name: len(split) for name, split in found.items()} == dataset.SPLITS


def test_sample_is_the_same_for_the_same_seed():
    labels = mnist.packaged().labels
    chosen = dataset.sample(labels, None, 3)
    np.testing.assert_array_equal(chosen, dataset.sample(labels, None, 3))
    assert chosen.tolist() != dataset.sample(labels, None, 4).tolist()
    assert len(set(chosen.tolist())) == 64


@pytest.mark.parametrize("digit", [0, 9])
def test_sample_of_one_digit(digit):
    labels = mnist.packaged().labels
    assert set(labels[dataset.sample(labels, digit, 0)].tolist()) == {digit}
    assert dataset.sample(tiny().labels, digit, 0).tolist() in ([2 * digit, 2 * digit + 1], [2 * digit + 1, 2 * digit])


def test_answers():
    digits = mnist.packaged()
    chosen = dataset.sample(digits.labels, 4, 0, count=8)
    assert dataset.answers("cnn", digits.images[chosen]).tolist() == [4] * 8
    with pytest.raises(UnknownModel):
        dataset.answers("none", digits.images[:1])


def test_which_digits_a_model_may_know():
    source = store.read("cnn").run["data"]["source"]
    expected = {"train": True, "validation": source == "packaged", "test": False}
    assert {split: dataset.may_know("cnn", split) for split in expected} == expected


def test_rows_are_laid_end_to_end():
    assert [dataset.row_inputs(row) for row in (0, 1, 27)] == [(0, 27), (28, 55), (756, 783)]
    image = np.arange(784).reshape(28, 28)
    for row in range(28):
        first, last = dataset.row_inputs(row)
        np.testing.assert_array_equal(image.ravel()[first : last + 1], image[row])
