"""The lines of Python that the Models page offers to copy are run as they stand."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from digitlab import serving
from digitlab.data import mnist
from digitlab.jobs import processes
from digitlab.models import store
from digitlab.ui.train import table
from tests.pages.test_curves_and_models import open_page

TWO_SIGNATURES, ONE_SIGNATURE = "dnn-100", "softmax"
BOTH = pytest.mark.parametrize("name", [TWO_SIGNATURES, ONE_SIGNATURE])


def block(name: str, kind: str) -> str:
    """The lines for one format, without those for the others."""
    head, *blocks = table.usage(name, 1.0).split(f"\n# {name}.")
    assert head.startswith("# picture")
    return next(f"# {lines}" for lines in blocks if lines.startswith(kind))


def logits(name: str, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """What the lines make of some digits beside their file, and what the app's own classifier does."""
    monkeypatch.chdir(folder)
    images = mnist.packaged().scaled()[::500]
    code, found = compile(block(name, kind), kind, "exec"), []
    for picture in images:
        names = {"picture": picture.astype(np.float64)}  # a NumPy array as people have it
        exec(code, names)
        found.append(np.asarray(names["logits"])[0])
    return np.array(found), serving.load(name).answer(images).logits


def test_one_model_has_two_signatures_and_the_other_one():
    from digitlab.serving.interpreter import Interpreter

    for name, signatures in (
        (TWO_SIGNATURES, {store.ANSWER, store.LAYERS}),
        (ONE_SIGNATURE, {store.ANSWER}),
    ):
        assert set(Interpreter(model_content=store.read(name).tflite).get_signature_list()) == signatures


@BOTH
def test_lines_for_litert(name, tmp_path, monkeypatch):
    pytest.importorskip("ai_edge_litert", reason="LiteRT has no wheel for this platform")
    (tmp_path / f"{name}.tflite").write_bytes(store.read_file(name, store.TFLITE))
    there, here = logits(name, "tflite", tmp_path, monkeypatch)
    np.testing.assert_allclose(there, here, atol=1e-4)


@BOTH
@pytest.mark.training
def test_lines_for_onnx_runtime(name, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    (tmp_path / f"{name}.onnx").write_bytes(processes.onnx(name))
    there, here = logits(name, "onnx", tmp_path, monkeypatch)
    np.testing.assert_allclose(there, here, atol=1e-3)


@BOTH
@pytest.mark.training
def test_lines_for_keras(name, tmp_path, monkeypatch):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    (tmp_path / f"{name}.keras").write_bytes(store.read_file(name, store.KERAS))
    there, here = logits(name, "keras", tmp_path, monkeypatch)
    np.testing.assert_allclose(there, here, atol=1e-4)


def test_the_keras_that_is_asked_for_is_the_oldest_that_reads_the_file():
    assert 'pip install "keras>=3.7" tensorflow' in block("dnn", "keras")


def test_the_keras_that_is_asked_for_is_a_file_of_befores_own(monkeypatch):
    monkeypatch.setattr(store, "GRAPH", "missing")
    with zipfile.ZipFile(store.read("softmax").place / store.KERAS) as archive:
        version = json.loads(archive.read("metadata.json"))["keras_version"]
    assert f'pip install "keras>={version}" tensorflow' in block("softmax", "keras")


@BOTH
def test_page_offers_these_lines(name):
    (code,) = open_page("train/models.py", model=name).code
    assert code.value == table.usage(name, store.read(name).run["temperature"]).strip()
