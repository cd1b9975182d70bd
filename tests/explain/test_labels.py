"""Labels that the models and the nearest training digits contradict."""

import shutil

import numpy as np
import pytest

from digitlab import collection, ink, serving
from digitlab.data import mnist
from digitlab.data.mnist import Split
from digitlab.explain import index, labels
from digitlab.models import store
from digitlab.pixels import to_bytes
from tests import drawings


@pytest.fixture(autouse=True)
def few_digits(monkeypatch):
    """The nearest are looked for among a tenth of the digits that ship."""
    digits = mnist.packaged()
    few = Split(digits.images[::10], digits.labels[::10])
    labels._of_shipped.cache_clear()
    monkeypatch.setattr(mnist, "packaged", lambda: few)
    yield
    labels._of_shipped.cache_clear()


def keep(digit: int, label: int, at: int) -> int | None:
    pixels = to_bytes(ink.read(drawings.canvas(digit)).pixels)
    number = collection.keep(f"{at:032x}", {}, pixels, {})
    collection.label_of(f"{at:032x}", label)
    return number


def test_wrong_labels_are_found_and_right_ones_are_not():
    right = [keep(digit, digit, digit) for digit in range(10)]
    wrong = [keep(digit, (digit + 5) % 10, 10 + digit) for digit in range(10)]
    check = labels.of_room()
    assert (check.labels, check.missing) == (20, ())
    assert list(check.numbers) == sorted(wrong, reverse=True)
    assert not set(check.numbers) & set(right)
    first = check.disputed[0]
    assert (first.label, first.suggestion) == (4, 9)
    for name in store.FLAGSHIPS:
        said = first.against[name]
        assert (said.digit, said.is_digit, len(said.nearest)) == (9, True, labels.NEAREST)
        assert said.nearest.count(9) > labels.NEAREST / 2


def test_what_no_model_takes_for_a_digit_is_disputed_whatever_its_label():
    scribble = np.zeros((28, 28), np.uint8)
    scribble[4:24:4, 4:24] = scribble[4:24, 4:24:4] = 255
    for label in range(10):
        collection.keep(f"{label:032x}", {}, scribble, {})
        collection.label_of(f"{label:032x}", label)
    check = labels.of_room()
    assert len(check.disputed) == 10
    assert {one.suggestion for one in check.disputed} == {collection.NOT_A_DIGIT}


def test_what_a_presenter_has_decided_is_not_asked_again():
    kept, changed, stays = (keep(digit, 3, digit) for digit in (1, 4, 7))
    keep(8, collection.NOT_A_DIGIT, 8)
    assert set(labels.of_room().numbers) == {kept, changed, stays}
    collection.label(kept, 3)
    collection.label(changed, 4)
    check = labels.of_room()
    assert (check.numbers, check.labels) == ((stays,), 1)


def test_a_model_that_is_missing_is_told_and_the_other_one_decides(models_dir):
    wrong = keep(1, 7, 1)
    shutil.rmtree(models_dir / "cnn")
    check = labels.of_room()
    assert (check.numbers, check.missing) == ((wrong,), ("cnn",))
    check = labels.check(*collection.digits(), [])
    assert (check.numbers, check.missing) == ((), store.FLAGSHIPS)


def test_without_drawings_no_model_is_asked(monkeypatch):
    monkeypatch.setattr(labels, "answers", pytest.fail)
    assert labels.of_room() == labels.Check(0, [], (), {})


def test_labels_near_are_those_of_the_nearest_digits():
    model = serving.load("dnn")
    made = index.make(model, "validation", mnist.packaged(), 50)
    some = made.pictures(np.arange(0, 500, 7))
    embeddings = labels.answers(model, some).embedding
    near = made.labels_near(embeddings, 5)
    assert near.shape == (len(some), 5)
    np.testing.assert_array_equal(near[:, 0], made.labels[::7])  # each is nearest to itself
    for at in range(0, len(some), 10):
        np.testing.assert_array_equal(near[at], made.labels[made.candidates(embeddings[at : at + 1])[:5]])
