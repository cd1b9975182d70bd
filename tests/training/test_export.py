"""Exported files answer as the model does."""

import numpy as np
import pytest

from digitlab import networks, serving
from digitlab.data import mnist
from digitlab.errors import ExportFailed
from digitlab.serving import softmax, store

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


def test_onnx_that_answers_otherwise_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(export, "SAME", 0.0)
    with pytest.raises(ExportFailed, match="answers differently"):
        export.to_onnx(store.read("softmax").place / store.KERAS, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
