"""Every network there is: digitlab's two flagships, and the zoo. A new one goes here."""

from __future__ import annotations

from typing import Any

from digitlab.language import N_
from digitlab.networks.recipe import Recipe
from digitlab.networks.registry import network

FLAGSHIP = Recipe(
    batch_size=128, learning_rate=2e-3, schedule="cosine", augment="drawn", augment_end=0.2, written=0.14,
    non_digits=0.05, corrupted=0.12, ema=0.998,
)  # fmt: skip


@network(
    "dnn",
    family="DNN",
    summary=N_("digitlab's dense network: deslanted, 784-800-600-10, batch-normalised"),
    recipe=FLAGSHIP.with_changes(epochs=80, teacher="cnn"),
    deslanted=True,
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
    summary=N_("digitlab's convolutional network: 3x3 convolutions of 16, 32, 64, 64 and 96, dense 192, three views"),
    recipe=FLAGSHIP.with_changes(epochs=36),
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
    summary=N_("no hidden layer: 784-10"),
    recipe=Recipe(epochs=5, batch_size=32),
    head="sigmoid",
    reported="about 92%",
)
def softmax(layers: Any, images: Any, dropout: float) -> Any:
    return layers.Flatten()(images)


@network(
    "ann-hidden",
    family="DNN",
    summary=N_("one hidden layer: 784-100-10"),
    recipe=Recipe(epochs=5, batch_size=32),
    head="sigmoid",
    reported="95-96%",
)
@network(
    "dnn-100",
    family="DNN",
    summary=N_("one hidden layer, trained longer: 784-100-10"),
    recipe=Recipe(epochs=20, batch_size=64),
    reported="99% / 97%",
)
def one_hidden_layer(layers: Any, images: Any, dropout: float) -> Any:
    return layers.Dense(100, activation="relu")(layers.Flatten()(images))


@network(
    "dnn-logits",
    family="DNN",
    summary=N_("three dense layers with dropout, linear output: 784-256-128-10"),
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
    summary=N_("two wide layers with dropout: 784-512-512-10"),
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
    summary=N_("two 3x3 convolutions, 40 and 30, dense 100"),
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
    summary=N_("two 3x3 convolutions, 32 and 64, dense 128, dropout"),
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
    summary=N_("one 3x3 convolution of 32, dense 100"),
    recipe=Recipe(epochs=8, batch_size=64),
    reported="about 98%",
)
def cnn_simple(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.MaxPooling2D()(layers.Conv2D(32, 3, activation="relu")(images))
    return layers.Dense(100, activation="relu")(layers.Flatten()(x))


@network(
    "cnn-9216",
    family="CNN",
    summary=N_("two 3x3 convolutions without a pool between, 9216 features, dense 128"),
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
    summary=N_("LeNet-5 with ReLU and max-pooling: 5x5 convolutions of 6 and 16, dense 120 and 84"),
    recipe=Recipe(epochs=15, batch_size=64),
)
def lenet_5(layers: Any, images: Any, dropout: float) -> Any:
    x = layers.MaxPooling2D()(layers.Conv2D(6, 5, padding="same", activation="relu")(images))
    x = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(16, 5, activation="relu")(x)))
    return layers.Dense(84, activation="relu")(layers.Dense(120, activation="relu")(x))


@network(
    "resnet",
    family="CNN",
    summary=N_("three residual blocks of 16, 32 and 64, averaged"),
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
