"""Converts a trained Keras model into the files that other programs run."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from digitlab.data import mnist
from digitlab.errors import ExportFailed
from digitlab.models import store
from digitlab.serving import Classifier, quiet
from digitlab.training import graph, inside, views

SAME = 1e-4  # the largest difference allowed between a model's probabilities and those of its ONNX file
CHECKED = 500  # the number of digits that an export is checked on


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT, with two signatures that share their weights.

    Args:
        model: from (n, 28, 28) images in [0, 1] to logits, with a layer named "embedding".

    Returns:
        A `.tflite` file. Both signatures take `images` (n, 28, 28) float32, for any n. `store.ANSWER` gives `logits`
        (n, 10) and `embedding` (n, d), both float32. `store.LAYERS` gives the inputs or outputs of every layer that is
        not linear, by layer name in the Keras model (for the unshifted view only, where the model has three views); a
        network without such layers lacks this signature.

    Raises:
        ExportFailed: TensorFlow could not convert the model, for example without room for its temporary files.
    """
    signatures = {store.ANSWER: _with_embedding(model), **_with_layers(model)}
    try:
        with quiet(), tempfile.TemporaryDirectory() as folder:  # the converter writes pages of notes
            archive = keras.export.ExportArchive()
            for name, call in signatures.items():
                archive.track(call)
                archive.add_endpoint(
                    name, functools.partial(call, training=False),
                    [tf.TensorSpec((None, 28, 28), tf.float32, name="images")],
                )  # fmt: skip
            archive.write_out(folder, verbose=False)
            return tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(signatures)).convert()
    except Exception as error:  # TensorFlow raises errors of many kinds when it cannot write its temporary files
        raise ExportFailed(
            f"TensorFlow could not convert the network for LiteRT. Is there room left in {tempfile.gettempdir()}?"
        ) from error


def to_onnx(keras_file: Path, onnx_file: Path) -> float:
    """Write a `.keras` file as ONNX, with the input and outputs of `store.ANSWER`, and check that it answers the same.

    Returns:
        The largest difference between two probabilities over 500 of the packaged digits.

    Raises:
        ExportFailed: a probability differs by more than 1e-4; no file is left.
    """
    import onnxruntime

    model = keras.models.load_model(keras_file)
    both = _with_embedding(model)
    images = mnist.packaged().scaled()[:: 5000 // CHECKED]
    expected = tf.nn.softmax(both(images)["logits"]).numpy()
    with quiet():
        both.export(onnx_file, format="onnx", verbose=False)
    (logits,) = onnxruntime.InferenceSession(onnx_file).run(["logits"], {"images": images})
    difference = float(np.abs(tf.nn.softmax(logits).numpy() - expected).max())
    if not difference <= SAME:
        onnx_file.unlink()
        raise ExportFailed(
            f"As ONNX the model answers differently: a probability is off by {difference:.2g}, {SAME:g} is allowed."
        )
    return difference


def with_inside(stored: store.StoredModel) -> dict[str, bytes]:
    """Add to a stored model what `explain.inside` needs: the description of its layers, as "inside" in its run.

    Returns:
        The `.tflite` file that `to_tflite` makes today and its graph, by name; nothing if the stored ones tell as much.

    Raises:
        ExportFailed: the new file would answer differently from the one in service, even if only in the last bit; or
            as `to_tflite`.
    """
    weights = store.read_file(stored.name, store.KERAS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / store.KERAS
        file.write_bytes(weights)
        model = keras.models.load_model(file)
    stored.run["inside"] = inside.described(model, weights)
    made = to_tflite(model)
    images = mnist.packaged().scaled()[:: 5000 // CHECKED]
    before, after = Classifier(stored), Classifier(replace(stored, tflite=made))
    old, new = before.answer(images), after.answer(images)
    if not (np.array_equal(old.logits, new.logits) and np.array_equal(old.embedding, new.embedding)):
        raise ExportFailed(f"Exported anew, {stored.name} would answer differently. Nothing was replaced.")
    if before.activations(images[0]).keys() == after.activations(images[0]).keys():
        return {}
    return {store.TFLITE: made, store.GRAPH: graph.split(weights, made)}


def _with_layers(model: keras.Model) -> dict[str, keras.Model]:
    """The signature for what `explain` cannot tell from the weights: which units are on, and from which place each
    pooling layer took its maximum."""
    one_view = views.single(model)
    pooled = {id(layer.input) for layer in one_view.layers if isinstance(layer, keras.layers.MaxPooling2D)}
    outputs = {
        layer.name: layer.output
        for layer in one_view.layers
        if _is_relu(layer) or id(layer.output) in pooled or _is_deslanted(layer, one_view)
    }
    return {store.LAYERS: keras.Model(one_view.inputs, outputs)} if outputs else {}


def _is_relu(layer: keras.Layer) -> bool:
    return getattr(layer, "activation", None) is keras.activations.relu


def _is_deslanted(layer: keras.Layer, model: keras.Model) -> bool:
    return layer.name == "channel" and layer.input is not model.inputs[0]


def _with_embedding(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, {"logits": model.output, "embedding": model.get_layer("embedding").output})
