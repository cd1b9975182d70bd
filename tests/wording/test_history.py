import pytest

from digitlab.analysis import history
from digitlab.models import store
from digitlab.networks import Recipe
from digitlab.wording import history as wording


def made(loss, val_loss, accuracy, val_accuracy, best, *, name="softmax", ended=None, training=None, **recipe):
    """The contents of a `run.json`: one number for each epoch; accuracies in per cent."""
    metrics = {"validation": {"accuracy": val_accuracy[best - 1] / 100}}
    if training is not None:
        metrics["training"] = {"accuracy": training / 100}
    rows = zip(loss, val_loss, accuracy, val_accuracy, strict=True)
    return {
        "name": name,
        "best_epoch": best,
        "recipe": Recipe(**recipe).as_dict(),
        "metrics": metrics,
        "ended": ended,
        "history": [
            {
                "number": number,
                "elapsed_s": 2.0 * number,
                "loss": row[0],
                "val_loss": row[1],
                "accuracy": row[2] / 100,
                "val_accuracy": row[3] / 100,
            }
            for number, row in enumerate(rows, 1)
        ],
    }


def explained(run) -> str:
    return wording.explain(history.read(run))


def test_reading():
    read = history.read(made([2, 1], [2, 1.5], [50, 70], [40, 60], best=2))
    assert (read.best, list(read.epochs), list(read.elapsed_s)) == (1, [1, 2], [2.0, 4.0])


OVERFIT = ([0.3, 0.1, 0.01], [0.2, 0.1, 0.14], [90, 97, 100], [92, 97, 96], 3)
IMPROVING = ([0.9, 0.5, 0.3], [0.85, 0.5, 0.31], [80, 88, 91], [80, 88, 91], 3)
EASIER = ([0.4, 0.2], [0.3, 0.1], [90, 94], [93, 97], 2)
FLAGSHIP = {"augment": "drawn", "augment_end": 0.2, "written": 0.1, "non_digits": 0.03, "ema": 0.998}
UNLEARNED = ([2.31, 2.306], [2.304, 2.303], [10, 9], [10, 10], 2)
HARDER = "for reasons that hold in training alone"
MEAN = "the loss is a mean over the whole epoch, in which the weights still get better"

