"""The digits that a model finds most like a drawing, and how they are kept at hand."""

import threading

import numpy as np
import pytest

from digitlab import __main__ as command_line
from digitlab import files, serving
from digitlab.analysis import embedding_map
from digitlab.data import drawn, mnist
from digitlab.data.mnist import Split
from digitlab.errors import MnistDamaged
from digitlab.explain import index, nearest
from digitlab.models import store
from digitlab.pixels import to_shares
from tests.patience import PATIENCE_S, until

FEW = 300


@pytest.fixture
def few() -> Split:
    digits, some = mnist.packaged(), np.linspace(0, 4999, FEW).astype(int)
    return Split(digits.images[some], digits.labels[some])


def overlap(model, made, pixels: np.ndarray, known: np.ndarray, count: int) -> float:
    """Share of the exactly nearest digits that an index finds."""
    exact = embedding_map.nearest(model.answer(pixels).embedding, model.answer(known).embedding, count)
    found = [made.nearest(model, one, count) for one in pixels]
    return float(np.mean([len(set(a) & set(b)) / count for a, b in zip(exact, found, strict=True)]))


@pytest.mark.parametrize("name", store.names())
def test_neighbours_are_the_exact_ones(name):
    model, digits = serving.load(name), mnist.packaged()
    known = Split(digits.images[::5], digits.labels[::5])
    made = index.make(model, "validation", known, at_once=500)
    pixels = drawn.load().digits.scaled()[::600]
    assert overlap(model, made, pixels, known.scaled(), 10) >= 0.97


def test_a_digit_is_nearest_to_itself(no_mnist):
    model, digits = serving.load("cnn-40-30"), mnist.packaged()
    for at in (7, 2345, 4999):
        first, *others = nearest.nearest(model, to_shares(digits.images[at]), 5)
        assert (first.split, first.index, first.label) == ("validation", at, digits.labels[at])
        np.testing.assert_array_equal(first.image, digits.images[at])
        assert len(others) == 4


@pytest.mark.parametrize("name", store.FLAGSHIPS)
def test_among_all_training_digits_they_are_the_exact_ones(name, full_mnist):
    model = serving.load(name)
    some = Split(full_mnist.train.images[::40], full_mnist.train.labels[::40])
    made = index.make(model, "train", some, at_once=500)
    assert overlap(model, made, full_mnist.test.scaled()[::250], some.scaled(), 10) >= 0.97


def test_what_is_kept_is_what_was_made(models_dir, few):
    model = serving.load("dnn")
    made = index.make(model, "train", few, at_once=100)
    assert index.kept(model) is None
    index.keep(model, made)
    kept = index.kept(model)
    pixels = drawn.load().digits.scaled()[0]
    np.testing.assert_array_equal(kept.nearest(model, pixels, 9), made.nearest(model, pixels, 9))
    np.testing.assert_array_equal(kept.pictures(np.array([5, 2])), few.images[[5, 2]])
    assert store.names() == ["dnn", "cnn"]  # the cache is no model


@pytest.mark.parametrize("file", ["dnn/neighbours.npz", "digits.bin"])
@pytest.mark.parametrize("damage", [b"", b"half", None])
def test_what_is_not_as_it_was_written_counts_as_missing(models_dir, few, file, damage):
    model = serving.load("dnn")
    index.keep(model, index.make(model, "train", few, at_once=100))
    path = models_dir / ".cache" / file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert index.kept(model) is None


def test_index_of_another_version_counts_as_missing(models_dir, few, monkeypatch):
    model = serving.load("dnn")
    index.keep(model, index.make(model, "train", few, at_once=100))
    monkeypatch.setitem(model.run, "sha256", {**model.run["sha256"], store.KERAS: "another"})
    assert index.kept(model) is None


def test_digits_that_vanish_are_told_in_words(models_dir, few):
    model = serving.load("dnn")
    index.keep(model, index.make(model, "train", few, at_once=100))
    kept = index.kept(model)
    (models_dir / ".cache" / "digits.bin").unlink()
    with pytest.raises(MnistDamaged, match="cannot be read any more"):
        kept.nearest(model, np.zeros((28, 28), np.float32), 3)


@pytest.fixture
def full(monkeypatch, few):
    """A machine with a full MNIST of 300 training digits."""
    monkeypatch.setattr("os.nice", lambda more: more)  # the tests after these should not be slower
    monkeypatch.setattr(mnist, "is_here", lambda: True)
    monkeypatch.setattr(mnist, "load", lambda download=True: mnist.Mnist(few, few, few, "full"))


def test_a_full_disk_costs_nothing_but_time(models_dir, full, monkeypatch):
    def no_room(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(files, "replace", no_room)
    found = nearest.nearest(serving.load("dnn"), np.zeros((28, 28), np.float32), 3)
    assert [one.split for one in found] == ["train"] * 3
    assert not (models_dir / ".cache").exists()


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
    with pytest.raises(OSError, match="No space"):
        files.replace(tmp_path / "cache" / "file", b"content")
    assert list((tmp_path / "cache").iterdir()) == []


def test_nobody_waits_while_digits_are_prepared(models_dir, full, few, monkeypatch):
    go, make = {"shipped": threading.Event(), "train": threading.Event()}, index.make

    def made(model, split, digits, at_once):
        go["shipped"].wait(PATIENCE_S)
        return make(model, split, few, at_once)

    def run(command, name):  # as the process of its own does, here
        go["train"].wait(PATIENCE_S)
        assert command_line.main([command, name]) == 0

    monkeypatch.setattr(index, "make", made)
    monkeypatch.setattr(nearest, "_run", run)
    model = serving.load("dnn")
    state = nearest.preparation(model)
    assert (state.found, state.going_on) == (None, True)
    go["shipped"].set()
    until(lambda: state.found is not None)
    assert (state.found.split, state.going_on) == ("validation", True)
    go["train"].set()
    until(lambda: not state.going_on)
    assert (state.found.split, state.shipped.split) == ("train", "validation")
    assert nearest.preparation(model) is state
    assert index.kept(model) is not None


def test_command_prepares(models_dir, full, capsys):
    assert command_line.main([nearest.COMMAND, "dnn"]) == 0
    assert "dnn: 300 train digits" in capsys.readouterr().out
    assert (models_dir / ".cache" / "dnn" / "neighbours.npz").is_file()
