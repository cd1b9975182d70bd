"""Drawings made from MNIST and from type."""

import numpy as np
import pytest
from scipy import ndimage

from digitlab.data import drawn, mnist
from digitlab.handwriting import drawings, hands


@pytest.fixture
def eight():
    digits = mnist.packaged()
    return digits.images[digits.labels == 8][3]


def test_a_small_drawing_has_its_gaps_filled_and_a_large_one_not(eight):
    small, large = (drawings.redrawn(eight, size) for size in (38, 250))
    assert np.corrcoef(large.ravel(), eight.ravel())[0, 1] > 0.85
    assert (holes(large), holes(small)) == (2, 0)


def holes(image):
    return ndimage.label(image < 0.5)[1] - 1


def test_an_empty_image_is_left_as_it_is():
    assert not drawings.redrawn(np.zeros((28, 28), np.uint8), 100).any()


def test_what_ships_can_be_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(drawn, "FILE", tmp_path / "drawn.npz")
    for name in ("SIGN_COUNT", "SCRIBBLE_COUNT", "PAIR_COUNT", "LETTER_COUNT"):
        monkeypatch.setattr(drawings, name, 3)
    for name in ("DIGIT_COUNT", "WRITTEN_COUNT"):
        monkeypatch.setattr(drawings, name, 5)
    digits = mnist.packaged()
    data = mnist.Mnist(digits, digits, test=None, source="packaged")
    made = []
    for _ in range(2):
        drawings.make(data)
        drawn.load.cache_clear()
        made.append(drawn.load())
    drawn.load.cache_clear()
    one, same = made
    assert (len(one.digits), len(one.written), len(one.non_digits)) == (5, 5, 12)
    assert one.written.labels.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(one.non_digits, same.non_digits)
    np.testing.assert_array_equal(one.digits.images, same.digits.images)
    np.testing.assert_array_equal(one.written.images, same.written.images)
    assert len({image.tobytes() for image in one.non_digits}) == 12


def test_the_file_that_ships_is_what_the_code_makes(full_mnist, tmp_path, monkeypatch):
    """Its first digits at least; all of it takes a minute."""
    shipped = drawn.load()
    generator = np.random.default_rng(1)
    chosen = generator.permutation(len(full_mnist.train))[: drawings.DIGIT_COUNT]
    for at in range(20):
        again = np.round(drawings.legible(full_mnist.train.images[chosen[at]], generator) * 255)
        np.testing.assert_allclose(shipped.digits.images[at], again, atol=1)


def test_digits_are_redrawn_at_sizes_at_which_they_can_be_read():
    generator = np.random.default_rng(0)
    for image in mnist.packaged().images[:40]:
        assert hands.is_legible(drawings.legible(image, generator), clear_of(image))
    blots = [drawings.redrawn(image, drawings.SMALLEST_PX) for image in mnist.packaged().images[:40]]
    assert not all(hands.is_legible(*pair) for pair in zip(blots, map(clear_of, mnist.packaged().images), strict=False))


def clear_of(image: np.ndarray) -> np.ndarray:
    return drawings.redrawn(image, drawings.LARGEST_PX)