# By case: the run, what must be said of it, what must not.
CASES = {
    "diverged, without dropout": (
        made([9.4, 8.1], [4.2, 4.4], [80, 81], [87, 86], best=1, learning_rate=1.0),
        ["hardly learned", "8.10 nats, and guessing would give 2.30", "Its learning rate, 1, is probably too large"],
        ["dropout", "units", "heart", "no overfitting", HARDER],
    ),
    "stuck at guessing": (
        made(*UNLEARNED, name="cnn-32-64", learning_rate=0.05),
        ["2.31 nats", "0.05, is probably too large: the network's own is 0.001"],
        ["dropout", "overfitting"],
    ),
    "hardly begun": (
        made(*UNLEARNED, name="dnn-512", learning_rate=1e-6),
        ["1e-06, is too small for so few steps: the network's own is 0.001"],
        ["too large", "overfitting"],
    ),
    "unlearned at the usual rate": (made(*UNLEARNED), ["probably too large; or, with few steps, too small"], ["own"]),
    "rates of another optimizer": (made(*UNLEARNED, optimizer="sgd", learning_rate=0.1), ["0.1, is probably"], ["own"]),
    "became NaN": (
        made([0.3], [0.4], [90], [88], best=1, ended="The loss became NaN in epoch 2: learning_rate 3 is too large."),
        ["became NaN in epoch 2: learning_rate 3"],
        ["overfitting", "gap", "heart"],
    ),
    "training loss gets worse": (
        made([0.4, 0.3, 0.9], [0.4, 0.3, 1.1], [88, 91, 70], [88, 91, 68], best=2, learning_rate=0.1),
        ["worse, from 0.300 at epoch 2 to 0.900 at epoch 3", "0.1, is probably too large; try 0.01"],
        ["heart", "overfitting", HARDER],
    ),
    "plainly overfitted": (
        made(*OVERFIT),
        ["turns up after epoch 2, from 0.100 to 0.140 at epoch 3", "from 0.100 to 0.010", "by heart"],
        ["no overfitting", HARDER, "learning rate"],
    ),
    "surer, and more often right": (
        made([0.3, 0.1, 0.01], [0.2, 0.1, 0.14], [90, 97, 100], [92, 97, 98], best=3),
        ["turns up after epoch 2", "98.00% of the validation digits instead of 97.00%"],
        ["by heart", "no overfitting"],
    ),
    "stopped early": (
        made(*OVERFIT, patience=1, ended="Stopped early after 3 of 10 epochs: validation loss got no better."),
        ["Stopped early after 3 of 10 epochs", "turns up after epoch 2"],
        [],
    ),
    "a gap": (
        made([0.3, 0.10], [0.205, 0.2], [90, 99], [95, 96], best=2),
        ["At the kept epoch, 2, it is right on 99.00%", "a gap of 3.0 points"],
        ["no overfitting", "heart", "falling", "above its lowest"],
    ),
    "a slight rise": (
        made([0.3, 0.20, 0.1], [0.3, 0.2, 0.204], [90, 95, 99], [90, 96, 96], best=2),
        ["Validation loss ends 2.0% above its lowest, that of epoch 2"],
        ["falling", "heart"],
    ),
    "still improving": (
        made(*IMPROVING),
        ["does not overfit noticeably", "still falling: more epochs would probably lower it"],
        ["gap", "above its lowest"],
    ),
    "at its end by schedule": (made(*IMPROVING, schedule="cosine"), ["does not overfit noticeably"], ["falling"]),
    "one epoch only": (
        made([0.5], [0.3], [85], [91], best=1),
        ["In its only epoch, it is right on 85.00%", f"in its only epoch, {HARDER}: {MEAN}."],
        ["falling", "turns up", "above its lowest", "kept epoch", "1 of 1"],
    ),
    "no reason but the mean": (
        made(*EASIER),
        ["in every epoch", f"{HARDER}: {MEAN}."],
        ["dropout", "distorted", "average"],
    ),
    "the network's own dropout": (
        made(*EASIER, name="cnn-32-64"),
        ["dropout switches off 50% of a layer's units, and the loss", "neither shows overfitting nor rules it out"],
        ["distorted", "no overfitting"],
    ),
    "the recipe's dropout": (made(*EASIER, name="dnn", dropout=0.3), ["switches off 30%"], []),
    "dropout that the network has no place for": (made(*EASIER, dropout=0.3), [f"{HARDER}: {MEAN}."], ["dropout"]),
    "dropout of a network no longer registered": (made(*EASIER, name="gone", dropout=0.2), ["switches off 20%"], []),
    "a network no longer registered": (made(*EASIER, name="gone"), [MEAN], ["dropout", "own"]),
    "a flagship": (
        made(*EASIER, name="cnn", **FLAGSHIP),
        [
            "digits are distorted (at the end 20% as much as at first), some are drawn small, up to 10% are in other "
            "forms, dropout switches off 30% of a layer's units, its weights are those of the moment, not "
            "their average, and the loss is a mean",
            "Neither curve counts the non-digits, up to 3%",
        ],
        ["teacher", "no overfitting", "not averaged"],  # its weights are averaged, though not yet in training
    ),
    "a pupil": (
        made(*EASIER, name="dnn", teacher="cnn", **FLAGSHIP),
        ["it learned the answers of its teacher, cnn, to non-digits as well"],
        ["dropout"],
    ),
    "a pupil without non-digits": (made(*EASIER, name="dnn", teacher="cnn"), ["teacher, cnn."], ["non-digits"]),
    "distorted evenly": (made(*EASIER, augment="gentle"), ["are distorted, and the loss"], ["small", "at first"]),
    "a room's drawings": (made(*EASIER, room=0.125), ["up to 12.5% are a room's drawings"], []),
    "measured alike": (
        made(*EASIER, name="cnn", training=99.9, **FLAGSHIP),
        ["On undistorted digits, it is right on 99.90% of the training digits", "a gap of 2.9 points"],
        ["rules it out", "as it sees them"],
    ),
    "lower only at first": (
        made([0.5, 0.2, 0.1], [0.4, 0.25, 0.2], [80, 92, 95], [83, 91, 93], best=3),
        ["a gap of 2.0 points"],
        [HARDER],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_sentence_follows_from_the_run(case):
    run, said, unsaid = CASES[case]
    sentence = explained(run)
    for words in said:
        assert words in sentence
    for words in unsaid:
        assert words not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", store.names())
def test_every_committed_history_is_explained(name):
    sentence = explained(store.read(name).run)
    assert sentence.endswith(".")
    assert "nan" not in sentence


def test_the_flagships_name_why_their_training_loss_is_higher():
    for name, teacher in (("cnn", False), ("dnn", True)):
        sentence = explained(store.read(name).run)
        for reason in ("distorted", "small", "other forms", "not their average", "non-digits"):
            assert reason in sentence
        assert ("teacher, cnn" in sentence) == teacher
        assert ("dropout" in sentence) == (name == "cnn")
