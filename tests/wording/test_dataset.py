"""MNIST in words."""

import numpy as np
import pytest

from digitlab.analysis import dataset
from digitlab.data import mnist
from digitlab.data.mnist import Split
from digitlab.wording import dataset as words
from digitlab.wording import digits
from tests.digits import tiny


@pytest.fixture(scope="module")
def packaged() -> dataset.Summary:
    return dataset.summarise(mnist.packaged())


def test_overview_says_which_splits_are_missing(packaged):
    rows = words.overview({"validation": packaged})
    assert [row["Split"] for row in rows] == ["train", "validation", "test"]
    assert [row["Exactly 0"] for row in rows] == ["not here", "80.7%", "not here"]
    assert rows[1]["Shape"] == "(5000, 28, 28)"


def test_classes_and_pixels(packaged):
    assert words.classes({"validation": packaged}).startswith("Among the validation digits, each occurs 500 times")
    uneven = dataset.summarise(Split(np.concatenate([tiny().images] * 2)[:21], np.append(tiny().labels, np.uint8(3))))
    assert "validation" in words.classes({"validation": packaged, "test": uneven})  # the larger one speaks
    assert "3 is the most frequent (3) and 0 the rarest (2): always guessing 3 would be right for 14.3%" in (
        words.classes({"test": uneven})
    )
    assert "80.7% of all pixels are exactly 0" in words.pixels({"validation": packaged})


def test_averages_have_ten_captions(packaged):
    rows = words.averages(packaged)
    assert [title for title, *_ in rows] == ["Average", "Variation", "Most typical", "Most unusual"]
    assert all(len(captions) == 10 for *_, captions in rows)
    assert rows[2][2][0] == f"0: {packaged.typical_distances[0]:.1f}"


def test_answers_are_marked_right_or_wrong():
    assert (digits.caption(4, 4), digits.caption(4, 9)) == ("4 ✓", "4 ✗ is 9")


def test_rows_are_laid_end_to_end():
    said = words.flattening(7, 2)
    assert "Labelled **7**. **Row 2 becomes inputs 56 to 83.**" in said
    assert "28 · 2 + 5 = 61" in said


def test_models_that_may_know_a_digit():
    assert words.may_know(["cnn"]).startswith("cnn may know this digit")
    assert words.may_know(["a", "b", "c"]).startswith("a, b and c may know")
