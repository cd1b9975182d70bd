"""The registry of networks: adding one is a function and a decorator line; everything else sees it.

A network's function takes Keras's `layers` module, the images as a (batch, 28, 28, 1) tensor in [0, 1] and the
dropout rate, and returns its last hidden layer; `build` adds the ten logits. So this module describes networks
without importing Keras, and listing them is free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitlab import landscape
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
        head: what its ten outputs are trained as: "softmax", or "sigmoid" (each by itself, then made to sum to 1).
        views: whether it answers with the mean over three views of a digit (see `views`) after a long training; it
            trains on one.
        reported: what its author reported, for `docs/classics.md`; None for digitlab's own.
    """

    name: str
    family: str
    summary: str
    recipe: Recipe
    dropout: float
    hidden: Callable[[Any, Any, float], Any]
    head: str = "softmax"
    views: bool = False
    reported: str | None = None

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
        if self.head == "sigmoid":
            # The cross-entropy of these equals Keras's own of sigmoid outputs, which it divides by their sum.
            logits = layers.Activation("log_sigmoid", name="logits")(layers.Dense(CLASSES)(embedding))
        else:
            logits = layers.Dense(CLASSES, name="logits")(embedding)
        return keras.Model(images, logits, name=self.name.replace("-", "_"))

    def answering(self, trained: keras.Model, recipe: Recipe) -> keras.Model:
        """The network as it is exported, from what `build` gave and training by `recipe` filled."""
        from digitlab.training import views

        # Three looks at every held-out digit would cost a demo more seconds than its training has.
        return views.averaged(trained) if self.views and landscape.is_worth_it(recipe) else trained


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


def network(
    name: str, family: str, summary: str, recipe: Recipe, dropout: float = 0.0, **rest: Any
) -> Callable[[Callable], Callable]:
    """Register the decorated function as the network `name`."""

    def register(hidden: Callable[[Any, Any, float], Any]) -> Callable[[Any, Any, float], Any]:
        NETWORKS[name] = Network(name, family, summary, recipe, dropout, hidden, **rest)
        return hidden

    return register


FLAGSHIP = Recipe(batch_size=128, learning_rate=2e-3, schedule="cosine", augment="drawn", augment_end=0.2, ema=0.998)


