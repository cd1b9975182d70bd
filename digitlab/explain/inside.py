"""Inside a network: what each layer makes of a drawing, what each unit looks for, and what feeds it.

A unit is one number of a dense layer or one feature map of a convolutional layer; a map is represented by the place
where it is strongest. For a given drawing, a ReLU network is linear (see `network`), so both questions have exact
answers. What a unit looks for are the weights by which the pixels add up to it; what feeds it are the units of the
layers before it, each with its activation times its weight.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from digitlab import files
from digitlab.errors import DamagedModel
from digitlab.explain.network import CHANNEL, IMAGES, LOGITS, Arrays, Network, Step, read
from digitlab.language import N_
from digitlab.serving import Classifier

_PIECE = 16  # how many units are handled at a time, to limit memory


Asked = TypeVar("Asked", bound=Callable[..., Any])


def _if_layers_fit(ask: Asked) -> Asked:
    """Raise `DamagedModel` where `run.json` describes layers that the weights and the activations do not fit."""

    @functools.wraps(ask)
    def asked(*given: object) -> object:
        try:
            return ask(*given)
        except (*files.UNREADABLE, ZeroDivisionError, StopIteration) as error:
            raise DamagedModel(N_("The layers that its run.json describes are not those of this model.")) from error

    return asked  # type: ignore[return-value]


@dataclass(frozen=True)
class Layer:
    """What one layer makes of a drawing.

    Attributes:
        name: of the layer; `LOGITS` for the last.
        kind: "maps" for a convolution, "units" for a dense layer, "answers" for the last layer, "pixels" for the
            drawing (without its slant, if the network takes that out first).
        activations: (h, w, maps) or (units,) float32, after the ReLU; for the last layer, the ten sums.
        sources: names of the layers that it reads, the nearest ones before it.
        filters: (h, w, maps before it, maps) float32, the filters of a convolution, or None.
    """

    name: str
    kind: str
    activations: np.ndarray
    sources: tuple[str, ...]
    filters: np.ndarray | None = None

    def __len__(self) -> int:
        return self.activations.shape[-1]

    def values(self) -> np.ndarray:
        """(units,) float32: each unit's activation; for a map, its largest one."""
        return self.activations.reshape(-1, len(self)).max(axis=0)

    def place(self, unit: int) -> tuple[int, ...]:
        """Row and column where a map is strongest, or its middle if it is off; () for a unit that is one number."""
        shape = self.activations.shape[:-1]
        chart = self.activations[..., unit]
        if not shape:
            return ()
        strongest = np.unravel_index(chart.argmax(), shape) if chart.max() > 0 else (shape[0] // 2, shape[1] // 2)
        return tuple(int(at) for at in strongest)


@dataclass(frozen=True)
class Feeder:
    """A unit of an earlier layer, and the amount that it adds to a unit's sum: its activation times its weight."""

    layer: str
    unit: int
    amount: float


@dataclass(frozen=True)
class Trace:
    """The sum from which a unit's activation follows, before its ReLU.

    Attributes:
        layer, unit: which unit.
        feeders: all units that it reads, those with the largest absolute amount first.
        bias: the part of the sum that does not depend on them.
    """

    layer: str
    unit: int
    feeders: tuple[Feeder, ...]
    bias: float

    @property
    def total(self) -> float:
        """The sum of the feeders' amounts and the bias."""
        return sum(feeder.amount for feeder in self.feeders) + self.bias


@dataclass(frozen=True)
class Inside:
    """The layers of one model for one drawing, from the pixels to the ten answers.

    Attributes:
        layers: the layers in order.
        network: the steps between them, and whether the answers are the mean over three views.
        activations: the inputs and outputs of the non-linear steps for the drawing.
        embedding: (d,) float32, the embedding from which the answers are summed up.
    """

    layers: tuple[Layer, ...]
    network: Network
    activations: Arrays
    embedding: np.ndarray

    def __getitem__(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)

    @_if_layers_fit
    def looked_for(self, layer: str, units: Sequence[int]) -> np.ndarray:
        """(k, 28, 28) float32: the weights by which the pixels of this drawing add up to each of k units."""
        parts = [units[at : at + _PIECE] for at in range(0, len(units), _PIECE)]
        return np.concatenate([
            self.network.slopes(layer, self._seeds(layer, part), self.activations)[IMAGES] for part in parts
        ])  # fmt: skip

    @_if_layers_fit
    def trace(self, layer: str, unit: int) -> Trace:
        """Where a unit's sum comes from; for the ten answers, as `contributions`."""
        if layer == LOGITS:
            return self.contributions(unit)
        sources = self[layer].sources
        slopes = self.network.slopes(layer, self._seeds(layer, [unit]), self.activations, until=sources)
        feeders = []
        for source in map(self.__getitem__, sources):
            amounts = slopes[source.name].reshape(source.activations.shape) * source.activations
            summed = amounts.reshape(-1, len(source)).sum(axis=0)
            feeders += [Feeder(source.name, at, float(amount)) for at, amount in enumerate(summed)]
        return _trace(layer, unit, feeders, self.network.bias(slopes, until=sources))

    def contributions(self, digit: int) -> Trace:
        """What the last hidden layer adds to a digit's sum: weights times activations; with the bias, it is the logit.

        If the network's head is a sigmoid, the sum is the sigmoid's input; the digit with the largest one wins, too.
        """
        weights, bias = self.network.last.weights
        (source,) = self[LOGITS].sources
        amounts = self.embedding * weights[:, digit]
        feeders = [Feeder(source, unit, float(amount)) for unit, amount in enumerate(amounts)]
        return _trace(LOGITS, digit, feeders, float(bias[digit]))

    def _seeds(self, layer: str, units: Sequence[int]) -> np.ndarray:
        """Arrays of zeros for k units, each with a 1 at the place where its unit is strongest."""
        hidden = self[layer]
        seeds = np.zeros((len(units), *hidden.activations.shape), np.float32)
        for at, unit in enumerate(units):
            seeds[(at, *hidden.place(unit), unit)] = 1
        return seeds


@_if_layers_fit
def inside(model: Classifier, pixels: np.ndarray, factors: Arrays | None = None) -> Inside:
    """What each layer of a model makes of a drawing.

    Args:
        model: from `serving.load`. If it answers with the mean over three views of the digit, the layers belong to the
            first view, the digit itself; the embedding and the answers belong to the mean.
        pixels: (28, 28) float32 in [0, 1].
        factors: how much the units of the model pass on, if `surgery` has changed that; as in `Network.scaled`.

    Raises:
        UnknownModel, DamagedModel, InsideMissing, UnknownLayer: as `network.read`. What is asked of the result raises
            DamagedModel, too, where the layers are not those of the model.
    """
    network = read(model.name, model.run).scaled(factors or {})
    activations = model.activations(pixels)
    (embedding,) = model.answer(pixels[None]).embedding
    weights, bias = network.last.weights
    layers = [
        Layer(IMAGES, "pixels", activations.get(CHANNEL, pixels).ravel(), ()),
        *(_layer(network, step, activations[step.name]) for step in network.hidden),
        Layer(LOGITS, "answers", embedding @ weights + bias, _sources(network, network[LOGITS])),
    ]
    return Inside(tuple(layers), network, activations, embedding)


def _layer(network: Network, step: Step, activations: np.ndarray) -> Layer:
    if activations.ndim == 1:
        return Layer(step.name, "units", activations, _sources(network, step))
    convolution = step
    while convolution.kind != "Conv2D":
        convolution = network[convolution.inputs[0]]
    return Layer(step.name, "maps", activations, _sources(network, step), convolution.weights[0])


def _sources(network: Network, step: Step) -> tuple[str, ...]:
    """The names of the nearest ReLU steps before a step, or of the images."""
    sources: list[str] = []
    for name in step.inputs:
        before = network[name]
        sources += [name] if before.is_relu or not before.inputs else _sources(network, before)
    return tuple(dict.fromkeys(sources))


def _trace(layer: str, unit: int, feeders: list[Feeder], bias: float) -> Trace:
    return Trace(layer, unit, tuple(sorted(feeders, key=lambda feeder: -abs(feeder.amount))), bias)
