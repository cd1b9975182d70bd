"""A stored network as the steps that it computes, with their weights, read from `model.keras` without Keras.

Only the ReLU and max-pooling layers of a network are not linear. If their states for one picture are known, as
`Classifier.activations` tells them, the whole network is linear for this picture: each unit is a sum over the pixels.
The weights of that sum, the unit's slopes, follow by going backwards through the network (Montúfar et al., "On the
number of linear regions of deep neural networks", 2014). Batch normalisation then is just another factor.
"""

from __future__ import annotations

import functools
import io
import json
import math
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from digitlab.errors import DamagedModel
from digitlab.models import store

# The names, in every network of digitlab, of the first step, of the step that adds a channel, and of the last step.
IMAGES, CHANNEL, LOGITS = "images", "channel", "logits"
_WEIGHTED = {  # Keras's name of a layer's folder in the file of weights; that of the second of a kind ends in _1
    "Dense": "dense", "Conv2D": "conv2d", "BatchNormalization": "batch_normalization", "Functional": "functional",
}  # fmt: skip

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Step:
    """One layer as Keras stores it.

    Attributes:
        name: of the layer.
        kind: its class in Keras.
        inputs: names of the steps it reads.
        shape: shape of what it reads, without the batch.
        settings: its configuration in Keras's words.
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
        found = {name: seeds}
        at = self.steps.index(self[name])
        for step in reversed(self.steps[: at + 1]):
            if step.name not in found or step.name in until or not step.inputs:
                continue
            slope = found[step.name]
            if step.is_relu and step.name != name:
                slope = slope * (activations[step.name] > 0)
            part = _BACKWARDS.get(step.kind, _unchanged)(step, slope, activations)
            for source in step.inputs:
                found[source] = found[source] + part if source in found else part
        return found

    def bias(self, slopes: Arrays, until: Collection[str]) -> float:
        """The constant that the steps after `until` add to a unit, given the `slopes` of that unit."""
        passed = [self[name] for name in slopes if name not in until]
        return float(sum((slopes[step.name][0] * step.constant).sum() for step in passed))


def read(name: str, run: dict[str, Any]) -> Network:
    """The network of a model in `models/`, of the version with this `run.json`.

    Raises:
        UnknownModel, DamagedModel: as `store.read_file`; or another version has been put into service meanwhile.
    """
    return _read(name, run["sha256"][store.KERAS])


@functools.lru_cache(maxsize=4)
def _read(name: str, sha256: str) -> Network:
    if store.read(name).run["sha256"][store.KERAS] != sha256:
        raise DamagedModel(f"{name} was replaced by another version meanwhile. Load this page again.")
    return parse(store.read_file(name, store.KERAS))


def parse(keras_file: bytes) -> Network:
    """The network in a `.keras` file; for a model that averages over three views, the network of one view."""
    import h5py  # takes 100 ms to import, so only where somebody looks inside

    with zipfile.ZipFile(io.BytesIO(keras_file)) as archive:
        config = json.loads(archive.read("config.json"))["config"]
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights, "r") as file:
        steps = list(_steps(config["layers"], file["layers"]))
        views = [(layer, folder) for layer, folder in _folders(config["layers"], file["layers"]) if "layers" in folder]
        if views:
            ((layer, folder),) = views
            one = list(_steps(layer["config"]["layers"], folder["layers"]))
            last = next(step for step in steps if step.name == LOGITS)
            steps = [*one, Step(LOGITS, last.kind, (one[-1].name,), last.shape, last.settings, last.weights)]
    return Network(tuple(_of_what_it_is_shown(steps)), is_mean=bool(views))


def _of_what_it_is_shown(steps: list[Step]) -> list[Step]:
    """The steps after deslanting, if the network has that: they begin with the picture that its layers learn from."""
    images, channel = (next(step for step in steps if step.name == name) for name in (IMAGES, CHANNEL))
    if channel.inputs == (IMAGES,):
        return steps
    return [images, replace(channel, inputs=(IMAGES,)), *steps[steps.index(channel) + 1 :]]


def _steps(layers: list[dict[str, Any]], folder: Any) -> Iterator[Step]:
    for layer, found in _folders(layers, folder):
        tensors = list(_tensors(layer["inbound_nodes"]))
        kept = found.get("vars", {})
        yield Step(
            layer["name"], layer["class_name"], tuple(name for name, _ in tensors),
            tensors[0][1] if tensors else (), layer["config"],
            tuple(np.asarray(kept[key], np.float32) for key in sorted(kept, key=int)),
        )  # fmt: skip


def _folders(layers: list[dict[str, Any]], folder: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each layer with its part of the file of weights, which is empty for a layer without weights."""
    counts: dict[str, int] = {}
    for layer in layers:
        kind = _WEIGHTED.get(layer["class_name"])
        if kind is None:
            yield layer, {}
            continue
        count = counts[kind] = counts.get(kind, -1) + 1
        yield layer, folder[f"{kind}_{count}" if count else kind]


def _tensors(nested: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of the tensors that a layer was called with, wherever they are in its arguments."""
    if isinstance(nested, dict) and nested.get("class_name") == "__keras_tensor__":
        yield nested["config"]["keras_history"][0], tuple(nested["config"]["shape"][1:])
    elif isinstance(nested, dict | list):
        for one in nested.values() if isinstance(nested, dict) else nested:
            yield from _tensors(one)


# Backwards through one step: (step, slopes of its output, activations) -> slopes of its input, or of each input.


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


_BACKWARDS: dict[str, Callable[[Step, np.ndarray, Arrays], np.ndarray]] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "BatchNormalization": _batch_normalization,
    "Rescaling": _rescaling,
    "MaxPooling2D": _max_pooling,
    "GlobalAveragePooling2D": _mean,
}
