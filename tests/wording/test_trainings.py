"""A running training, and the end of one, in words."""

import pytest

from digitlab import collection
from digitlab.wording import trainings
from tests.pages.test_retrain import HISTORY, status


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"message": "Reading digits."}, "**cnn**: Reading digits"),
        ({"state": "training", "train": 1000, "left_s": 12.2}, "**cnn**: Epoch 1 of 10 · 1,000 digits · can be"),
        ({"state": "training", "left_s": 120.0}, "can be promoted in about 2 minutes"),
        ({"state": "paused", "history": HISTORY * 10}, "**cnn**: Paused in epoch 10 of 10"),
    ],
)
def test_progress(changes, said):
    training = status(**changes)
    training.recipe["epochs"] = 10
    assert said in trainings.progress(training)


def test_curves():
    assert trainings.curve(status(), "loss") == "Loss by batch; no epoch is done yet"
    said = trainings.curve(status(history=HISTORY), "accuracy")
    assert said == "Accuracy after epoch 1: 0.8000 in training, 0.9000 on validation digits"


def test_singular_and_plural():
    assert "digit is right" not in trainings.right_now(2, 5)
    assert "**1 of these 5** held-out digits is right" in trainings.right_now(1, 5)


def test_teaching_takes_labelled_drawings():
    assert f"It takes {collection.TEACHABLE} drawings" in trainings.teaching(collection.TEACHABLE - 1)
    assert f"From {collection.TEACHABLE} labelled" in trainings.teaching(collection.TEACHABLE)
