"""A network's layers, output shapes and parameter counts, without Keras, so that the app can show them at once.

The registry's functions take the module of layers as an argument. With `Layers` in the place of Keras's module, they
make a list of the layers that they would build. A test compares every network's list with Keras's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from digitlab.networks.registry import CLASSES, Network

Shape = tuple[int, ...]  # shape of an output, without the batch
LayerCall = Callable[[Any], Shape]  # called like Keras's layers, with one input or a list of them


@dataclass(frozen=True)
class Layer:
    """One line of a network's table.

    Attributes:
        kind: Keras's name of the layer, with its settings.
        shape: of the layer's output, without the batch.
        parameters: how many the layer has, trained or not.
    """

    kind: str
    shape: tuple[int, ...]
    parameters: int


def layer_table(network: Network, dropout: float | None = None, scaling: str = "unit") -> list[Layer]:
    """The layers of a network, from images to logits.

    Args:
        network: from the registry.
        dropout: the dropout rate; None for the network's own.
        scaling: of the pixels, as in `Recipe`.

    Raises:
        AttributeError: the network uses a layer that `Layers` does not know yet and that must be added there.
    """
    layers = Layers()
    if network.deslanted:
        layers.built.append(Layer("Deslanting", (28, 28), 0))
    if scaling == "standardised":
        layers.built.append(Layer("Rescaling", (28, 28, 1), 0))
    rate = network.dropout if dropout is None else dropout
    layers.Dense(CLASSES)(network.hidden(layers, (28, 28, 1), rate))
    return layers.built


class Layers:
    """Stands in for `keras.layers`; instead of tensors, it works with their shapes, without the batch."""

    def __init__(self) -> None:
        self.built: list[Layer] = []

    def _layer(
        self, kind: str, shape_of: Callable[[Any], Shape], parameters_of: Callable[[Any], int] = lambda shape: 0
    ) -> LayerCall:
        def call(inputs: Any) -> tuple[int, ...]:
            shape = shape_of(inputs)
            self.built.append(Layer(kind, shape, parameters_of(inputs)))
            return shape

        return call

    def Dense(self, units: int, activation: str | None = None, use_bias: bool = True) -> LayerCall:
        return self._layer(
            _named(f"Dense {units}", activation),
            lambda shape: (*shape[:-1], units),
            lambda shape: (shape[-1] + use_bias) * units,
        )

    def Conv2D(
        self, filters: int, size: int, strides: int = 1, padding: str = "valid",
        activation: str | None = None, use_bias: bool = True,
    ) -> LayerCall:  # fmt: skip
        def shape_of(shape: tuple[int, ...]) -> tuple[int, ...]:
            lost = size - 1 if padding == "valid" else 0
            return (*(math.ceil((side - lost) / strides) for side in shape[:2]), filters)

        kind = f"Conv2D {filters}, {size}×{size}" + (f", stride {strides}" if strides > 1 else "")
        return self._layer(
            _named(kind, activation), shape_of, lambda shape: (size * size * shape[2] + use_bias) * filters
        )

    def MaxPooling2D(self) -> LayerCall:
        return self._layer("MaxPooling2D 2×2", lambda shape: (shape[0] // 2, shape[1] // 2, shape[2]))

    def GlobalAveragePooling2D(self) -> LayerCall:
        return self._layer("GlobalAveragePooling2D", lambda shape: shape[2:])

    def Flatten(self) -> LayerCall:
        return self._layer("Flatten", lambda shape: (math.prod(shape),))

    def Dropout(self, rate: float) -> LayerCall:
        return self._layer(f"Dropout {rate:g}", lambda shape: shape)

    def BatchNormalization(self) -> LayerCall:
        return self._layer("BatchNormalization", lambda shape: shape, lambda shape: 4 * shape[-1])

    def Activation(self, function: str) -> LayerCall:
        return self._layer(f"Activation {function}", lambda shape: shape)

    def Add(self) -> LayerCall:
        return self._layer("Add", lambda shapes: shapes[0])


def _named(kind: str, activation: str | None) -> str:
    return f"{kind}, {activation}" if activation else kind
