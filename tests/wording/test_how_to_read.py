"""How to read a chart: every chart says so, and each sentence follows from the numbers that it shows."""

import ast

import numpy as np
import pytest

from digitlab import settings
from digitlab.analysis import calibration as measured
from digitlab.analysis import history as histories
from digitlab.analysis.dataset import Summary
from digitlab.explain import DISTORTIONS
from digitlab.explain.curves import Curve, Flip
from digitlab.explain.inside import Inside, Layer
from digitlab.sweeps.study import Trial
from digitlab.wording import (
    calibration,
    confusion,
    dataset,
    digits,
    explanations,
    history,
    layers,
    models,
    robustness,
    surgery,
    sweeps,
    timeline,
    trainings,
)
from tests.analysis.held import made_up
from tests.wording.test_history import made

# Whatever draws a chart itself, besides `style.chart`: Streamlit's own charts, and components that are one.
CHARTS = {"plotly_chart", "vega_lite_chart", "altair_chart", "line_chart", "bar_chart", "scatter_chart"}
COMPONENTS = {"digit_map", "inside", "matrix", "live"}  # modules; the galleries and the canvas are no charts
SOURCES = [*(settings.REPOSITORY / "pages").rglob("*.py"), *(settings.PACKAGE / "ui").rglob("*.py")]


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    named = [(node.func, node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", ""), node) for func, node in named]


def test_every_chart_says_how_to_read_it():
    explained, charts = set(), set()
    for path in SOURCES:
        found = calls(ast.parse(path.read_text(encoding="utf-8")))
        names = {name for name, _ in found}
        if any(name.startswith("how_to_read") for name in names):
            explained.add(path.stem)
        if path.stem != "style":
            charts |= {path.stem} if names & CHARTS else set()
        for name, call in found:
            how = {one.arg: one.value for one in call.keywords}.get("how")
            if name == "chart" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "style":
                assert how is not None, f"{path.name}, line {call.lineno}: say how to read it"
                charts |= {path.stem} if isinstance(how, ast.Constant) else set()
    assert {"what_if", "progress"} <= charts, "one text for several charts"
    assert charts | COMPONENTS - {"matrix"} <= explained
    assert "confusion" in explained  # both matrices have one text, on their page


def test_curves():
    run = made([0.5, 0.2], [0.4, 0.3], [80, 95], [85, 90], best=2)
    read = {"cnn": histories.read(run)}
    assert "**cnn** begins at 0.400 on validation digits; its star, at epoch 2, is at 0.300." in history.how_to_read(
        read, "loss", log=True
    )
    assert "Down is better: at 2.3 nats" in history.how_to_read(read, "loss", log=False)
    linear = history.how_to_read(read, "accuracy", log=False)
    assert "up is better" in linear
    assert "begins at 85.00% on validation digits; its star, at epoch 2, is at 90.00%" in linear
    error = history.how_to_read(read, "accuracy", log=True)
    assert "down is better" in error
    assert "begins with 15.00% mistakes" in error


def test_a_running_training():
    assert "once the first epoch is done" in trainings.how_to_read([], 3)
    epoch = {"number": 2, "loss": 0.2, "val_loss": 0.3}
    assert "After epoch 2 of 3, loss is 0.200 in training and 0.300 on" in trainings.how_to_read([epoch], 3)
    assert "knows of its training digits only" in trainings.how_to_read([epoch], 3)
    assert "no worse" in trainings.how_to_read([epoch | {"val_loss": 0.1}], 3)


def test_sizes():
    rows = [
        {"name": "big", "parameters": 1_000_000, "accuracy": 0.99},
        {"name": "tiny", "parameters": 7850, "accuracy": 0.92},
    ]
    told = models.how_to_read(rows)
    assert "The highest is **big**: 99.00% with 1,000,000 parameters." in told
    assert "The smallest, **tiny**, gets 92.00% with 7,850." in told
    assert "It is also the smallest." in models.how_to_read([rows[0] | {"accuracy": 0.9}, rows[1]])
    assert "smallest" not in models.how_to_read(rows[:1])


def trial(number, state, losses, loss=None):
    return Trial(number, state, {}, dict(enumerate(losses, 1)), loss, None, None)


def test_sweeps():
    published, pruned = trial(0, "finished", [0.5, 0.3, 0.2], 0.2), trial(1, "pruned", [0.9])
    trials = [published, pruned, trial(2, "finished", [0.4, 0.2, 0.1], 0.1)]
    assert "Each of the 3 lines is a trial" in sweeps.how_to_read_choices(trials)
    assert "The lowest so far is trial 2, at 0.1000 nats." in sweeps.how_to_read_choices(trials)
    assert "That was so for 1 trial, which spared 2 of 3 epochs." in sweeps.how_to_read_curves(trials)
    assert "That was so" not in sweeps.how_to_read_curves(trials[::2])
    assert "lowest so far" not in sweeps.how_to_read_curves([trial(0, "running", [0.5])])
    shares = {"learning_rate": 0.8, "ema": 0.18, "schedule": 0.02}
    told = sweeps.how_to_read_importance(shares)
    assert "**learning rate** comes first with 80%" in told
    assert "With schedule, at 2%, it hardly matters" in told
    assert "hardly" not in sweeps.how_to_read_importance({"learning_rate": 0.6, "ema": 0.4})


def test_confusion():
    counts = np.diag(np.full(10, 100))
    assert "all 1,000 digits are on the diagonal" in confusion.how_to_read({"cnn": counts})
    counts[4, 9], counts[9, 4] = 7, 2
    told = confusion.how_to_read({"cnn": counts})
    assert "1,000 of 1,009 digits are on the diagonal" in told
    assert "7 of the fours read as nines; the other way round it is 2." in told


def test_a_map():
    held_out = made_up([1, 2, 4], [1, 2, 3])
    told = digits.how_to_read_map(held_out, "left", np.arange(3), "t-SNE")
    assert "Each of the 3 points is a digit" in told
    assert "it reads 1 wrong" in told
    assert "axes have no meaning" in told
    told = digits.how_to_read_map(held_out, "left", np.arange(2), "PCA")
    assert "reads 0 wrong" in told
    assert "t-SNE" not in told


def test_calibration():
    probabilities = np.full((40, 10), 0.01)
    probabilities[:, 0] = 0.91
    labels = np.array([0] * 30 + [1] * 10)
    bins = measured.reliability(probabilities, labels)
    told = calibration.how_to_read_reliability({"cnn": bins})
    assert "The largest symbol of **cnn** stands for 40 answers: 91.0% sure on average, 75.00% right." in told
    edges = measured.HISTOGRAM_EDGES[measured.CLOSE_UP]
    counts = {"cnn": measured.confidence_histogram(probabilities, labels, edges)}
    assert "0 of 30 right and 0 of 10 wrong answers" in calibration.how_to_read_histogram(edges, counts)
    curve = measured.selective(probabilities, labels)
    told = calibration.how_to_read_trade({"cnn": curve}, {"cnn": curve.at(0.5)})
    assert "**cnn** answers 100.0% of the digits and is right on 75.00% of these, instead of on 75.00% of all" in told
    assert "large symbol" not in calibration.how_to_read_trade({"cnn": curve}, {"cnn": curve.at(0.99)})


@pytest.mark.parametrize("quantity", ["accuracy", "confidence"])
def test_robustness(quantity):
    one = DISTORTIONS["rotation"]
    values = one.values(2)
    shares = np.linspace(0.2, 0.9, len(values))
    shares[len(values) // 2] = 0.99
    told = robustness.how_to_read(values, {"cnn": shares}, one, quantity, 1000)
    assert "**cnn**: 99.0%" in told
    assert f"20.0%, at {one.text(values[0])}." in told
    assert ("about 4 points apart" in told) == (quantity == "accuracy")


def test_mnist():
    even, uneven = (np.array([count, *[100] * 9]) for count in (110, 300))
    pixels = np.ones(256, int)
    pixels[0] = 800
    fields = dict.fromkeys(Summary.__dataclass_fields__) | {"pixels": pixels}
    told = [dataset.how_to_read_classes({"train": Summary(**fields | {"classes": one})}) for one in (even, uneven)]
    assert "the highest bar is 1.10 times the lowest, so" in told[0]
    assert "the highest bar is 3.00 times the lowest: what" in told[1]
    assert "800 times as frequent" in dataset.how_to_read_pixels({"train": Summary(**fields | {"classes": even})})


def test_one_drawing():
    one = DISTORTIONS["rotation"]
    values = one.values(1)
    probabilities = np.tile(np.eye(10)[4], (len(values), 1)).astype(np.float32)
    holds = Curve(one, values, probabilities, ())
    flips = Curve(one, values, probabilities, (Flip(30.0, 4, 9),))
    told = explanations.how_to_read_curves({"cnn": {"a": holds, "b": flips}, "dnn": {"a": holds, "b": holds}})
    assert "**cnn** keeps to its 4 throughout 1 of 2 changes." in told
    assert "**dnn** keeps to its 4 throughout 2 of 2 changes." in told


def test_pruning():
    told = surgery.how_to_read([100, 75, 50, 10], [0.99, 0.98, 0.97, 0.5], [0.99, 0.9, 0.6, 0.2])
    assert "With 50 of 100 units it reads 97.0% right if the least important ones went, and 60.0% if chance" in told


def test_inside():
    sums = np.array([1.0, 5.5, *[0.0] * 8], np.float32)
    hidden = Layer("relu", "units", np.array([0.0, 2.0, 3.0, 0.0], np.float32), ())
    found = Inside((hidden, Layer("logits", "answers", sums, ("relu",))), None, {}, np.zeros(4))
    told = layers.how_to_read(found, "dnn")
    assert "**dnn** says 1: this sum is the largest of the ten, 4.5 ahead of the second." in told
    assert "2 of 4 units are on" in told
    assert "last hidden layer" not in layers.how_to_read(Inside(found.layers[1:], None, {}, np.zeros(4)), "dnn")


def test_a_timeline():
    told = timeline.how_to_read({"DNN": np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])})
    assert "Halfway, DNN gave it 50" in told
