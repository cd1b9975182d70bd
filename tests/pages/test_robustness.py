"""The page Robustness, without a browser; what a gallery shows is read from its component."""

import pytest

from digitlab.explain import DISTORTIONS, robustness
from digitlab.ui.explore import gallery
from digitlab.wording import confusion as words
from digitlab.wording import parts
from tests.damage import damage
from tests.explain.thousand import few
from tests.pages.test_curves_and_models import open_page, shown

__all__ = ["few"]
PAGE = "explore/robustness.py"
QUICK = ["dnn", "softmax"]


@pytest.fixture
def tiles(monkeypatch):
    """The indices that the gallery showed last."""
    found: list[int] = []

    def show(data, **_):
        found[:] = [identity for identity, *_ in data["tiles"]]

    monkeypatch.setattr(gallery, "_component", show)
    return found


@pytest.mark.parametrize("distortion", DISTORTIONS)
@pytest.mark.parametrize("quantity", ["accuracy", "confidence"])
def test_curves_and_worst_pairs(few, tiles, distortion, quantity):
    app = open_page(PAGE, models=QUICK, distortion=distortion, quantity=quantity)
    assert not app.error
    found = robustness.measure(QUICK)
    (alt,) = [chart.proto.alt for chart in app.get("plotly_chart")]
    for name, model in found.items():
        last = getattr(model, quantity)(distortion)[-1]
        assert f"{last:.1%} at {parts.measured(DISTORTIONS[distortion], robustness.values(distortion)[-1])}." in alt
        worst = model.worst_pairs(distortion)
        assert f"**{name}**, worst over the whole range: {words.pairs(worst)}" in shown(app)
    assert tiles == found["dnn"].wrong(distortion, len(robustness.values(distortion)) - 1).tolist()


def test_a_point_by_link(few, tiles):
    app = open_page(PAGE, models=QUICK, distortion="size", of="softmax", at="50%")
    found = robustness.measure(QUICK)["softmax"]
    assert tiles == found.wrong("size", 0).tolist()
    assert f"## softmax, size 50%: {len(tiles)} of 20 digits are wrong" in shown(app)


def test_a_value_of_another_distortion_is_forgotten(few, tiles):
    app = open_page(PAGE, models=QUICK, distortion="rotation", at="-30°")
    app.segmented_control(key="distortion").set_value("blur").run()
    assert not app.exception
    assert app.selectbox(key="at").value == "3.0 px"


def test_a_distorted_digit_is_opened(few, tiles):
    app = open_page(PAGE, models=QUICK, distortion="noise", digit="4")
    page = "".join(element.proto.body for element in app.get("html"))
    assert page.count("Probability of each digit") + page.count('"If it were a digit"') == 2
    assert "Nearest training digits" not in shown(app)


def test_without_a_choice_it_asks_for_one(few):
    app = open_page(PAGE, models=QUICK)
    app.multiselect(key="models").set_value([]).run()
    assert [element.value for element in app.info] == ["Choose one model or more."]


def test_damaged_model_is_told(few, models_dir):
    damage(models_dir / "dnn")
    assert "dnn is damaged" in open_page(PAGE, models=["dnn"]).error[0].value


def test_without_any_model_it_says_how_to_train_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    assert "python -m digitlab train cnn" in open_page(PAGE).info[0].value
