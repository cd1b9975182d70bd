"""`model.graph`: what a `model.tflite` holds beyond the weights, which are in `model.keras` already.

With it, `joined` makes the `.tflite` file again, byte for byte, in a few hundredths of a second and without TensorFlow.
So no repository, wheel or bucket has to hold the weights twice. `training.graph` makes it.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

import numpy as np

from digitlab import files
from digitlab.errors import DamagedModel
from digitlab.language import N_

MOST_BYTES = 2**30  # that an archive unpacks to
WEIGHTS = "model.weights.h5"  # Keras's name of the weights in a .keras file
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Hole:
    """A place in a `.tflite` file that holds a kernel of the `.keras` file.

    Attributes:
        at: offset in bytes.
        kernel: path of the kernel in the file of weights.
        order: of the kernel's axes, as `np.transpose` takes it.
        normalisation: path of the batch normalisation that the converter multiplied into the kernel; None for none.
        epsilon: of that batch normalisation.
    """

    at: int
    kernel: str
    order: tuple[int, ...]
    normalisation: str | None = None
    epsilon: float = 0.0

    def filling(self, weights: Arrays) -> np.ndarray:
        """(n,) int32: the bit patterns of the float32 numbers that belong here, up to the last bits."""
        kernel = weights[self.kernel]
        if self.normalisation is not None:
            gamma, _, _, variance = (weights[f"{self.normalisation}/vars/{place}"] for place in range(4))
            kernel = kernel * (gamma * (np.float32(1) / np.sqrt(variance + np.float32(self.epsilon))))
        return np.ascontiguousarray(kernel.astype(np.float32).transpose(self.order)).reshape(-1).view(np.int32)


def joined(keras_file: bytes, graph_file: bytes) -> bytes:
    """The `.tflite` file of a model, from its `model.keras` and its `model.graph`.

    Raises:
        DamagedModel: the two cannot be read, or do not belong together.
    """
    try:
        weights = read_weights(keras_file)
        with files.arrays(io.BytesIO(graph_file), MOST_BYTES) as stored:
            made = stored["rest"].copy()
            for number, fields in enumerate(json.loads(str(stored["holes"]))):
                hole = Hole(**fields)
                filled = hole.filling(weights) + stored[f"difference_{number}"].astype(np.int32)
                made[hole.at : hole.at + filled.nbytes] = filled.view(np.uint8)
    except files.UNREADABLE as error:
        raise DamagedModel(
            N_("model.keras and model.graph do not make a model.tflite ({error})."), error=error
        ) from error
    return made.tobytes()


def read_weights(keras_file: bytes) -> Arrays:
    """The weights in a `.keras` file, by their paths.

    Raises:
        DamagedModel: they cannot be read.
    """
    try:
        return _weights(keras_file)
    except files.UNREADABLE as error:
        raise DamagedModel(N_("model.keras has no readable weights ({error})."), error=error) from error


def _weights(keras_file: bytes) -> Arrays:
    import h5py  # takes 100 ms to import, so only where it is needed

    with zipfile.ZipFile(io.BytesIO(keras_file)) as archive:
        files.check_unpacked(archive, MOST_BYTES)
        content = io.BytesIO(archive.read(WEIGHTS))
    weights: Arrays = {}

    def note(path: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            if item.is_virtual or item.external or item.nbytes > MOST_BYTES:
                raise ValueError(f"{path} is not in the file")
            weights[path] = np.asarray(item)

    with h5py.File(content, "r") as file:
        file.visititems(note)
    return weights
