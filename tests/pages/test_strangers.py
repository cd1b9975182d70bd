"""Files and links of strangers: pages show a sentence, go on with the other models, and show texts as they are."""

import functools
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab import settings
from digitlab.data.mnist import Split
from digitlab.explain import counterfactual, index
from digitlab.models import store
from tests import damage, drawings
from tests.conftest import MODELS
from tests.damage import LURE
from tests.patience import PATIENCE_S

# Where each page asks the CNN, with the DNN beside it.
LINKS = {
    "explore/confusion": {},
    "explore/mistakes": {},
    "explore/embedding_map": {},
    "explore/calibration": {},
    "explore/dataset": {"section": "One digit"},
    "explore/curves": {},
    "train/models": {"model": "cnn"},
    "train/retrain": {"network": "cnn"},
    "train/sweep": {"network": "cnn"},
    "present/present": {},
    "present/collection": {},
}
IN_LINKS = ("slice", "digit", "drawing", "selected", "unit", "study", "model", "left", "source", "section", "part")


def open_page(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(settings.REPOSITORY / "pages" / f"{page}.py"), default_timeout=PATIENCE_S)
    app.session_state["drawing"] = drawings.png(drawings.canvas(3))
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, page
    return app


def told(app: AppTest) -> str:
    """What a page says in boxes."""
    return "\n".join(element.value for kind in (app.error, app.warning, app.info) for element in kind)


def sent(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every element of a page: its kind, and all that the browser is sent of it."""
    waiting = [app._tree]
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        if getattr(node, "proto", None) is not None:
            yield node.type, node.proto.SerializeToString().decode("utf-8", "replace")


def lures(app: AppTest) -> list[tuple[str, str]]:
    """The elements in which a text of a stranger could load a picture; other kinds show texts as they are."""
    plain = {"dataframe", "selectbox", "multiselect", "text_input", "code", "button_group"}
    return [
        (kind, content)
        for kind, content in sent(app)
        if (kind not in plain and "![x](" in content) or (kind == "html" and re.search("<img src=h", content))
        if "digitlab_share" not in content  # makes an address of what it is given
    ]


@pytest.fixture
def answers_at_hand(models_dir: Path) -> Path:
    """The models' answers to all digits, which take seconds."""
    (MODELS / ".cache").mkdir(exist_ok=True)
    (models_dir / ".cache").symlink_to(MODELS / ".cache")
    return models_dir


def index_of_some(model, split, digits, at_once, make):
    return make(model, split, Split(digits.images[:100], digits.labels[:100]), at_once)


def lure_everywhere(place: Path) -> None:
    def how(run: dict) -> None:
        run.update(summary=LURE, machine=LURE, trained_at=LURE, ended=LURE, versions={LURE: LURE})
        run["inside"]["steps"][1]["kind"] = LURE

    damage.forge(place, how)


@pytest.mark.parametrize("page", LINKS)
def test_texts_of_strangers_are_shown_as_they_are(page, answers_at_hand, no_mnist):
    lure_everywhere(answers_at_hand / "cnn")
    (answers_at_hand / ".slices.json").write_text(
        json.dumps([{"name": LURE[:60], "split": "validation", "indices": [1, 2]}])
    )
    now = time.time()
    status = {
        "id": "1", "pid": 1, "origin": LURE, "network": "cnn", "recipe": {"epochs": 3}, "promote": LURE,
        "state": "failed", "message": LURE, "started_at": now, "updated_at": now, "host": LURE, "study": LURE,
    }  # fmt: skip
    (answers_at_hand / ".job").mkdir()
    (answers_at_hand / ".job" / "status.json").write_text(json.dumps(status))
    assert not lures(open_page(page, **LINKS[page]))
    assert not lures(open_page(page, **{**dict.fromkeys(IN_LINKS, LURE), **LINKS[page], "slice": LURE[:60]}))


def test_the_parts_of_an_explanation_show_texts_of_strangers_as_they_are(models_dir: Path):
    lure_everywhere(models_dir / "cnn")
    app = open_page("draw/draw", why="true", part="Inside", inside="cnn")
    assert not lures(app)
    assert "cannot be shown" in told(app)


@pytest.mark.parametrize("page", [page for page in LINKS if page.startswith("explore")] + ["train/models"])
def test_a_page_goes_on_without_a_damaged_model(page, answers_at_hand, no_mnist):
    damage.KINDS["run.json empty"](answers_at_hand / "cnn")
    query = LINKS[page] | ({"model": "dnn"} if page == "train/models" else {})
    app = open_page(page, **query)
    assert "no readable run.json" in told(app)
    alone = open_page(page, **query, left="dnn", right="dnn", readers="dnn", models="dnn")
    assert "run.json" not in told(alone) or page == "train/models"  # which lists all of them


@pytest.mark.parametrize("kind", ["tflite garbage", "rejection of words", "run.json a pipe"])
def test_beside_a_damaged_model_the_other_one_answers(kind, models_dir):
    damage.KINDS[kind](models_dir / "cnn")
    app = open_page("draw/draw")
    assert "The model cnn" in told(app)
    assert any("card dnn" in content for _, content in sent(app))


@pytest.mark.parametrize("kind", ["recipe of a newer version", "recipe with more"])
def test_a_recipe_of_a_newer_version_leaves_the_rest_of_the_page(kind, models_dir, no_mnist):
    damage.KINDS[kind](models_dir / "cnn")
    app = open_page("train/models", model="cnn")
    assert "The recipe of this model cannot be told" in told(app)
    assert app.code


def test_what_people_may_paste_into_a_shell_is_a_version(models_dir, no_mnist):
    damage.KINDS["older of a shell"](models_dir / "cnn")
    assert f'"keras>={store.OLDEST_KERAS}"' in open_page("train/models", model="cnn").code[0].value


# Of the kinds that are damage as soon as run.json is read, two stand for all.
@pytest.mark.attack
@pytest.mark.parametrize("kind", [*damage.FORGED, *damage.OLDER, "run.json a pipe", "NaN loss", "no model at all"])
def test_any_damage_leaves_every_page(kind, answers_at_hand, no_mnist, monkeypatch, tmp_path):
    monkeypatch.setattr(damage, "RAN", tmp_path / "ran")
    # Asked in the same way, but less often, and about fewer digits.
    monkeypatch.setattr(counterfactual, "MOST_PIXELS", 2)
    monkeypatch.setattr(index, "make", functools.partial(index_of_some, make=index.make))
    damage.KINDS[kind](answers_at_hand / "cnn")
    for page, query in LINKS.items():
        open_page(page, **query)
    for part in ("For and against", "Distort it", "Fewest pixels", "Similar digits", "Inside"):
        open_page("draw/draw", why="true", part=part, inside="cnn")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '[{"name": 3}, 5]', "[" * 100_000, "\x00"])