@network(
    "dnn",
    family="DNN",
    summary="digitlab's dense network: 784-800-600-10, batch-normalised",
    recipe=FLAGSHIP.with_changes(epochs=90, teacher="cnn"),
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
    summary="digitlab's convolutional network: 3x3 convolutions of 16, 32, 64, 64 and 96, dense 192, three views",
    recipe=FLAGSHIP.with_changes(epochs=50),
    dropout=0.3,
    views=True,
)
def cnn(layers: Any, images: Any, dropout: float) -> Any:
    x = images
    for filters, pools in ((16, False), (32, True), (64, False), (64, False), (96, True)):
        x = layers.Conv2D(filters, 3, use_bias=False)(x)
        if pools:  # before it is normalised: a quarter of the work
            x = layers.MaxPooling2D()(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(192, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


# The classics: networks of small, well-read MNIST projects, as their authors described them. Where an author used
# one-hot labels with categorical cross-entropy, the loss is the same number as with the labels themselves.


@network(
    "softmax",
    family="DNN",
    summary="no hidden layer: 784-10",
    recipe=Recipe(epochs=5, batch_size=32),
    head="sigmoid",
    reported="about 92%",
)
def softmax(layers: Any, images: Any, dropout: float) -> Any:
    return layers.Flatten()(images)


@network(
    "ann-hidden",
    family="DNN",
    summary="one hidden layer: 784-100-10",
    recipe=Recipe(epochs=5, batch_size=32),
    head="sigmoid",
    reported="95-96%",
)
@network(
    "dnn-100",
    family="DNN",
    summary="one hidden layer, trained longer: 784-100-10",
    recipe=Recipe(epochs=20, batch_size=64),
    reported="99% / 97%",
)
def one_hidden_layer(layers: Any, images: Any, dropout: float) -> Any:
    return layers.Dense(100, activation="relu")(layers.Flatten()(images))


@network(
    "dnn-logits",
    family="DNN",
    summary="three dense layers with dropout, linear output: 784-256-128-10",
    recipe=Recipe(epochs=10, batch_size=64),
    dropout=0.2,
    reported="98% / 91%",
)
def dnn_logits(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.Flatten()(images)
    for units in (256, 128):
        x = layers.Dropout(dropout)(layers.Dense(units, activation="relu")(x))
    return x


@network(
    "dnn-512",
    family="DNN",
    summary="two wide layers with dropout: 784-512-512-10",
    recipe=Recipe(epochs=10, batch_size=128),
    dropout=0.2,
    reported="97.91% / 97.86%",
)
def dnn_512(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.Flatten()(images)
    for _ in range(2):
        x = layers.Dropout(dropout)(layers.Dense(512, activation="relu")(x))
    return x


@network(
    "cnn-40-30",
    family="CNN",
    summary="two 3x3 convolutions, 40 and 30, dense 100",
    recipe=Recipe(epochs=20, batch_size=64),
    reported="97% / 98%",
)
def cnn_40_30(layers: Any, images: Any, dropout: float) -> Any:
    x = images
    for filters in (40, 30):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, activation="relu")(x))
    return layers.Dense(100, activation="relu")(layers.Flatten()(x))


@network(
    "cnn-32-64",
    family="CNN",
    summary="two 3x3 convolutions, 32 and 64, dense 128, dropout",
    recipe=Recipe(epochs=15, batch_size=128),
    dropout=0.5,
    reported="99.30% / 99.26%, F1 0.9926",
)
def cnn_32_64(layers: Any, images: Any, dropout: float) -> Any:
    x = images
    for filters in (32, 64):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, activation="relu")(x))
    return layers.Dropout(dropout)(layers.Dense(128, activation="relu")(layers.Flatten()(x)))


@network(
    "cnn-simple",
    family="CNN",
    summary="one 3x3 convolution of 32, dense 100",
    recipe=Recipe(epochs=8, batch_size=64),
    reported="about 98%",
)
def cnn_simple(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.MaxPooling2D()(layers.Conv2D(32, 3, activation="relu")(images))
    return layers.Dense(100, activation="relu")(layers.Flatten()(x))


@network(
    "cnn-9216",
    family="CNN",
    summary="two 3x3 convolutions without a pool between, 9216 features, dense 128",
    recipe=Recipe(epochs=12, batch_size=32),
    dropout=0.25,
    reported="99.75% / 98.86%",
)
def cnn_9216(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.Conv2D(32, 3, activation="relu")(images)
    x = layers.MaxPooling2D()(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.Flatten()(layers.Dropout(dropout)(x))
    x = layers.Dense(128, activation="relu")(layers.Dropout(dropout)(x))
    return x


@network(
    "lenet-5",
    family="CNN",
    summary="LeNet-5 with ReLU and max-pooling: 5x5 convolutions of 6 and 16, dense 120 and 84",
    recipe=Recipe(epochs=15, batch_size=64),
)
def lenet_5(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.MaxPooling2D()(layers.Conv2D(6, 5, padding="same", activation="relu")(images))
    x = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(16, 5, activation="relu")(x)))
    return layers.Dense(84, activation="relu")(layers.Dense(120, activation="relu")(x))


@network(
    "resnet",
    family="CNN",
    summary="three residual blocks of 16, 32 and 64, averaged",
    recipe=Recipe(epochs=10, batch_size=128, learning_rate=2e-3, schedule="cosine"),
)
def resnet(layers: Any, images: Any, dropout: float) -> Any:
    def convolve(x: Any, filters: int, size: int, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    x = layers.Activation("relu")(convolve(images, 16, 3))
    for filters, strides in ((16, 2), (32, 2), (64, 1)):
        shortcut = convolve(x, filters, 1, strides)
        y = layers.Activation("relu")(convolve(x, filters, 3, strides))
        x = layers.Activation("relu")(layers.Add()([convolve(y, filters, 3), shortcut]))
    return layers.GlobalAveragePooling2D()(x)
