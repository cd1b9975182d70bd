"""Makes `model.graph` from a model's two files; see `models.graph`."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from digitlab.models.graph import Arrays, Hole, joined, read_weights

LEAST = 2000  # bytes: smaller tensors stay in the graph
_ORDERS = {2: (1, 0), 4: (3, 0, 1, 2)}  # LiteRT's order of the axes of a dense kernel and of a convolution's
_EPSILON = 1e-3  # Keras's default, which every network of digitlab uses


def split(keras_file: bytes, tflite: bytes) -> bytes:
    """The `model.graph` from which `models.graph.joined` makes `tflite` again.

    Every large tensor of the `.tflite` file is compared with every kernel of its size, as it is and multiplied with
    each batch normalisation that fits. The likest one leaves a hole; the last bits in which the two differ are kept.
    """
    weights = read_weights(keras_file)
    rest = np.frombuffer(tflite, np.uint8).copy()
    holes: list[dict[str, object]] = []
    differences: dict[str, Any] = {}
    model = schema.Model.GetRootAsModel(tflite, 0)
    for number in range(model.BuffersLength()):
        tensor = model.Buffers(number)
        if tensor.DataLength() < LEAST:
            continue
        content = tensor.DataAsNumpy()
        if content.nbytes % 4:
            continue
        bits, at = content.view(np.int32), int(content.ctypes.data - np.frombuffer(tflite, np.uint8).ctypes.data)
        candidates = [(hole, bits - hole.filling(weights)) for hole in _candidates(at, bits.size, weights)]
        if not candidates:
            continue
        hole, difference = min(candidates, key=lambda candidate: int(np.abs(candidate[1].astype(np.int64)).sum()))
        if np.abs(difference.astype(np.int64)).max() > np.iinfo(np.int8).max:
            continue
        rest[at : at + content.nbytes] = 0
        differences[f"difference_{len(holes)}"] = difference.astype(np.int8)
        holes.append(dataclasses.asdict(hole))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, rest=rest, holes=json.dumps(holes), **differences)
    assert joined(keras_file, buffer.getvalue()) == tflite
    return buffer.getvalue()


def _candidates(at: int, size: int, weights: Arrays) -> Iterator[Hole]:
    normalisations = sorted({path.rsplit("/vars/", 1)[0] for path in weights if "batch_normalization" in path})
    for path, kernel in weights.items():
        if kernel.size != size or kernel.ndim not in _ORDERS:
            continue
        yield Hole(at, path, _ORDERS[kernel.ndim])
        for normalisation in normalisations:
            if weights[f"{normalisation}/vars/0"].size == kernel.shape[-1]:
                yield Hole(at, path, _ORDERS[kernel.ndim], normalisation, _EPSILON)
