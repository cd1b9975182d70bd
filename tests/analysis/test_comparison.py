"""A challenger against the model in service."""

import numpy as np
import pytest

from digitlab.analysis import comparison
from digitlab.data import mnist
from digitlab.models import store, versions
from digitlab.wording.comparison import verdict
from tests.models.test_store import RUN


@pytest.fixture(autouse=True)
def empty_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))


def write(name: str, wrong: list[int], source: str = "full", sure: float = 0.9) -> None:
    """A challenger that is right on the packaged digits but for some."""
    indices = mnist.validation_indices(source)
    answers = mnist.packaged().labels[indices].astype(int)
    answers[np.isin(indices, wrong)] = (answers[np.isin(indices, wrong)] + 1) % 10
    probabilities = np.full((len(indices), 10), (1 - sure) / 9, np.float32)
    probabilities[np.arange(len(indices)), answers] = sure
    with versions.challenging(name, {**RUN, "data": {"source": source, "train": 4000}}) as folder:
        for file in (store.KERAS, store.TFLITE):
            (folder / file).write_bytes(b"made up")
        np.savez(folder / store.EVALUATION, validation_probabilities=probabilities)


def compared(before: dict, after: dict) -> comparison.Comparison:
    write("cnn", **before)
    versions.promote("cnn")
    write("cnn", **after)
    return comparison.compare(store.read("cnn"), store.read_challenger("cnn"))


def test_gained_and_lost_are_the_digits_that_changed_sides():
    found = compared({"wrong": [3, 70, 4000]}, {"wrong": [70, 90]})
    assert found.indices[found.gained].tolist() == [3, 4000]
    assert found.indices[found.lost].tolist() == [90]
    assert found.before_summary.accuracy == pytest.approx(1 - 3 / 5000)
    assert found.after_summary.accuracy == pytest.approx(1 - 2 / 5000)
    assert found.better
    assert found.p_value == 1.0
    assert "may be chance" in verdict(found)


def test_sure_difference_is_called_one():
    found = compared({"wrong": list(range(0, 300, 10))}, {"wrong": [7]})
    assert (len(found.gained), len(found.lost)) == (30, 1)
    assert found.p_value == pytest.approx(32 / 2**30)  # (1 + 31) / 2^31 on either side
    assert (
        "the challenger is better. Two equally good models would differ as much in fewer than 0.1% of cases"
        in verdict(found)
    )


def test_equally_right_the_surer_one_is_better():
    found = compared({"wrong": [1], "sure": 0.8}, {"wrong": [2], "sure": 0.9})
    assert found.better
    assert "As many digits gained as lost (1)" in verdict(found)
    assert not compared({"wrong": [1]}, {"wrong": [1]}).better


@pytest.mark.parametrize(("before", "after"), [("full", "packaged"), ("packaged", "full"), ("packaged", "packaged")])
def test_only_digits_that_both_held_out_count(before, after):
    found = compared({"wrong": [4, 5, 9], "source": before}, {"wrong": [9, 10], "source": after})
    assert found.before_summary.count == 1000
    assert (found.indices % 5 == 4).all()
    assert found.indices[found.gained].tolist() == [4]  # 5 and 10 were trained on by one of them
    assert found.lost.tolist() == []


@pytest.mark.parametrize(("gained", "lost", "p_value"), [(0, 0, 1.0), (5, 0, 0.0625), (0, 6, 0.03125), (10, 10, 1.0)])
def test_mcnemar_is_the_exact_binomial_test(gained, lost, p_value):
    assert comparison.mcnemar(gained, lost) == pytest.approx(p_value)
