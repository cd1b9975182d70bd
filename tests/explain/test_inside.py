"""What each layer makes of a drawing, and the sums behind it: exact for every network there is."""

import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.errors import DamagedModel, InsideMissing, UnknownLayer
from digitlab.explain import inside, network
from digitlab.explain.network import LOGITS
from digitlab.models import store
from tests import drawings

SAMPLED = 12  # units of a layer


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """A drawing with some noise: on a plain background all of a pool's window is equal, and any may be the largest."""
    noise = np.random.default_rng(0).uniform(0, 0.2, (28, 28))
    return np.clip(ink.read(drawings.canvas(4)).pixels + noise, 0, 1).astype(np.float32)


@pytest.fixture(scope="module", params=store.names())
def opened(request, pixels):
    model = serving.load(request.param)
    return model, inside.inside(model, pixels)


def sampled(layer: inside.Layer) -> range:
    return range(0, len(layer), max(1, len(layer) // SAMPLED))


def test_contributions_sum_up_to_the_logits(opened, pixels):
    model, found = opened
    logits = model.answer(pixels[None]).logits[0]
    sums = np.array([found.contributions(digit).total for digit in range(10)])
    np.testing.assert_allclose(found[LOGITS].activations, sums, atol=1e-4)
    if found.network.steps[-1].settings["activation"] == "log_sigmoid":
        sums = -np.log1p(np.exp(-sums))
    np.testing.assert_allclose(sums, logits, atol=1e-4)
    contributions = found.contributions(int(logits.argmax()))
    amounts = [abs(feeder.amount) for feeder in contributions.feeders]
    assert amounts == sorted(amounts, reverse=True)
    assert len(amounts) == len(found.embedding)


def test_what_feeds_a_unit_sums_up_to_it(opened):
    _, found = opened
    for layer in found.layers[1:-1]:
        for unit in sampled(layer):
            total = found.trace(layer.name, unit).total
            value = layer.activations[(*layer.place(unit), unit)]
            assert max(total, 0) == pytest.approx(value, rel=1e-4, abs=1e-4)


def constants(found: inside.Inside, name: str, slopes: network.Arrays) -> float:
    """What all steps before a unit add to it, those that a ReLU lets through."""
    total = 0.0
    for step in (found.network[passed] for passed in slopes):
        let_through = found.activations[step.name] > 0 if step.is_relu and step.name != name else 1
        total += (slopes[step.name][0] * let_through * step.constant).sum() if step.weights else 0
    return float(total)


def test_what_a_unit_looks_for_tells_it_from_the_pixels(opened):
    _, found = opened
    pixels = found.layers[0].activations.reshape(28, 28)
    for layer in found.layers[1:-1]:
        for unit in sampled(layer):
            value = layer.activations[(*layer.place(unit), unit)]
            slopes = found.network.slopes(layer.name, found._seeds(layer.name, [unit]), found.activations)
            bias = constants(found, layer.name, slopes)
            (weights,) = found.looked_for(layer.name, [unit])
            assert max(float((weights * pixels).sum()) + bias, 0) == pytest.approx(value, rel=1e-3, abs=1e-3)


def test_layers_are_those_of_the_network(opened):
    model, found = opened
    kinds = [layer.kind for layer in found.layers]
    assert (kinds[0], kinds[-1]) == ("pixels", "answers")
    assert ("maps" in kinds) == (model.run["family"] == "CNN")
    for layer in found.layers[1:-1]:
        assert layer.activations.min() >= 0
        assert (layer.filters is not None) == (layer.kind == "maps")
        if layer.filters is not None:
            assert layer.filters.shape[2:] == (len(found[layer.sources[0]]) if layer.sources[0] != "images" else 1,
                                               len(layer))  # fmt: skip
    assert found.network.is_mean == (model.name == "cnn")


def test_first_layer_of_a_dense_network_looks_for_its_own_weights(pixels):
    found = inside.inside(serving.load("dnn-100"), pixels)
    dense = next(step for step in found.network.steps if step.kind == "Dense")
    weights = found.looked_for(dense.name, range(100))
    np.testing.assert_allclose(weights.reshape(100, 784), dense.weights[0].T, atol=1e-6)


def test_a_filter_is_what_its_map_looks_for(pixels):
    found = inside.inside(serving.load("cnn-simple"), pixels)
    layer = found.layers[1]
    (weights,) = found.looked_for(layer.name, [3])
    row, column = layer.place(3)
    np.testing.assert_allclose(weights[row : row + 3, column : column + 3], layer.filters[:, :, 0, 3], atol=1e-6)
    assert np.count_nonzero(weights) <= 9


@pytest.mark.parametrize("described", [None, {}, {"steps": [{"name": "images"}]}, {"steps": "damaged"}])
def test_model_stored_without_its_inside_says_so(described):
    run = {**store.read("dnn-100").run, "inside": described}
    with pytest.raises(InsideMissing, match="python -m digitlab inside dnn-100"):
        network.read("dnn-100", run)


@pytest.mark.parametrize("changed", [{"kind": "LSTM"}, {"settings": {"activation": "tanh"}}])
def test_a_layer_of_an_unknown_kind_is_not_passed_over(changed):
    run = store.read("dnn-100").run
    steps = [{**step, **changed} if step["kind"] == "Flatten" else step for step in run["inside"]["steps"]]
    with pytest.raises(UnknownLayer, match=r"layer flatten_1 of dnn-100 .* (LSTM|tanh)"):
        network.read("dnn-100", {**run, "inside": {"is_mean": False, "steps": steps}})


def test_another_version_in_service_is_not_explained():
    run = store.read("dnn-100").run
    with pytest.raises(DamagedModel, match="replaced by another version"):
        network.read("dnn-100", {**run, "sha256": {**run["sha256"], store.KERAS: "0" * 64}})
