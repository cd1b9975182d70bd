import math

import pytest

from digitlab.errors import InvalidValue
from digitlab.networks import Recipe


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
    recipe = Recipe(epochs=3).with_changes(batch_size=7, epochs=None)
    assert (recipe.epochs, recipe.batch_size) == (3, 7)
    assert recipe.as_dict()["epochs"] == 3
