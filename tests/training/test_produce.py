"""From a network to a challenger in models/."""

import json

import numpy as np
import pytest

from digitlab import networks
from digitlab.analysis import answers, film
from digitlab.errors import InvalidValue
from digitlab.models import store, versions
from digitlab.serving import Classifier, rejection, softmax

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")

from digitlab.training.produce import complete, produce  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


def test_produce_writes_a_model_that_answers(packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    produce(networks.get("cnn"), TINY.with_changes(epochs=1), packaged)
    versions.promote("cnn")
    stored = store.read("cnn")
    assert {path.name for path in (tmp_path / "cnn").iterdir()} == {
        "model.keras", "model.graph", "model.tflite", "run.json", "evaluation.npz",
    }  # fmt: skip
    assert json.loads((tmp_path / "cnn" / "run.json").read_text())["metrics"].keys() == {"validation"}
    probabilities = answers.probabilities(stored, "validation")
    own = Classifier(stored).answer(packaged.validation.scaled()).probabilities
    np.testing.assert_allclose(probabilities, own, atol=1e-6)
    model = keras.models.load_model(tmp_path / "cnn" / "model.keras")
    logits = np.asarray(model(packaged.validation.scaled())) / stored.run["temperature"]
    np.testing.assert_allclose(softmax(logits), probabilities, atol=1e-4)
    assert getattr(model, "optimizer", None) is None
    taken = film.of_model(stored)
    assert taken.counts.shape == (1, 10, 10)
    complete(stored, packaged)
    assert (film.of_model(store.read("cnn")).places == taken.places).all()
    assert stored.run["changes"] == []
    assert Classifier(stored).activations(packaged.validation.scaled()[0])  # what its layers make of a digit
    kept = Classifier(stored).answer(packaged.validation.scaled()).scores >= 0
    assert kept.mean() >= rejection.KEPT - 0.01


def test_a_training_that_diverged_to_infinite_answers_stores_nothing(packaged, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    recipe = networks.Recipe(epochs=5, batch_size=32, learning_rate=1.0)
    with pytest.raises(InvalidValue, match=r"learning_rate 1 is too large\. Try 0\.1"):
        produce(networks.get("softmax"), recipe, packaged)
    assert versions.challengers() == []
