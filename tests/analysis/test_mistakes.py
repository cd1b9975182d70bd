"""Groups, filters and orders."""

import itertools

import numpy as np
import pytest

from digitlab.analysis import held_out, mistakes
from digitlab.analysis.held_out import HeldOut
from digitlab.analysis.mistakes import Filter
from digitlab.models import store
from tests.analysis.held import DUEL, made_up


def test_four_groups_of_a_duel():
    found = {name: mask.nonzero()[0].tolist() for name, mask in mistakes.groups(DUEL).items()}
    assert found == {
        "any wrong": [1, 2, 3, 4], "only A wrong": [3], "only B wrong": [2], "both wrong": [1, 4],
        "both right": [0, 5], "all": [0, 1, 2, 3, 4, 5],
    }  # fmt: skip


@pytest.mark.parametrize("pair", list(itertools.combinations(store.names(), 2))[:12])
def test_four_groups_share_the_whole_split_out(pair):
    held = held_out.read("validation", pair)
    masks = mistakes.groups(held)
    np.testing.assert_array_equal(sum(masks[name].astype(int) for name in mistakes.DUEL[1:5]), 1)


def test_one_model_has_two_groups():
    held = made_up([1, 2], [1, 3])
    assert {name: mask.tolist() for name, mask in mistakes.groups(held).items()} == {
        "wrong": [False, True], "right": [True, False], "all": [True, True],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Filter(), [0, 1, 2, 3, 4, 5]),
        (Filter(label=9), [3, 4]),
        (Filter(given=4), [0, 3, 4]),
        (Filter(given=1), [2, 5]),
        (Filter(group="both wrong", label=9), [4]),
        (Filter(least=0.9), []),
        (Filter(most=0.8), [0, 1, 2, 3, 4, 5]),
        (Filter(group="wrong"), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_filter(wanted, places):
    assert mistakes.select(DUEL, wanted).tolist() == places


def test_contested_labels_can_be_left_out():
    index = next(iter(held_out.CONTESTED))
    held = HeldOut(
        "test", np.array([index, 5]), DUEL.images[:2], DUEL.labels[:2], {"left": DUEL.probabilities["left"][:2]}
    )
    assert held.contested().tolist() == [True, False]
    assert mistakes.select(held, Filter(contested=False)).tolist() == [1]
    assert not made_up([1], [1]).contested().any()  # validation digits were not rated


def test_orders():
    held = made_up([0, 0, 0], [0, 1, 2], [0, 0, 3])
    held.probabilities["left"][2] = [0.01, 0, 0.5, 0.49, 0, 0, 0, 0, 0, 0]
    places = np.arange(3)
    assert mistakes.sort(held, places, "loss").tolist() == [2, 1, 0]
    assert mistakes.sort(held, places, "margin").tolist() == [2, 0, 1]
    assert mistakes.sort(held, places, "disagreement").tolist() == [1, 2, 0]
    assert mistakes.sort(held, np.array([2, 0]), "index").tolist() == [2, 0]
