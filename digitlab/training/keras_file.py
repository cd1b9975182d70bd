"""Writes a model as a `.keras` file that is small, the same on every day, and readable for Keras 3.7 and later."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from digitlab.models.graph import WEIGHTS

_CONFIG = "config.json"
_LARGE = 1000  # numbers in a tensor from which on compressing it pays
# What Keras before 3.14 does not know of a layer, with the defaults by which it says nothing.
_NEWER = {
    "input_axes": None, "output_axes": None, "quantization_config": None,
    "renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99,
}  # fmt: skip


def save(model: keras.Model, file: Path) -> None:
    """Write `model` to a `.keras` file.

    Raises:
        OSError: the disk is full, or the file may not be written.
    """
    model.save(file)
    file.write_bytes(tidied(file.read_bytes()))


def tidied(keras_file: bytes) -> bytes:
    """A `.keras` file without time stamps, without what only the newest Keras reads, and compressed."""
    with zipfile.ZipFile(io.BytesIO(keras_file)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[_CONFIG] = json.dumps(portable(json.loads(members[_CONFIG]))).encode()
    members["metadata.json"] = json.dumps({**json.loads(members["metadata.json"]), "date_saved": ""}).encode()
    members[WEIGHTS] = _compressed(members[WEIGHTS])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def portable(config: Any) -> Any:
    """The contents of a `config.json` without the keys at which Keras 3.7 to 3.13 stops."""
    if isinstance(config, list):
        return [portable(item) for item in config]
    if not isinstance(config, dict):
        return config
    kept = {key: portable(value) for key, value in config.items() if not (key in _NEWER and value == _NEWER[key])}
    if str(config.get("module", "")).startswith("keras.src.ops"):  # an operation and no layer: named beside its config
        kept["config"].pop("name", None)
    return kept


def _compressed(weights: bytes) -> bytes:
    """A file of weights with its large tensors compressed after their bytes were sorted by significance, which saves
    twice as much as compressing the file."""
    made = io.BytesIO()
    with h5py.File(io.BytesIO(weights), "r") as source, h5py.File(made, "w") as target:

        def copy(path: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                data = np.asarray(item)
                how = {"shuffle": True, "compression": "gzip", "chunks": data.shape} if data.size > _LARGE else {}
                kept = target.create_dataset(path, data=data, **how)
            else:
                kept = target.require_group(path)
            kept.attrs.update(item.attrs)

        source.visititems(copy)
    return made.getvalue()
