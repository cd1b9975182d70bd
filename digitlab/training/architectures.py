"""The registry of networks: adding one is a function and a decorator line; everything else sees it.

A network's function takes Keras's `layers` module, the images as a (batch, 28, 28, 1) tensor in [0, 1] and the
dropout rate, and returns its last hidden layer; `build` adds the ten logits. So this module describes networks
without importing Keras, and listing them is free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitlab.errors import UnknownNetwork
from digitlab.recipe import Recipe

if TYPE_CHECKING:
    import keras

CLASSES = 10


@dataclass(frozen=True)
class Network:
    """One entry of the registry.

    Attributes:
        name: as on the command line and in `models/`.
        family: "DNN" (dense layers only) or "CNN".
        summary: one line for tables.
        recipe: how it is trained unless told otherwise.
        dropout: its dropout rate unless the recipe gives another.
        hidden: (layers, images, dropout) -> the last hidden layer.
    """

    name: str
    family: str
    summary: str
    recipe: Recipe
    dropout: float
    hidden: Callable[[Any, Any, float], Any]

    def build(self, dropout: float | None = None) -> keras.Model:
        """The untrained network: (batch, 28, 28) images in [0, 1] to (batch, 10) logits.

        Its last hidden layer is named "embedding", its output "logits".
        """
        import keras

        layers = keras.layers
        images = keras.Input((28, 28), name="images")
        channel = layers.Reshape((28, 28, 1), name="channel")(images)
        rate = self.dropout if dropout is None else dropout
        embedding = layers.Activation("linear", name="embedding")(self.hidden(layers, channel, rate))
        logits = layers.Dense(CLASSES, name="logits")(embedding)
        return keras.Model(images, logits, name=self.name.replace("-", "_"))


NETWORKS: dict[str, Network] = {}


def get(name: str) -> Network:
    """The network of this name.

    Raises:
        UnknownNetwork: with the names there are.
    """
    try:
        return NETWORKS[name]
    except KeyError:
        raise UnknownNetwork(f"There is no network {name!r}. Known: {', '.join(NETWORKS)}.") from None


def network(name: str, family: str, summary: str, recipe: Recipe, dropout: float = 0.0) -> Callable:
    """Register the decorated function as the network `name`."""

    def register(hidden: Callable[[Any, Any, float], Any]) -> Callable[[Any, Any, float], Any]:
        NETWORKS[name] = Network(name, family, summary, recipe, dropout, hidden)
        return hidden

    return register


@network(
    "dnn",
    family="DNN",
    summary="digitlab's dense network: 784-800-600-10, batch-normalised",
    recipe=Recipe(epochs=40, batch_size=128, learning_rate=2e-3, schedule="cosine", augment="gentle", ema=0.995),
    dropout=0.1,
)
def dnn(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.Flatten()(images)
    for units in (800, 600):
        x = layers.Dense(units, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.Dropout(dropout)(x)
    return x


@network(
    "cnn",
    family="CNN",
    summary="digitlab's convolutional network: two 32s, two 64s, dense 192, batch-normalised",
    recipe=Recipe(epochs=14, batch_size=128, learning_rate=2e-3, schedule="cosine", augment="gentle", ema=0.995),
    dropout=0.3,
)
def cnn(layers: Any, images: Any, dropout: float) -> Any:
    x = images
    for filters in (32, 64):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(192, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
