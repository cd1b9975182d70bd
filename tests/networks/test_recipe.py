import json
import math

import pytest

from digitlab.errors import InvalidValue
from digitlab.jobs import Job, request
from digitlab.networks import HYPERPARAMETERS, NETWORKS, Recipe


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0), ("epochs", 501), ("epochs", 1.5), ("epochs", True), ("batch_size", 0), ("seed", -1),
        ("examples", 9), ("patience", 0), ("learning_rate", 0.0), ("learning_rate", math.nan),
        ("learning_rate", math.inf), ("learning_rate", "fast"), ("dropout", 1.0), ("dropout", -0.1), ("ema", 1.0),
        ("optimizer", "lion"), ("schedule", "step"), ("augment", "wild"), ("augment_end", 1.1), ("scaling", "none"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused_in_words(name, value):
    with pytest.raises(InvalidValue, match=f"{name} must be .*got {value!r}"):
        Recipe(**{name: value})


def test_changes_leave_the_rest():
    recipe = Recipe(epochs=3).with_changes(batch_size=7)
    assert (recipe.epochs, recipe.batch_size) == (3, 7)
    assert recipe.as_dict()["epochs"] == 3


def test_a_change_to_none_is_a_change():
    assert Recipe(patience=3, examples=100).with_changes(patience=None) == Recipe(examples=100)
    with pytest.raises(InvalidValue, match=r"epochs must be .*got None"):
        Recipe().with_changes(epochs=None)


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_every_hyperparameter_is_described(name):
    hyperparameter = HYPERPARAMETERS[name]
    assert hyperparameter.title
    assert hyperparameter.description
    assert (hyperparameter.least is None) == (hyperparameter.most is None) == (hyperparameter.kind is str)
    default = getattr(Recipe(), name)
    assert hyperparameter.parse(hyperparameter.none if default is None else str(default)) == default
    for end in (hyperparameter.least, hyperparameter.most, *hyperparameter.choices, *hyperparameter.offered):
        if end is not None:
            assert getattr(Recipe(**{name: end}), name) == end
    with pytest.raises(InvalidValue, match=f"{name} must be "):
        hyperparameter.check([])


@pytest.mark.parametrize("name", NETWORKS)
def test_recipes_of_networks_are_the_same_after_a_way_through_json(name):
    job = Job("train", name, NETWORKS[name].recipe.with_changes(seed=7, examples=1234, patience=3, dropout=0.2))
    assert request.from_data(json.loads(json.dumps(job.as_data()))) == job
