"""Builds a network of the registry as a Keras model: the one that is trained and the one that is exported."""

from __future__ import annotations

import keras

from digitlab.networks import CLASSES, DEVIATION, MEAN, Network, Recipe
from digitlab.training import views
from digitlab.training.deslant import deslanted


def build(network: Network, dropout: float | None = None, scaling: str = "unit") -> keras.Model:
    """The untrained network, from (batch, 28, 28) images in [0, 1] to (batch, 10) logits.

    Its last hidden layer is named "embedding", its output "logits".

    Args:
        network: from the registry.
        dropout: the dropout rate, in [0, 1); None for the network's own.
        scaling: of the pixels, as in `Recipe`. The network's own first layer standardises them, so that every image
            it gets is in [0, 1].
    """
    layers = keras.layers
    images = keras.Input((28, 28), name="images")
    shown = deslanted(images) if network.deslanted else images
    channel = layers.Reshape((28, 28, 1), name="channel")(shown)
    if scaling == "standardised":
        channel = layers.Rescaling(1 / DEVIATION, -MEAN / DEVIATION)(channel)
    rate = network.dropout if dropout is None else dropout
    embedding = layers.Activation("linear", name="embedding")(network.hidden(layers, channel, rate))
    if network.head == "sigmoid":
        # The cross-entropy of log-sigmoids equals the one Keras computes from sigmoid outputs, which it normalises.
        logits = layers.Activation("log_sigmoid", name="logits")(layers.Dense(CLASSES)(embedding))
    else:
        logits = layers.Dense(CLASSES, name="logits")(embedding)
    return keras.Model(images, logits, name=network.name.replace("-", "_"))


def for_export(network: Network, trained: keras.Model, recipe: Recipe) -> keras.Model:
    """The network to export, made from the one that `build` returned and a training by `recipe` gave its weights."""
    # Answering every held-out digit with three views would take longer than a whole 20-second demo may. A network that
    # starts from a model in service answers in the same way as that model.
    return views.averaged(trained) if network.views and (recipe.is_long or recipe.start) else trained
