"""Networks that see standardised pixels: the model takes pixels from 0 to 1 all the same, and its inside adds up."""

import numpy as np
import pytest

from digitlab import networks, serving
from digitlab.errors import InvalidValue
from digitlab.explain import inside
from digitlab.explain.network import LOGITS
from digitlab.models import store, versions

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")

from digitlab.training.produce import complete, produce  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=1, batch_size=50, learning_rate=2e-3, examples=500, scaling="standardised")


@pytest.mark.parametrize("name", ["softmax", "lenet-5", "dnn"])
def test_the_inside_of_a_standardised_network_adds_up(name, packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    made = produce(networks.get(name), TINY, packaged)
    versions.promote(name)
    complete(made, packaged)
    model = serving.load(name)
    assert model.run["recipe"]["scaling"] == "standardised"
    assert model.run["metrics"].keys() == {"validation", "training"}
    assert model.run["metrics"]["training"]["count"] == 500
    assert store.read_evaluation(store.read(name))["validation_map"].shape == (1000, 2)
    pixels = packaged.validation.scaled()[3]
    traced = inside.inside(model, pixels)
    sums = np.array([traced.contributions(digit).total for digit in range(10)])
    np.testing.assert_allclose(traced[LOGITS].activations, sums, atol=1e-4)
    for layer in traced.layers[1:-1]:
        unit = int(layer.activations.reshape(-1, len(layer)).max(axis=0).argmax())
        value = layer.activations[(*layer.place(unit), unit)]
        assert max(traced.trace(layer.name, unit).total, 0) == pytest.approx(value, rel=1e-4, abs=1e-4)


def test_further_training_keeps_the_scaling_of_the_layers_it_starts_with(packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    produce(networks.get("softmax"), TINY, packaged)
    versions.promote("softmax")
    further = produce(networks.get("softmax"), TINY.with_changes(start="softmax", scaling="unit"), packaged)
    assert further.run["recipe"]["scaling"] == "standardised"


def test_another_scaling_is_refused():
    with pytest.raises(InvalidValue, match="scaling must be one of unit, standardised, got 'none'"):
        networks.Recipe(scaling="none")
