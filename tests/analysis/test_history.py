import pytest

from digitlab.analysis import history
from digitlab.serving import store


def made(loss, val_loss, accuracy, val_accuracy, best, augment="none"):
    return history.read(
        {
            "best_epoch": best,
            "recipe": {"augment": augment},
            "history": [
                {
                    "number": number,
                    "elapsed_s": 2.0 * number,
                    "loss": values[0],
                    "val_loss": values[1],
                    "accuracy": values[2],
                    "val_accuracy": values[3],
                }
                for number, values in enumerate(zip(loss, val_loss, accuracy, val_accuracy, strict=True), 1)
            ],
        }
    )


def test_reading():
    read = made([2, 1], [2, 1.5], [0.5, 0.7], [0.4, 0.6], best=2)
    assert (read.best, list(read.epochs), list(read.elapsed_s)) == (1, [1, 2], [2.0, 4.0])


def test_validation_loss_that_turns_up_is_named():
    sentence = history.explain(made([0.3, 0.1, 0.01], [0.2, 0.1, 0.14], [0.9, 0.97, 1.0], [0.92, 0.96, 0.97], best=3))
    assert "turns up after epoch 2, from 0.100 to 0.140 at epoch 3" in sentence


def test_gap_without_turn_is_given_in_points():
    sentence = history.explain(made([0.3, 0.1], [0.3, 0.2], [0.9, 0.99], [0.9, 0.96], best=2))
    assert "a gap of 3.0 points" in sentence


def test_distorted_training_digits_are_harder():
    sentence = history.explain(made([0.3], [0.2], [0.9], [0.95], best=1, augment="gentle"))
    assert "distorted digits" in sentence
    assert "no overfitting" in sentence


@pytest.mark.parametrize("name", store.names())
def test_every_committed_history_is_explained(name):
    sentence = history.explain(history.read(store.read(name).run))
    assert sentence.endswith(".")
    assert "nan" not in sentence
