"""Networks whose units pass on less: what the changed file answers is what the weights say it must."""

import numpy as np
import pytest

from digitlab import ink, serving
from digitlab.errors import Busy, InsideMissing, UnknownLayer
from digitlab.explain import inside, network, robustness, surgery
from digitlab.explain.network import LOGITS
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Classifier
from tests import drawings


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    noise = np.random.default_rng(0).uniform(0, 0.2, (28, 28))
    return np.clip(ink.read(drawings.canvas(4)).pixels + noise, 0, 1).astype(np.float32)


@pytest.mark.parametrize("name", store.names())
def test_the_changed_file_answers_what_the_changed_weights_say_in_every_layer(name, pixels):
    stored, before = store.read(name), inside.inside(serving.load(name), pixels)
    for number, layer in enumerate(before.layers[1:-1], 1):
        unit, factor = int(layer.values().argmax()), 0.5 if number % 2 else 0.0
        amounts = surgery.factors(before.network, [(number, unit, factor)])
        model = Classifier(surgery.operated(stored, amounts))
        after = inside.inside(model, pixels, amounts)
        for same in before.layers[: number + 1]:
            np.testing.assert_array_equal(after[same.name].activations, same.activations)
        readers = [one for one in after.layers if layer.name in one.sources]
        assert readers
        for reader in readers[:-1] if readers[-1].name == LOGITS else readers:
            for at in range(0, len(reader), max(1, len(reader) // 4)):
                trace = after.trace(reader.name, at)  # by the weights in model.keras
                assert max(trace.total, 0) == pytest.approx(
                    reader.activations[(*reader.place(at), at)], rel=1e-3, abs=1e-3
                )
                given = next(one for one in trace.feeders if (one.layer, one.unit) == (layer.name, unit))
                assert factor or given.amount == 0
        sums = np.array([after.contributions(digit).total for digit in range(10)])
        if after.network.steps[-1].settings["activation"] == "log_sigmoid":
            sums = -np.log1p(np.exp(-sums))
        np.testing.assert_allclose(sums, model.answer(pixels[None]).logits[0], atol=1e-3)


def test_a_factor_multiplies_what_the_unit_gives():
    stored, pixels = store.read("lenet-5"), ink.read(drawings.canvas(4)).pixels
    before = inside.inside(serving.load("lenet-5"), pixels)
    number = next(at for at, layer in enumerate(before.layers) if layer.kind == "units")  # two of them, no pool between
    layer, reader = before.layers[number : number + 2]
    unit = int(layer.values().argmax())
    for factor in (0.0, 0.3, 2.0):
        amounts = surgery.factors(before.network, [(number, unit, factor)])
        after = inside.inside(Classifier(surgery.operated(stored, amounts)), pixels, amounts)
        for at in range(len(reader)):
            trace = before.trace(reader.name, at)
            given = next(one.amount for one in trace.feeders if one.unit == unit)
            expected = max(trace.total + (factor - 1) * given, 0)
            assert after[reader.name].activations[at] == pytest.approx(expected, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", store.names())
def test_everything_on_is_the_served_answer(name):
    stored = store.read(name)
    trained = network.read(name, stored.run)
    every = {step.name: np.ones(step.units, np.float32) for step in trained.hidden}
    assert surgery.operated(stored, every).tflite == surgery.operated(stored, {}).tflite == stored.tflite


@pytest.mark.parametrize("name", store.FLAGSHIPS)
def test_accuracy_is_that_of_the_served_model_on_the_thousand_digits(name):
    held_out = robustness.digits()
    assert len(held_out.labels) == surgery.COUNT
    answers = serving.load(name).answer(to_shares(held_out.images)).probabilities.argmax(axis=1)
    assert surgery.accuracy(store.read(name)) == (answers == held_out.labels).mean()


def test_no_file_is_written_and_the_model_in_service_answers_as_before(pixels):
    files = {path: path.stat().st_mtime_ns for path in store.folder().rglob("*")}
    before = serving.load("dnn").answer(pixels[None]).logits
    stored = store.read("dnn")
    amounts = surgery.factors(network.read("dnn", stored.run), [(1, unit, 0.0) for unit in range(700)])
    assert surgery.accuracy(surgery.operated(stored, amounts)) < 0.9
    last = surgery.factors(network.read("dnn", stored.run), [(2, unit, 0.0) for unit in range(600)])
    assert surgery.accuracy(surgery.operated(stored, last)) == 0.1  # the bias alone answers, always the same digit
    np.testing.assert_array_equal(serving.load("dnn").answer(pixels[None]).logits, before)
    assert {path: path.stat().st_mtime_ns for path in store.folder().rglob("*")} == files


def test_units_that_are_important_are_those_the_network_misses():
    stored = store.read("cnn-simple")
    importances = surgery.importance(stored)
    trained = network.read("cnn-simple", stored.run)
    assert {name: len(each) for name, each in importances.items()} == {step.name: step.units for step in trained.hidden}
    layers = list(importances)
    reversed_order = {name: -each for name, each in importances.items()}
    half, wrong_half, all_of_it = (
        surgery.accuracy(surgery.operated(stored, surgery.pruned(by, left, layers)))
        for by, left in ((importances, 0.5), (reversed_order, 0.5), (importances, 1.0))
    )
    assert half > wrong_half + 0.2
    assert all_of_it == surgery.accuracy(stored)


def test_a_share_of_every_layer_is_left_and_at_least_one_unit():
    importances = {"a": np.array([3.0, 1, 2, 0]), "b": np.array([0.0, 5])}
    left = surgery.pruned(importances, 0.5, ["a", "b"])
    np.testing.assert_array_equal(left["a"], [1, 0, 1, 0])
    np.testing.assert_array_equal(left["b"], [0, 1])
    assert [each.sum() for each in surgery.pruned(importances, 0.05, ["a", "b"]).values()] == [1, 1]
    at_random = surgery.pruned(importances, 0.5, ["a"], at_random=True)
    assert at_random["a"].sum() == 2


def test_whoever_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(surgery, "_LONGEST_WAIT_S", 0.01)
    with surgery._computing, pytest.raises(Busy, match="Try again"):
        surgery.accuracy(store.read("dnn-100"))


def test_weights_that_are_not_in_the_file_are_not_guessed(monkeypatch):
    stored = store.read("dnn-100")
    amounts = surgery.factors(network.read("dnn-100", stored.run), [(1, 0, 0.0)])
    found = serving.constants(stored.tflite)
    monkeypatch.setattr(serving, "constants", lambda tflite: {at: values[:, ::-1] for at, values in found.items()})
    with pytest.raises(InsideMissing, match=r"logits .*dnn-100.* Train the model again"):
        surgery.operated(stored, amounts)


def test_a_unit_that_something_else_reads_is_refused():
    run = store.read("cnn-simple").run
    steps = [{**step, "kind": "Add"} if step["kind"] == "MaxPooling2D" else step for step in run["inside"]["steps"]]
    changed = network.read("cnn-simple", {**run, "inside": {"is_mean": False, "steps": steps}})
    with pytest.raises(UnknownLayer, match="max_pooling2d_1, a Add"):
        changed.readers(changed.hidden[0].name)
