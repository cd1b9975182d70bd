import json
import shutil

import numpy as np
import pytest

from digitlab.errors import DamagedModel, UnknownModel
from digitlab.models import store, versions

RUN = {
    "family": "DNN", "summary": "made up", "parameters": 1, "seed": 1,
    "recipe": {"epochs": 1, "learning_rate": 0.1, "optimizer": "sgd", "schedule": "constant", "augment": "none"},
    "data": {"source": "full", "train": 55_000}, "best_epoch": 1, "metrics": {"validation": {"accuracy": 0.5}},
    "temperature": 1.0, "duration_s": 0.5, "machine": "none", "trained_at": "now",
    "history": [dict.fromkeys(("number", "loss", "accuracy", "val_loss", "val_accuracy", "elapsed_s"), 1)],
}  # fmt: skip


def write(name: str, content: bytes) -> None:
    challenge(name, content)
    versions.promote(name)


def challenge(name: str, content: bytes) -> None:
    with versions.challenging(name, {**RUN, "content": content.decode()}) as folder:
        (folder / store.KERAS).write_bytes(b"keras " + content)
        (folder / store.TFLITE).write_bytes(content)
        np.savez(folder / store.EVALUATION, validation_probabilities=np.full((5000, 10), 0.1, np.float32))


@pytest.fixture(autouse=True)
def empty_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_what_is_written_is_read():
    write("zebra", b"one")
    write("cnn", b"two")
    write("dnn", b"three")
    assert store.names() == ["dnn", "cnn", "zebra"]
    stored = store.read("zebra")
    assert (stored.tflite, stored.notice) == (b"one", None)
    assert stored.run["sha256"].keys() == {"model.keras", "model.tflite", "evaluation.npz"}
    assert store.read_evaluation(stored)["validation_probabilities"].shape == (5000, 10)


def test_replacing_keeps_the_one_before(empty_store):
    for content in (b"one", b"two", b"three"):
        write("cnn", content)
    assert store.read("cnn").tflite == b"three"
    shutil.rmtree(empty_store / "cnn")
    assert store.read("cnn").tflite == b"two"
    assert not list(empty_store.glob(".staging*"))


def test_failure_while_writing_changes_nothing(empty_store):
    write("cnn", b"one")
    before = store.fingerprint("cnn")

    def fail() -> None:
        with versions.challenging("cnn", {}) as folder:
            (folder / store.TFLITE).write_bytes(b"half")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        fail()
    assert store.read("cnn").tflite == b"one"
    assert store.fingerprint("cnn") == before
    assert [path.name for path in empty_store.iterdir() if path.is_dir() and any(path.iterdir())] == ["cnn"]


@pytest.mark.parametrize(
    "damage",
    ["cut", "changed", "gone", "no run.json", "run.json cut", "run.json a list", "a key gone", "a null", "no figures"],
)
def test_damaged_model_falls_back_with_a_notice(empty_store, damage):
    write("cnn", b"the one before")
    write("cnn", b"the current one")
    tflite, run = empty_store / "cnn" / store.TFLITE, empty_store / "cnn" / store.RUN
    match damage:
        case "cut":
            tflite.write_bytes(tflite.read_bytes()[:5])
        case "changed":
            tflite.write_bytes(b"the current 0ne")
        case "gone":
            tflite.unlink()
        case "no run.json":
            run.unlink()
        case "run.json cut":
            run.write_text(run.read_text()[:40])
        case "run.json a list":
            run.write_text("[]")
        case "a key gone":
            run.write_text(run.read_text().replace('"family"', '"familiar"'))
        case "no figures":
            run.write_text(run.read_text().replace('"accuracy"', '"accurate"'))
        case "a null":
            run.write_text(run.read_text().replace('"temperature": 1.0', '"temperature": null'))
    stored = store.read("cnn")
    assert stored.tflite == b"the one before"
    assert "version before it answers" in str(stored.notice)
    assert "cnn" in store.names()


def test_both_versions_damaged_is_an_error(empty_store):
    write("cnn", b"one")
    write("cnn", b"two")
    for place in (empty_store, empty_store / ".previous"):
        (place / "cnn" / store.TFLITE).write_bytes(b"")
    with pytest.raises(DamagedModel, match=r"model\.tflite is not the file that training wrote"):
        store.read("cnn")


def test_damaged_model_does_not_push_out_the_whole_one(empty_store):
    write("cnn", b"whole")
    write("cnn", b"damaged")
    (empty_store / "cnn" / store.KERAS).write_bytes(b"")
    write("cnn", b"new")
    assert store.read("cnn").tflite == b"new"
    shutil.rmtree(empty_store / "cnn")
    assert store.read("cnn").tflite == b"whole"


def test_fingerprint_changes_with_the_files(empty_store):
    write("cnn", b"one")
    marks = {store.fingerprint("cnn")}
    write("cnn", b"two")
    marks.add(store.fingerprint("cnn"))
    (empty_store / "cnn" / store.TFLITE).write_bytes(b"t")
    marks.add(store.fingerprint("cnn"))
    assert len(marks) == 3


@pytest.mark.parametrize("name", ["nobody", "", ".", "..", "../cnn", "a/b", "CNN", ".previous", "x" * 100, "cnn\n"])
def test_unknown_names_are_refused_with_the_known_ones(name):
    write("cnn", b"one")
    with pytest.raises(UnknownModel, match="Models there are: cnn"):
        store.read(name)


def test_empty_store_says_how_to_fill_it():
    assert store.names() == []
    with pytest.raises(UnknownModel, match="python -m digitlab train"):
        store.read("cnn")


def test_run_json_is_readable_by_people(empty_store):
    write("cnn", b"one")
    text = (empty_store / "cnn" / store.RUN).read_text()
    assert json.loads(text)["content"] == "one"
    assert text.endswith("}\n")
