"""What is said of labels that the models dispute."""

import numpy as np
import pytest

from digitlab.explain.labels import Check, Contradiction, Disputed
from digitlab.wording import labels

BLANK = np.zeros((28, 28), np.uint8)


@pytest.mark.parametrize(
    ("nearest", "words"),
    [
        ([1] * 10, "all 10 nearest digits are labelled 1"),
        ([1] * 9 + [4], "among the 10 nearest digits: 9 labelled 1, none labelled 7"),
        ([1] * 9 + [7], "among the 10 nearest digits: 9 labelled 1, 1 labelled 7"),
        ([1] * 6 + [7] * 4, "among the 10 nearest digits: 6 labelled 1, 4 labelled 7"),
        ([7] * 6 + [1] * 4, "among the 10 nearest digits: 6 labelled 7"),
    ],
)
def test_what_contradicts_a_label(nearest, words):
    against = {"dnn": Contradiction(1, 0.9, True, tuple(nearest)), "cnn": Contradiction(4, 0.5, False, (4,) * 10)}
    dnn, cnn = labels.contradicted(Disputed(5, 7, BLANK, against))
    assert dnn == f"DNN says 1 (90.0%); {words}."
    assert cnn == "CNN says 4? (doubted); all 10 nearest digits are labelled 4."


def test_who_could_not_be_asked_is_told():
    assert labels.asked(Check(64, [], (), {})) == ""
    assert labels.asked(Check(64, [], ("cnn",), {})) == "No whole version of CNN could be asked."
