"""Describes the layers of a trained network for `explain.network`, which then needs no Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from digitlab.explain.network import CHANNEL, IMAGES, KINDS
from digitlab.models import graph
from digitlab.training import views


def described(model: keras.Model, keras_file: bytes) -> dict[str, Any]:
    """What `run.json` says under "inside": the steps of one view of the digit, after it was deslanted.

    Args:
        model: the network that is exported.
        keras_file: the `.keras` file with its weights. They are found there by their values, so that nothing depends on
            the paths that Keras gives them.

    Returns:
        `is_mean`, whether the network answers with the mean over its views, and `steps`. Each has a `name`, a `kind`,
        the names of its `inputs`, the `shape` of what it reads, `settings`, and the paths of its `weights` in the file.

    Raises:
        KeyError: the file holds other weights.
    """
    one_view = views.single(model)
    paths = {_key(array): path for path, array in graph.read_weights(keras_file).items()}
    names = {id(operation.output): operation.name for operation in one_view.operations}
    embedding = model.get_layer("embedding")  # of several views; the logits read that of one
    names[id(embedding.output)] = embedding.name
    images, channel = one_view.get_layer(IMAGES), one_view.get_layer(CHANNEL)
    names[id(channel.input)] = IMAGES
    after = one_view.operations[one_view.operations.index(channel) + 1 :]
    steps = []
    for step in (images, channel, *after):
        is_layer = isinstance(step, keras.Layer)
        kind = type(step).__name__ if is_layer else f"keras.ops.{step.name}"
        inputs = keras.tree.flatten(step.input)
        if not all(id(tensor) in names for tensor in inputs):
            kind += " after a layer that is used twice or has two outputs"
        steps.append({
            "name": step.name,
            "kind": kind,
            "inputs": [names.get(id(tensor), "") for tensor in inputs],
            "shape": list(inputs[0].shape[1:]) if inputs else [],
            "settings": {key: step.get_config()[key] for key in (KINDS[kind].settings if kind in KINDS else ())},
            "weights": [paths[_key(array)] for array in (step.get_weights() if is_layer else ())],
        })  # fmt: skip
    return {"is_mean": one_view is not model, "steps": steps}


def _key(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    return array.shape, array.tobytes()
