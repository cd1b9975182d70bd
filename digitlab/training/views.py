"""Test-time augmentation: a network that looks at a digit three times and answers with the mean."""

from __future__ import annotations

import keras

LOOK = "look"  # the layer that is the network as it was trained, without its logits


def averaged(trained: keras.Model) -> keras.Model:
    """The network, its last hidden layer averaged over the digit as it is and moved by half a pixel both ways.

    Half a pixel up and to the left, and down and to the right: where a pen's ink falls between the pixels is chance,
    and the mean depends less on it. Logits are linear in the last hidden layer, so theirs is the mean as well. All
    layers are Keras's own, so that the saved file can be read without digitlab.

    Args:
        trained: (n, 28, 28) images to logits, with layers "embedding" and "logits".

    Returns:
        The same, with the same weights; it takes three times as long.
    """
    layers = keras.layers
    images = keras.Input((28, 28), name="images")
    padded = layers.ZeroPadding2D(1)(layers.Reshape((28, 28, 1))(images))
    between = layers.AveragePooling2D(2, strides=1)(padded)  # 29 x 29 means of four pixels
    views = [images]
    for crop in (((0, 1), (0, 1)), ((1, 0), (1, 0))):
        views.append(layers.Reshape((28, 28))(layers.Cropping2D(crop)(between)))
    look = keras.Model(trained.inputs, trained.get_layer("embedding").output, name=LOOK)
    embedding = layers.Average(name="embedding")([look(view) for view in views])
    return keras.Model(images, trained.get_layer("logits")(embedding), name=trained.name)


def single(model: keras.Model) -> keras.Model:
    """The network as it was trained, looking once: the inverse of `averaged`, and a third of its time."""
    try:
        look = model.get_layer(LOOK)
    except ValueError:
        return model
    return keras.Model(look.inputs, model.get_layer("logits")(look.outputs[0]), name=model.name)
