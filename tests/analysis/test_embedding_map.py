"""Where digits lie in a model's learned space."""

import sys

import numpy as np
import pytest

from digitlab import __main__ as command_line
from digitlab.analysis import embedding_map, held_out
from digitlab.data import mnist
from digitlab.models import store
from digitlab.ui.explore import embedding_map as embedding_map_ui
from tests.analysis.held import SPLITS


def test_packaged_models_are_mapped_on_digits_they_have_not_trained_on(smaller, monkeypatch):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    monkeypatch.setattr(embedding_map, "flat", lambda points, thorough: np.zeros((len(points), 2), np.float16))
    assert command_line.main(["map", smaller]) == 0
    evaluation = store.read_evaluation(store.read(smaller))
    assert evaluation["validation_neighbours"].max() < 4000
    assert len(held_out.read("validation", ["dnn", smaller]).labels) == 1000


@pytest.mark.parametrize("split", SPLITS)
def test_digits_without_a_stored_map_still_have_places(small, split):
    held = held_out.read(split, [small])
    places = embedding_map_ui._places(held, small, embedding_map_ui.LAYERS[0])
    assert places.shape == (len(held.labels), 2)
    assert 0 <= places.min() <= places.max() <= 1
    assert embedding_map_ui.method(split, small, embedding_map_ui.LAYERS[0]) == "PCA"


def test_nearest_are_the_nearest():
    random = np.random.default_rng(0)
    points, others = random.normal(size=(1203, 5)), random.normal(size=(700, 5))
    found = embedding_map.nearest(points, others, 3)
    distances = np.linalg.norm(points[:, None] - others[None], axis=2)
    np.testing.assert_array_equal(found, distances.argsort(axis=1)[:, :3])


@pytest.mark.parametrize(("thorough", "missing"), [(False, ""), (True, ""), (True, "openTSNE")])
def test_map_keeps_neighbours_together_and_repeats(thorough, missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)  # cannot be imported
    random = np.random.default_rng(0)
    centres = np.eye(12)[:3] * 20
    points = np.concatenate([centre + random.normal(size=(60, 12)) for centre in centres])
    places = embedding_map.flat(points, thorough=thorough)
    assert (places.shape, places.dtype) == ((180, 2), np.float16)
    assert 0 <= places.min() <= places.max() <= 1
    np.testing.assert_array_equal(places, embedding_map.flat(points, thorough=thorough))
    nearest = embedding_map.nearest(places.astype(float), places.astype(float), 4)[:, 1:]
    assert (nearest // 60 == np.arange(180)[:, None] // 60).mean() > 0.98


@pytest.mark.parametrize("name", store.names())
def test_committed_maps_keep_the_digits_apart(name):
    evaluation, labels = store.read_evaluation(store.read(name)), mnist.packaged().labels
    places = evaluation["validation_map"].astype(float)
    neighbours = embedding_map.nearest(places, places, 6)[:, 1:]
    assert (labels[neighbours] == labels[:, None]).mean() > 0.85  # pixels alone reach 0.9
    assert evaluation["validation_neighbours"].shape == (5000, embedding_map.NEIGHBOURS)
    assert evaluation["test_neighbours"].shape == (10000, embedding_map.NEIGHBOURS)


def test_nearest_training_digits_are_mostly_of_the_same_kind(full_mnist):
    neighbours = store.read_evaluation(store.read("cnn"))["test_neighbours"]
    assert (full_mnist.train.labels[neighbours[:, 0]] == full_mnist.test.labels).mean() > 0.99


@pytest.mark.parametrize("split", ["validation", "test"])
def test_pixels_have_a_map(split):
    assert embedding_map.pixel_map(split).shape == ({"validation": 5000, "test": 10000}[split], 2)
