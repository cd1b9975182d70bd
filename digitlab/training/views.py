"""Test-time augmentation: makes a network answer with the mean over three views of a digit."""

from __future__ import annotations

import keras

SINGLE = "look"  # name of the layer that holds the trained network without its logits; stored in model.keras


def averaged(trained: keras.Model) -> keras.Model:
    """The trained network with its last hidden layer averaged over three views of the digit.

    The views are the digit itself, and the digit moved by half a pixel up and to the left, and down and to the right.
    The mean depends less on how a digit happens to lie on the pixel grid. Logits are linear in the last hidden layer,
    so they are averaged as well. All layers are Keras's own, so that the saved file can be read without digitlab.

    Args:
        trained: from (n, 28, 28) images to logits, with layers "embedding" and "logits".

    Returns:
        A network with the same input, outputs and weights, which takes three times as long.
    """
    layers = keras.layers
    images = keras.Input((28, 28), name="images")
    padded = layers.ZeroPadding2D(1)(layers.Reshape((28, 28, 1))(images))
    between = layers.AveragePooling2D(2, strides=1)(padded)  # 29 x 29 means of four pixels
    views = [images]
    for crop in (((0, 1), (0, 1)), ((1, 0), (1, 0))):
        views.append(layers.Reshape((28, 28))(layers.Cropping2D(crop)(between)))
    single_view = keras.Model(trained.inputs, trained.get_layer("embedding").output, name=SINGLE)
    embedding = layers.Average(name="embedding")([single_view(view) for view in views])
    return keras.Model(images, trained.get_layer("logits")(embedding), name=trained.name)


def single(model: keras.Model) -> keras.Model:
    """The network as it was trained, with one view: undoes `averaged`. A network without views is returned as it is."""
    try:
        single_view = model.get_layer(SINGLE)
    except ValueError:
        return model
    return keras.Model(single_view.inputs, model.get_layer("logits")(single_view.outputs[0]), name=model.name)
