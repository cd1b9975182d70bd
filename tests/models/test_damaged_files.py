"""Files of a model that a bad disk has damaged, or that somebody made who means harm: one message, and no code runs."""

from pathlib import Path

import pytest

from digitlab import serving
from digitlab.errors import DamagedModel, DigitlabError
from digitlab.explain import network
from digitlab.models import graph, store
from tests import damage

READS_ON = {f"{store.KERAS} {how}" for how in ("gone", "cut", "garbage", "is evaluation")} | {
    f"{store.EVALUATION} {how}" for how in ("gone", "cut", "garbage", "a folder", "a loop")
}  # what the answers do not need


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    monkeypatch.setattr(graph, "MOST_BYTES", 10 * 2**20)  # so that a bomb need not be large
    monkeypatch.setattr(damage, "RAN", tmp_path / "ran")
    yield
    assert not (tmp_path / "ran").exists()


def ask_everything(name: str) -> list[str]:
    """All that readers ask of a model; what they are told instead of an answer."""
    told = []
    for ask in (
        lambda: store.read_evaluation(store.read(name)),
        lambda: serving.load(name),
        lambda: graph.read_weights(store.read_file(name, store.KERAS)),
        lambda: network.read(name, store.read(name).run),
        lambda: store.read_file(name, store.TFLITE),
    ):
        try:
            ask()
        except DigitlabError as error:
            told.append(str(error))
    return told


@pytest.mark.parametrize("kind", damage.KINDS)
def test_damage_is_one_message_without_a_path(kind, models_dir: Path):
    damage.KINDS[kind](models_dir / "cnn")
    assert store.names() == ["dnn", "cnn"]
    told = ask_everything("cnn")
    assert told or kind.startswith(("recipe", "layer", "other layers"))
    assert all("cnn" in message or "model.keras" in message for message in told)
    assert not [message for message in told if str(models_dir) in message]
    assert not ask_everything("dnn")


@pytest.mark.parametrize("kind", [*damage.NO_JSON, *damage.WRONG_RUN])
def test_while_a_run_json_is_no_good_the_version_before_it_answers(kind, models_dir: Path):
    (models_dir / ".previous").mkdir()
    (models_dir / ".previous" / "cnn").symlink_to(models_dir / "dnn")
    damage.KINDS[kind](models_dir / "cnn")
    stored = store.read("cnn")
    assert stored.place.parent.name == ".previous"
    assert "version before it answers" in str(stored.notice)


@pytest.mark.parametrize("kind", damage.WRONG_RUN)
def test_a_wrong_run_json_is_damage(kind, models_dir: Path):
    damage.KINDS[kind](models_dir / "cnn")
    with pytest.raises(DamagedModel, match=r"cnn has no readable run\.json"):
        store.read("cnn")


def test_what_a_newer_version_notes_is_no_damage(models_dir: Path):
    damage.forge(models_dir / "cnn", lambda run: run.update(colour="blue"))
    damage.forge(models_dir / "cnn", lambda run: run["history"][0].update(colour=1.0))
    damage.forge(models_dir / "cnn", lambda run: run["recipe"].update(colour=1.0))
    assert not ask_everything("cnn")