def test_damaged_slices_hide_nothing_else_and_are_not_lost(content, models_dir: Path):
    from digitlab.data import slices

    file = models_dir / ".slices.json"
    file.write_text(content)
    assert slices.names() == []
    slices.save("nines", "validation", [1, 2])
    assert slices.names() == ["nines"]
    kept = file.with_suffix(".damaged")
    assert kept.read_text() == content if kept.exists() else content in ("[]", '[{"name": 3}, 5]')
    if content.startswith("[{"):
        assert {"name": 3} in json.loads(file.read_text())


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": {}}, {"recipe": {"epochs": 0}}, {"history": [{}]}, {"curve": [[1]]}, {"message": None},
        {"state": 3}, {"gallery": {"indices": [9999], "answers": [1]}}, {"gallery": {"indices": [1], "answers": []}},
        {"started_at": float("nan")}, {"left_s": "soon"}, {"network": ["cnn"]}, {"network": LURE},
    ],
)  # fmt: skip
def test_a_damaged_status_of_a_training_counts_as_none(change, models_dir: Path):
    from digitlab import jobs

    status = {
        "id": "1", "pid": 1, "origin": "page", "network": "cnn", "recipe": {"epochs": 3}, "promote": "never",
        "state": "done", "message": "Done.", "started_at": 1.0, "updated_at": 1.0, "host": "",
    }  # fmt: skip
    (models_dir / ".job").mkdir()
    file = models_dir / ".job" / "status.json"
    file.write_text(json.dumps(status))
    assert jobs.status() is not None
    file.write_text(json.dumps(status | change))
    assert jobs.status() is None
    assert store.names() == ["dnn", "cnn"]
