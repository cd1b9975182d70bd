"""A trained Keras model to the files that others run."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from digitlab.data import mnist
from digitlab.errors import ExportFailed
from digitlab.serving import quiet

SAME = 1e-4  # most that a probability may differ after export
CHECKED = 500  # digits that it is checked on


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT, with two outputs from one call.

    Args:
        model: (n, 28, 28) images in [0, 1] to logits, with a layer named "embedding".

    Returns:
        A `.tflite` file whose only signature takes `images` (n, 28, 28) float32 and gives `logits` (n, 10) and
        `embedding` (n, d), both float32; n is free.

    Raises:
        ExportFailed: TensorFlow could not, for want of room for its temporary files for one.
    """
    try:
        with quiet():  # the converter writes pages of notes
            return tf.lite.TFLiteConverter.from_keras_model(_with_embedding(model)).convert()
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


def _with_embedding(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, {"logits": model.output, "embedding": model.get_layer("embedding").output})
