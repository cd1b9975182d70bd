"""`model.tflite` is made from `model.keras` and `model.graph` wherever it is missing."""

import hashlib

import numpy as np
import pytest

from digitlab.data import mnist
from digitlab.errors import DamagedModel
from digitlab.models import graph, store, versions
from digitlab.serving import Classifier
from tests.conftest import MODELS


@pytest.fixture(autouse=True)
def nothing_unwritten(monkeypatch):
    """No file that another test could not write is still in memory."""
    monkeypatch.setattr(store, "_unwritten", {})


@pytest.mark.parametrize("name", store.names())
def test_what_ships_makes_the_file_that_training_wrote(name):
    run = store.read_run(MODELS / name)
    made = graph.joined(*((MODELS / name / file).read_bytes() for file in (store.KERAS, store.GRAPH)))
    assert hashlib.sha256(made).hexdigest() == run["sha256"][store.TFLITE]


def test_what_ships_is_small():
    shipped = [path for path in MODELS.glob("[!.]*/*") if path.name != store.TFLITE]
    assert {path.name for path in shipped} == {store.KERAS, store.GRAPH, store.EVALUATION, store.RUN}
    assert sum(path.stat().st_size for path in shipped) <= 20e6


@pytest.mark.parametrize("found", [None, b"", b"of another version"])
def test_a_missing_or_damaged_file_is_made_and_kept(models_dir, found):
    file = models_dir / "cnn" / store.TFLITE
    whole = store.read("cnn")
    file.unlink() if found is None else file.write_bytes(found)
    made = store.read("cnn")
    assert (made.tflite, made.notice) == (whole.tflite, None)
    assert file.read_bytes() == whole.tflite
    image = mnist.packaged().scaled()[:1]
    np.testing.assert_array_equal(Classifier(made).answer(image).logits, Classifier(whole).answer(image).logits)


def test_where_nothing_may_be_written_it_is_made_once(models_dir, monkeypatch):
    whole = store.read("cnn").tflite
    (models_dir / "cnn" / store.TFLITE).unlink()

    def read_only(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("os.replace", read_only)
    assert store.read("cnn").tflite == whole
    monkeypatch.setattr(graph, "joined", read_only)
    assert store.read("cnn").tflite == whole
    assert not (models_dir / "cnn" / store.TFLITE).exists()


@pytest.mark.parametrize("file", [store.KERAS, store.GRAPH])
@pytest.mark.parametrize("content", [b"", b"damaged", None])
def test_what_cannot_be_made_is_missing(models_dir, file, content):
    place = models_dir / "cnn"
    (place / store.TFLITE).unlink(missing_ok=True)
    (place / file).unlink() if content is None else (place / file).write_bytes(content)
    with pytest.raises(DamagedModel, match=r"lacks its file model\.tflite"):
        store.read("cnn")


def test_parts_of_two_models_do_not_make_one(models_dir):
    parts = (models_dir / "cnn" / store.KERAS).read_bytes(), (models_dir / "dnn" / store.GRAPH).read_bytes()
    with pytest.raises(DamagedModel, match="do not make"):
        graph.joined(*parts)


def test_a_file_is_not_put_back_where_another_version_has_come(models_dir, monkeypatch):
    whole, joined = store.read("cnn"), graph.joined
    (models_dir / "cnn" / store.TFLITE).unlink()

    def swapped(*parts: bytes) -> bytes:
        (models_dir / "cnn").rename(models_dir / "away")
        return joined(*parts)

    monkeypatch.setattr(graph, "joined", swapped)
    assert store.read("cnn").tflite == whole.tflite
    assert not (models_dir / "cnn").exists()  # so that a swap can put its version there
    assert not (models_dir / "away" / store.TFLITE).exists()


def test_a_lost_graph_costs_nothing_but_itself(models_dir):
    stored = store.read("cnn")
    (models_dir / "cnn" / store.GRAPH).unlink()
    assert store.contents(stored.place, stored.run).keys() == set(store.HASHED)
    versions.amend("cnn", stored.run, {store.EVALUATION: b"new"})
    assert store.GRAPH not in store.read("cnn").run["sha256"]
