"""A stored network as the steps that it computes, as training described them in `run.json` (see `training.inside`).

Only the ReLU and max-pooling layers of a network are not linear. If their states for one picture are known, as
`Classifier.activations` tells them, the whole network is linear for this picture: each unit is a sum over the pixels.
The weights of that sum, the unit's slopes, follow by going backwards through the network (Montúfar et al., "On the
number of linear regions of deep neural networks", 2014). Batch normalisation then is just another factor.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from digitlab.errors import InsideMissing, UnknownLayer
from digitlab.language import N_
from digitlab.models import graph, store

# The names, in every network of digitlab, of the first step, of the step that adds a channel, and of the last step.
IMAGES, CHANNEL, LOGITS = "images", "channel", "logits"

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Step:
    """One layer of a network.

    Attributes:
        name: of the layer.
        kind: its class in Keras, one of `KINDS`.
        inputs: names of the steps it reads.
        shape: shape of what it reads, without the batch.
        settings: those that its kind needs, in Keras's words.
        weights: in Keras's order.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    settings: dict[str, Any]
    weights: tuple[np.ndarray, ...]

    @property
    def is_relu(self) -> bool:
        """Whether the layer ends with a ReLU."""
        return self.settings.get("activation") == "relu"

    @property
    def units(self) -> int:
        """How many units a ReLU step has."""
        return int(self.weights[0].shape[-1] if self.weights else self.shape[-1])

    @property
    def constant(self) -> np.ndarray | float:
        """(channels,): the constants that the step adds to its channels."""
        if self.kind == "Rescaling":
            return float(self.settings["offset"])
        if self.kind == "BatchNormalization":
            _, beta, mean, _ = self.weights
            return beta - mean * self.scale
        return self.weights[1] if len(self.weights) > 1 else 0.0

    @property
    def scale(self) -> np.ndarray:
        """(channels,): the factors that batch normalisation multiplies its channels by."""
        gamma, _, _, variance = self.weights
        return gamma / np.sqrt(variance + self.settings["epsilon"])


@dataclass(frozen=True)
class Network:
    """The steps from the images to the ten logits, in order.

    Attributes:
        steps: of one view of the digit.
        is_mean: whether the network answers with the mean over three views.
    """

    steps: tuple[Step, ...]
    is_mean: bool

    def __getitem__(self, name: str) -> Step:
        return self._by_name[name]

    @functools.cached_property
    def _by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    @property
    def last(self) -> Step:
        """The layer that sums up the ten answers."""
        return next(step for step in reversed(self.steps) if step.weights)

    @functools.cached_property
    def hidden(self) -> tuple[Step, ...]:
        """The steps that end with a ReLU, whose outputs are the units."""
        return tuple(step for step in self.steps if step.is_relu)

    def readers(self, name: str) -> list[Step]:
        """The steps that multiply the units of a ReLU step by their weights.

        Raises:
            UnknownLayer: something that is neither pooling nor weights reads them.
        """
        found: list[Step] = []
        for step in self.steps:
            if name not in step.inputs:
                continue
            if step.kind in ("Dense", "Conv2D"):
                found.append(step)
            elif step.kind in _PASSING and not step.is_relu:
                found += self.readers(step.name)
            else:
                raise UnknownLayer(
                    N_(
                        "The units of the layer {layer} cannot be changed, because {reader}, a {kind}, reads them. "
                        "Only units that a Dense or a Conv2D layer reads can be."
                    ),
                    layer=name,
                    reader=step.name,
                    kind=step.kind,
                )
        return found

    def scaled(self, factors: Arrays) -> Network:
        """The network whose units pass on only a part of their activation: its readers' weights for it are multiplied.

        Args:
            factors: (units,) for some of the ReLU steps, by name; 1 passes on everything, 0 nothing.

        Raises:
            UnknownLayer: as `readers`.
        """
        steps = dict(self._by_name)
        for name, each in factors.items():
            for reader in self.readers(name):
                kernel, *rest = steps[reader.name].weights
                scaled = kernel.reshape(-1, len(each), kernel.shape[-1]) * each[:, None].astype(np.float32)
                steps[reader.name] = replace(reader, weights=(scaled.reshape(kernel.shape), *rest))
        return Network(tuple(steps.values()), self.is_mean)

    def slopes(self, name: str, seeds: np.ndarray, activations: Arrays, until: Collection[str] = ()) -> Arrays:
        """How much k units grow when the outputs of earlier steps grow; exact as long as no unit switches on or off.

        Args:
            name: of the step that the units belong to; the units are taken before that step's own ReLU.
            seeds: (k, *shape of the step's output), with a 1 for each of k units.
            activations: of the picture, as `Classifier.activations` gives them.
            until: names of steps to stop at.

        Returns:
            By the name of each earlier step, (k, *shape of that step's output).
        """
        slopes = {name: seeds}
        at = self.steps.index(self[name])
        for step in reversed(self.steps[: at + 1]):
            if step.name not in slopes or step.name in until or not step.inputs:
                continue
            slope = slopes[step.name]
            if step.is_relu and step.name != name:
                slope = slope * (activations[step.name] > 0)
            part = KINDS[step.kind].backwards(step, slope, activations)
            for source in step.inputs:
                slopes[source] = slopes[source] + part if source in slopes else part
        return slopes

    def bias(self, slopes: Arrays, until: Collection[str]) -> float:
        """The constant that the steps after `until` add to a unit, given the `slopes` of that unit."""
        passed = [self[name] for name in slopes if name not in until]
        return float(sum((slopes[step.name][0] * step.constant).sum() for step in passed))


