"""The pages that show what training left, without a browser."""

import re
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab import settings
from digitlab.models import replica, store, versions
from digitlab.wording import models as words
from tests.damage import damage
from tests.patience import PATIENCE_S


def open_page(path: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(settings.REPOSITORY / "pages" / path), default_timeout=PATIENCE_S)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """The page's Markdown, and its headings as Markdown."""
    html = "\n".join(element.proto.body for element in app.get("html"))
    headings = [f"## {unescape(text)}" for text in re.findall("<h2[^>]*>(.*?)</h2>", html)]
    return "\n".join([*headings, *(element.value for element in app.markdown)])


def test_curves_of_the_flagships():
    app = open_page("explore/curves.py")
    assert "**dnn.**" in shown(app)
    assert "**cnn.**" in shown(app)


@pytest.mark.parametrize("quantity", ["loss", "accuracy"])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_curves_by_link(quantity, scale):
    app = open_page("explore/curves.py", models="cnn", quantity=quantity, scale=scale, against="seconds")
    assert "**dnn.**" not in shown(app)
    assert app.multiselect(key="models").value == ["cnn"]


def test_curves_without_a_model_ask_for_one():
    app = open_page("explore/curves.py")
    app.multiselect(key="models").set_value([]).run()
    assert [element.value for element in app.info] == ["Choose one model or more."]


def test_models_table_has_a_row_a_model():
    app = open_page("train/models.py")
    assert list(app.dataframe[0].value["name"]) == store.names()


def test_damaged_model_is_told_and_the_others_are_shown(models_dir: Path):
    damage(models_dir / "dnn")
    app = open_page("train/models.py")
    assert "dnn is damaged" in app.warning[0].value
    assert list(app.dataframe[0].value["name"]) == ["cnn"]


def test_roll_back_swaps_the_versions(models_dir: Path):
    (models_dir / ".previous").mkdir()
    (models_dir / "dnn").rename(models_dir / ".previous" / "cnn")
    app = open_page("train/models.py", model="cnn")
    before = store.read("cnn").tflite
    when = words.trained_at(store.read_run(store.places("cnn").previous))
    assert f"In service is the **cnn** trained {words.trained_at(store.read('cnn').run)}" in shown(app)
    next(button for button in app.button if button.label == f"Roll back to that of {when}").click().run()
    assert not app.exception
    assert store.read("cnn").tflite != before
    versions.roll_back("cnn")
    assert store.read("cnn").tflite == before


def test_roll_back_brings_back_no_other_version_than_it_names(models_dir: Path):
    (models_dir / ".previous").mkdir()
    (models_dir / "dnn").rename(models_dir / ".previous" / "cnn")
    app = open_page("train/models.py", model="cnn")
    versions.roll_back("cnn")  # meanwhile, by somebody else
    now = store.read("cnn").tflite
    next(button for button in app.button if button.label.startswith("Roll back to that of")).click().run()
    assert any("replaced by another version" in toast.value for toast in app.toast)
    assert not app.success
    assert store.read("cnn").tflite == now


def test_models_page_says_what_is_wrong_with_the_shared_store(monkeypatch):
    monkeypatch.setattr(replica.this, "problems", lambda: ["The models' store cannot be used: it is gone."])
    app = open_page("train/models.py")
    assert any("it is gone" in warning.value for warning in app.warning)
