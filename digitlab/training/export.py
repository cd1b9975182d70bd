"""A trained Keras model to the file the app runs."""

from __future__ import annotations

import keras
import tensorflow as tf

from digitlab.quiet import quiet


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT, with two outputs from one call.

    Args:
        model: (n, 28, 28) images in [0, 1] to logits, with a layer named "embedding".

    Returns:
        A `.tflite` file whose only signature takes `images` (n, 28, 28) float32 and gives `logits` (n, 10) and
        `embedding` (n, d), both float32; n is free.
    """
    outputs = {"logits": model.output, "embedding": model.get_layer("embedding").output}
    with quiet():  # the converter writes pages of notes
        return tf.lite.TFLiteConverter.from_keras_model(keras.Model(model.input, outputs)).convert()