# Where a unit's output times 2 is what comes out times 2, and each output belongs to one unit.
_PASSING = ("Activation", "Dropout", "Flatten", "GlobalAveragePooling2D", "MaxPooling2D", "Reshape")


def read(name: str, run: dict[str, Any]) -> Network:
    """The network of a model in `models/`, of the version with this `run.json`.

    Raises:
        UnknownModel, DamagedModel: as `store.read_file`; or another version has been put into service meanwhile.
        InsideMissing: `run.json` does not describe the layers.
        UnknownLayer: it describes a layer of a kind, or with an activation, that is not in `KINDS`.
    """
    weights = _weights(name, run["sha256"][store.KERAS])
    try:
        steps = tuple(
            Step(
                step["name"], step["kind"], tuple(step["inputs"]), tuple(step["shape"]), step["settings"],
                tuple(weights[path] for path in step["weights"]),
            )
            for step in run["inside"]["steps"]
        )  # fmt: skip
        is_mean = bool(run["inside"]["is_mean"])
    except (KeyError, TypeError) as error:
        raise InsideMissing(
            N_("{name} was stored without its inside. `python -m digitlab inside {name}` adds it."), name=name
        ) from error
    for step in steps:
        activation = step.settings.get("activation", "linear")
        if step.kind not in KINDS or not (activation in ("linear", "relu") or step.name == LOGITS):
            raise UnknownLayer(
                N_(
                    "The layer {layer} of {model} cannot be shown: what a {kind} with the activation {activation} "
                    "does backwards is not in digitlab/explain/network.py."
                ),
                layer=step.name,
                model=name,
                kind=step.kind,
                activation=activation,
            )
    return Network(steps, is_mean)


@functools.lru_cache(maxsize=4)
def _weights(name: str, sha256: str) -> Arrays:
    store.read_if_still(name, store.KERAS, sha256)
    return graph.read_weights(store.read_file(name, store.KERAS))


def _unchanged(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    """Flatten, Reshape, Dropout, Add and activations pass slopes on unchanged, at most in another shape."""
    return slope.reshape(len(slope), *step.shape)


def _dense(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    return slope @ step.weights[0].T


def _batch_normalization(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    return slope * step.scale


def _rescaling(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    return slope * np.float32(step.settings["scale"])


def _convolution(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    (height, width, channels), (kernel, stride) = step.shape, (step.weights[0], step.settings["strides"][0])
    size = kernel.shape[0]
    _, rows, columns, _ = slope.shape
    before = 0
    if step.settings["padding"] == "same":
        before = max((math.ceil(height / stride) - 1) * stride + size - height, 0) // 2
    padded = np.zeros((len(slope), height + 2 * size, width + 2 * size, channels), np.float32)
    for y in range(size):
        for x in range(size):
            down, right = slice(y, y + stride * rows, stride), slice(x, x + stride * columns, stride)
            padded[:, down, right] += slope @ kernel[y, x].T
    return padded[:, before : before + height, before : before + width]


def _max_pooling(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    (height, width, channels), size = step.shape, step.settings["pool_size"][0]
    count, rows, columns, _ = slope.shape
    inputs = activations[step.inputs[0]][: rows * size, : columns * size]
    windows = inputs.reshape(rows, size, columns, size, channels).transpose(0, 2, 4, 1, 3)
    largest = windows.reshape(rows, columns, channels, size * size).argmax(axis=3)
    taken = np.arange(size * size) == largest[..., None]
    spread = (slope[..., None] * taken).reshape(count, rows, columns, channels, size, size)
    whole = np.zeros((count, height, width, channels), np.float32)
    whole[:, : rows * size, : columns * size] = spread.transpose(0, 1, 4, 2, 5, 3).reshape(
        count, rows * size, columns * size, channels
    )
    return whole


def _mean(step: Step, slope: np.ndarray, activations: Arrays) -> np.ndarray:
    height, width, channels = step.shape
    return np.broadcast_to(slope[:, None, None] / (height * width), (len(slope), height, width, channels))


class Kind(NamedTuple):
    """What is known of a kind of layer.

    Attributes:
        backwards: (step, slopes of its output, activations) -> slopes of its input, or of each input.
        settings: names of those that `backwards` and `Step` use, which training stores.
    """

    backwards: Callable[[Step, np.ndarray, Arrays], np.ndarray]
    settings: tuple[str, ...] = ()


KINDS = {  # by its class in Keras
    "InputLayer": Kind(_unchanged),
    "Reshape": Kind(_unchanged),
    "Flatten": Kind(_unchanged),
    "Dropout": Kind(_unchanged),
    "Add": Kind(_unchanged),
    "Activation": Kind(_unchanged, ("activation",)),
    "Dense": Kind(_dense, ("activation",)),
    "Conv2D": Kind(_convolution, ("activation", "strides", "padding")),
    "BatchNormalization": Kind(_batch_normalization, ("epsilon",)),
    "Rescaling": Kind(_rescaling, ("scale", "offset")),
    "MaxPooling2D": Kind(_max_pooling, ("pool_size",)),
    "GlobalAveragePooling2D": Kind(_mean),
}
