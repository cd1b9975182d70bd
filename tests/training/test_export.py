"""Exported files answer as the model does."""

import shutil

import numpy as np
import pytest

from digitlab import __main__ as command_line
from digitlab import networks, serving
from digitlab.data import mnist
from digitlab.errors import ExportFailed
from digitlab.explain import network
from digitlab.models import store, versions
from digitlab.serving import softmax
from tests.conftest import MODELS

keras = pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")

from digitlab.training import export  # noqa: E402

pytestmark = pytest.mark.training
TINY = networks.Recipe(epochs=2, batch_size=50, learning_rate=2e-3, examples=1000)


@pytest.mark.parametrize("name", ["softmax", "cnn"])
def test_onnx_answers_alike(name, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    file = tmp_path / "model.onnx"
    assert export.to_onnx(store.read(name).place / store.KERAS, file) <= 1e-4
    images = mnist.packaged().scaled()[::1000]
    (logits,) = onnxruntime.InferenceSession(file).run(["logits"], {"images": images})
    model = serving.load(name)
    scaled = logits / model.run["temperature"]
    np.testing.assert_allclose(softmax(scaled), model.answer(images).probabilities, atol=1e-4)


@pytest.mark.parametrize("name", ["softmax", "lenet-5", "cnn"])
def test_export_of_a_stored_model_keeps_its_answers(name, models_dir, monkeypatch):
    if not (models_dir / name).is_dir():
        shutil.copytree(MODELS / name, models_dir / name)
    with monkeypatch.context() as patch:
        patch.setattr(export, "_with_layers", lambda model: {})
        plain = export.to_tflite(keras.models.load_model(MODELS / name / store.KERAS))
    run = {key: value for key, value in store.read(name).run.items() if key != "inside"}
    versions.amend(name, run, {store.TFLITE: plain})
    before, images = store.read(name), mnist.packaged().scaled()[::50]
    answers = serving.Classifier(before).answer(images)
    assert command_line.main(["inside", name]) == 0
    after = store.read(name)
    again = serving.Classifier(after)
    np.testing.assert_array_equal(again.answer(images).logits, answers.logits)
    np.testing.assert_array_equal(again.answer(images).scores, answers.scores)
    changed = {key for key in before.run if before.run[key] != after.run[key]}
    assert changed <= {"sha256"}
    assert after.run["inside"] == store.read_run(MODELS / name)["inside"]
    assert before.run["sha256"][store.KERAS] == after.run["sha256"][store.KERAS]
    assert abs(len(after.tflite) - len(before.tflite)) < 20_000
    relu = {step.name for step in network.read(name, after.run).steps if step.is_relu}
    assert again.activations(images[0]).keys() >= relu
    assert not versions.has_previous(name)
    assert command_line.main(["inside", name]) == 0
    assert store.read(name).run == after.run  # its files tell everything already


def test_export_that_would_answer_otherwise_is_refused(models_dir, monkeypatch):
    other = export.to_tflite(keras.models.load_model(MODELS / "dnn-100" / store.KERAS))
    shutil.copytree(MODELS / "ann-hidden", models_dir / "ann-hidden")
    monkeypatch.setattr(export, "to_tflite", lambda model: other)
    before = store.read("ann-hidden").run
    assert command_line.main(["inside", "ann-hidden"]) == 2
    assert store.read("ann-hidden").run == before


def test_onnx_that_answers_otherwise_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(export, "SAME", 0.0)
    with pytest.raises(ExportFailed, match="answers differently"):
        export.to_onnx(store.read("softmax").place / store.KERAS, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
