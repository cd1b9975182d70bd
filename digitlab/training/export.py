"""A trained Keras model to the files that others run."""

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
from digitlab.serving import Classifier, quiet, store
from digitlab.training import views

SAME = 1e-4  # most that a probability may differ after export
CHECKED = 500  # digits that it is checked on


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT, with two signatures that share their weights.

    Args:
        model: (n, 28, 28) images in [0, 1] to logits, with a layer named "embedding".

    Returns:
        A `.tflite` file. Both signatures take `images` (n, 28, 28) float32; n is free. `store.ANSWER` gives `logits`
        (n, 10) and `embedding` (n, d), both float32. `store.LAYERS` gives what goes into or comes out of every layer
        that is not linear, by the names these have in the Keras model (of one view, where the model has three); a
        network without such a layer has no such signature.

    Raises:
        ExportFailed: TensorFlow could not, for want of room for its temporary files for one.
    """
    signatures = {store.ANSWER: _with_embedding(model), **_with_layers(model)}
    try:
        with quiet(), tempfile.TemporaryDirectory() as folder:  # the converter writes pages of notes
            archive = keras.export.ExportArchive()
            for name, one in signatures.items():
                archive.track(one)
                archive.add_endpoint(
                    name, functools.partial(one, training=False),
                    [tf.TensorSpec((None, 28, 28), tf.float32, name="images")],
                )  # fmt: skip
            archive.write_out(folder, verbose=False)
            return tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(signatures)).convert()
    except Exception as error:  # whatever TensorFlow makes of a temporary file that it could not write
        raise ExportFailed(
            f"TensorFlow could not convert the network for LiteRT. Is there room left in {tempfile.gettempdir()}?"
        ) from error


def to_onnx(keras_file: Path, onnx_file: Path) -> float:
    """A `.keras` file as ONNX, with the same input and outputs as `to_tflite`; checked to give the same answers.

    Returns:
        The largest difference of a probability over 500 held-out digits.

    Raises:
        ExportFailed: it differs by more than 1e-4; no file is left.
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


def with_inside(stored: store.StoredModel) -> bytes:
    """A stored model's `.tflite` file as `to_tflite` makes it today, from the weights that it has.

    Raises:
        ExportFailed: it would answer otherwise than the file in service, if only in the last bit; or as `to_tflite`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / store.KERAS
        file.write_bytes(store.read_file(stored.name, store.KERAS))
        made = to_tflite(keras.models.load_model(file))
    images = mnist.packaged().scaled()[:: 5000 // CHECKED]
    before, after = Classifier(stored).answer(images), Classifier(replace(stored, tflite=made)).answer(images)
    if not (np.array_equal(before.logits, after.logits) and np.array_equal(before.embedding, after.embedding)):
        raise ExportFailed(f"Exported anew, {stored.name} would answer differently. Nothing was replaced.")
    return made


def _with_layers(model: keras.Model) -> dict[str, keras.Model]:
    """What `explain` cannot tell from the weights: which units are on, and what a pool took its maximum from."""
    one_view = views.single(model)
    outputs = {
        layer.name: layer.output
        for layer in one_view.layers
        if _is_relu(layer) or _is_pooled(layer) or _is_deslanted(layer, one_view)
    }
    return {store.LAYERS: keras.Model(one_view.inputs, outputs)} if outputs else {}


def _is_relu(layer: keras.Layer) -> bool:
    return getattr(layer, "activation", None) is keras.activations.relu


def _is_pooled(layer: keras.Layer) -> bool:
    return any(isinstance(node.operation, keras.layers.MaxPooling2D) for node in layer._outbound_nodes)


def _is_deslanted(layer: keras.Layer, model: keras.Model) -> bool:
    return layer.name == "channel" and layer.input is not model.inputs[0]


def _with_embedding(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, {"logits": model.output, "embedding": model.get_layer("embedding").output})
