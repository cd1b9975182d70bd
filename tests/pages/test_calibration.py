"""The page of calibration, without a browser."""

import pytest

from digitlab.analysis import calibration, held_out
from digitlab.analysis.calibration import BINNINGS, STEPS
from digitlab.models import store
from digitlab.wording import calibration as words
from tests.damage import damage
from tests.pages.test_curves_and_models import open_page, shown

PAGE = "explore/calibration.py"


def metrics(app) -> dict[str, str]:
    """The share that each model answers, by its name."""
    return {metric.label.split()[0]: metric.value for metric in app.metric if metric.label.endswith("answers")}


def alts(app) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def test_the_flagships_side_by_side(full_mnist):
    app = open_page(PAGE)
    assert app.segmented_control(key="split").value == "test"
    for name in ("dnn", "cnn"):
        error = store.read(name).run["metrics"]["test"]["calibration_error"]
        assert f"**{name}: expected calibration error {100 * error:.2f} points.**" in shown(app)
    assert len(alts(app)) == 3
    assert all("dnn: " in alt and "cnn: " in alt for alt in alts(app))


def test_without_full_mnist_it_works_on_validation_digits(no_mnist):
    app = open_page(PAGE)
    held = held_out.read("validation", ["dnn", "cnn"])
    for name in ("dnn", "cnn"):
        curve = calibration.selective(held.probabilities[name], held.labels)
        assert words.balance(calibration.balance(held.probabilities[name], held.labels)) in shown(app)
        assert words.price(curve) in shown(app)
        assert metrics(app)[name] == f"{curve.at(0.95).share:.2%}"


@pytest.mark.parametrize("bins", BINNINGS)
def test_by_link_with_other_models(bins):
    app = open_page(PAGE, left="softmax", right="dnn-100", split="validation", bins=bins, sure="99.5")
    held = held_out.read("validation", ["softmax", "dnn-100"])
    assert app.segmented_control(key="bins").value == bins
    assert app.select_slider(key="sure").value == 99.5
    for name in ("softmax", "dnn-100"):
        choice = calibration.selective(held.probabilities[name], held.labels).at(0.995)
        assert metrics(app)[name] == f"{choice.share:.2%}"
        assert words.outcome(choice) in shown(app)
    told = [caption.value for caption in app.caption if "Less than 90% sure" in caption.value]
    assert len(told) == (bins == calibration.CLOSE_UP)


def test_the_same_model_twice_is_shown_once():
    app = open_page(PAGE, left="cnn", right="cnn", split="validation")
    assert list(metrics(app)) == ["cnn"]
    assert shown(app).count("**cnn: expected calibration error") == 1


def test_the_surer_it_must_be_the_fewer_it_answers():
    app = open_page(PAGE, split="validation")
    shares = []
    for step in (STEPS[0], 90, STEPS[-1]):
        app.select_slider(key="sure").set_value(step).run()
        assert not app.exception
        shares.append(float(metrics(app)["cnn"].rstrip("%")))
    assert shares[0] == 100
    assert shares[0] > shares[1] > shares[2]


def test_damaged_model_is_told(models_dir):
    damage(models_dir / "dnn")
    app = open_page(PAGE)
    assert "dnn is damaged" in app.error[0].value
    assert not app.get("plotly_chart")
