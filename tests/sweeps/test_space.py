import json

import pytest

from digitlab import networks, sweeps
from digitlab.errors import InvalidValue
from digitlab.networks import Recipe
from digitlab.sweeps import Choice, Range
from digitlab.sweeps.study import Sweep

NETWORK = networks.get("cnn-32-64")


def read(tmp_path, told):
    file = tmp_path / "space.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told))
    return sweeps.space_from(sweeps.read_space(file), NETWORK, NETWORK.recipe)


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_every_network_has_a_space_that_holds_its_published_settings(name):
    network = networks.get(name)
    space = sweeps.default_space(network, network.recipe)
    assert ("dropout" in space) == bool(network.dropout)
    for field, dimension in space.items():
        value = network.dropout if field == "dropout" else getattr(network.recipe, field)
        if isinstance(dimension, Choice):
            assert value in dimension.choices
            ends = dimension.choices
        else:
            assert dimension.low <= value <= dimension.high
            ends = (dimension.low, dimension.high)
        for end in ends:
            Recipe(**{field: end})


def test_a_file_is_read_and_widened_to_the_published_settings(tmp_path):
    told = {"batch_size": {"choices": [16]}, "learning_rate": {"low": 1e-5, "high": 1e-4, "log": True}}
    space = read(tmp_path, told)
    assert space["batch_size"] == Choice((16, NETWORK.recipe.batch_size))
    assert space["learning_rate"] == Range(1e-5, NETWORK.recipe.learning_rate, log=True)


def test_the_hyperparameter_says_whether_a_range_is_of_whole_numbers_and_not_how_its_ends_are_written(tmp_path):
    space = read(tmp_path, {"augment_end": {"low": 0, "high": 1}, "batch_size": {"low": 16, "high": 256}})
    assert space["augment_end"] == Range(0.0, 1.0)
    assert space["batch_size"] == Range(16, 256, whole=True)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("{", "cannot be read"),
        ([], "must be a JSON object"),
        ({}, "must be a JSON object"),
        ({"momentum": {"choices": [1]}}, "not 'momentum'"),
        ({"epochs": {"low": 1, "high": 9}}, "not 'epochs'"),
        ({"ema": 0.5}, '"choices", or "low" and "high"'),
        ({"ema": {"low": 0.1}}, '"choices", or "low" and "high"'),
        ({"ema": {"choices": []}}, "at least one value"),
        ({"ema": {"choices": [2]}}, "from 0 to 0.99999, got 2"),
        ({"optimizer": {"choices": ["lion"]}}, "must be one of"),
        ({"optimizer": {"low": "adam", "high": "sgd"}}, "from a number to a larger one"),
        ({"dropout": {"low": 0.5, "high": 0.1}}, "from a number to a larger one"),
        ({"dropout": {"low": 0.0, "high": 0.1, "log": True}}, "cannot be logarithmic"),
        ({"dropout": {"low": 0.0, "high": 0.1, "step": 2}}, "low, high and log"),
        ({"dropout": {"low": None, "high": 0.1}}, "from a number to a larger one"),
        ({"ema": {"low": 0.9, "high": 0.999, "log": True}}, "must contain the published value, 0.0"),
    ],
)
def test_what_is_wrong_with_a_space_is_said(tmp_path, told, words):
    with pytest.raises(InvalidValue, match=words):
        read(tmp_path, told)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidValue, match="cannot be read"):
        sweeps.read_space(tmp_path / "none.json")


def test_the_same_sweep_has_the_same_name_and_another_space_another():
    space = sweeps.default_space(NETWORK, NETWORK.recipe)
    one = Sweep(NETWORK, NETWORK.recipe, space)
    assert Sweep(NETWORK, NETWORK.recipe, dict(reversed(space.items()))).name == one.name
    assert Sweep(NETWORK, NETWORK.recipe, {"ema": space["ema"]}).name != one.name
    assert Sweep(NETWORK, NETWORK.recipe.with_changes(epochs=3), space).name != one.name
    assert Sweep(NETWORK, NETWORK.recipe, space, attempt=1).name != one.name
    assert Sweep(NETWORK, NETWORK.recipe, space, source="packaged").name != one.name
    assert one.source == "full"
    assert one.recipe({"ema": 0.5}) == NETWORK.recipe.with_changes(ema=0.5)
