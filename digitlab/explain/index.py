"""Digits to be found by where a model's last hidden layer puts them: made once per version of a model, kept in files.

The files lie beside the models, in `models/.cache/`: `digits.bin`, the training digits themselves, of which only those
that are asked for are ever read, and `NAME/neighbours.npz`, their places in the layer. What is not as it was written
counts as missing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab import files
from digitlab.data.mnist import Split
from digitlab.errors import MnistDamaged
from digitlab.serving import Classifier, store

COMPONENTS = 64  # principal components kept of a digit's embedding
CANDIDATES = 32  # digits nearest by these, among which the layer itself tells the nearest
_PIECE = 1000  # digits at a time: bounds memory
_LEARNED_FROM = 2000  # digits that the components are those of
_SIDE = 28


@dataclass(frozen=True)
class Index:
    """Digits to be found by a model's embedding of them.

    Attributes:
        split: "train", or "validation" for the digits that ship.
        labels: (n,) uint8, of the digits.
        images: (n, 28, 28) uint8, or the file in which they stand one after the other.
        mean: (d,) float32, the middle of the embeddings.
        axes: (d, components) float32, their principal components.
        places: (n, components) int8, the digits along the axes, in units of `unit`.
        unit: of the places.
    """

    split: str
    labels: np.ndarray
    images: np.ndarray | Path
    mean: np.ndarray
    axes: np.ndarray
    places: np.ndarray
    unit: float

    def __len__(self) -> int:
        return len(self.labels)

    def nearest(self, model: Classifier, pixels: np.ndarray, count: int) -> np.ndarray:
        """(count,) indices of the digits nearest to a picture by Euclidean distance in the layer, the nearest first.

        The rounded places name the candidates; the layer itself tells which of them are nearest.

        Raises:
            MnistDamaged: the file with the digits is gone.
        """
        own = model.answer(pixels[None]).embedding
        some = self.candidates(own)
        exact = _embedded(model, self.pictures(some), at_once=1)
        return some[((exact - own) ** 2).sum(axis=1).argsort(kind="stable")[:count]]

    def candidates(self, embedding: np.ndarray) -> np.ndarray:
        """(CANDIDATES,) indices of the digits whose rounded places are nearest to an embedding, the nearest first.

        Args:
            embedding: (1, d) float32.
        """
        place = (embedding - self.mean) @ self.axes / self.unit
        distances = np.concatenate(
            [((self.places[at : at + _PIECE] - place) ** 2).sum(axis=1) for at in range(0, len(self.places), _PIECE)]
        )
        some = np.argpartition(distances, min(CANDIDATES, len(distances) - 1))[:CANDIDATES]
        return some[distances[some].argsort(kind="stable")]

    def pictures(self, indices: np.ndarray) -> np.ndarray:
        """(k, 28, 28) uint8: some of the digits.

        Raises:
            MnistDamaged: the file with them is gone.
        """
        if isinstance(self.images, np.ndarray):
            return self.images[indices]
        size = _SIDE * _SIDE
        try:
            with self.images.open("rb") as file:
                parts = [file.read(size) for at in indices if file.seek(int(at) * size) >= 0]
            return np.frombuffer(b"".join(parts), np.uint8).reshape(-1, _SIDE, _SIDE)
        except (OSError, ValueError) as error:
            raise MnistDamaged(f"{self.images} cannot be read any more ({error}). Restart digitlab.") from error


def make(model: Classifier, split: str, digits: Split, at_once: int) -> Index:
    """Ask a model about every digit; some seconds for 55,000.

    Args:
        model: whose layer it is.
        split: what the digits are called.
        digits: to be found.
        at_once: digits to a call; with 1, a stroke that comes in between waits for no more than one digit.
    """
    some = _embedded(model, digits.images[:: -(-len(digits) // _LEARNED_FROM)], at_once)
    mean = some.mean(axis=0)
    some -= mean
    _, axes = np.linalg.eigh(some.T @ some)
    axes = np.ascontiguousarray(axes[:, ::-1][:, :COMPONENTS], np.float32)
    places = np.concatenate([
        (_embedded(model, digits.images[at : at + _PIECE], at_once) - mean) @ axes
        for at in range(0, len(digits), _PIECE)
    ])  # fmt: skip
    unit = max(float(np.abs(places).max()) / 127, 1e-12)
    return Index(split, digits.labels, digits.images, mean, axes, np.round(places / unit).astype(np.int8), unit)


def _embedded(model: Classifier, images: np.ndarray, at_once: int) -> np.ndarray:
    """(n, d) float32, of (n, 28, 28) uint8 digits."""
    parts = [images[at : at + at_once].astype(np.float32) / 255 for at in range(0, len(images), at_once)]
    return np.concatenate([model.answer(part).embedding for part in parts])


def keep(model: Classifier, index: Index) -> None:
    """Write an index of the training digits to its files.

    Raises:
        OSError: no room, or no right to; nothing half written is left.
    """
    digits = np.asarray(index.images).tobytes()
    if _sha256(_digits_file()) != (sha256 := hashlib.sha256(digits).hexdigest()):
        files.replace(_digits_file(), digits)
    arrays = io.BytesIO()
    np.savez(
        arrays, model=_version(model), digits=sha256, labels=index.labels,
        mean=index.mean, axes=index.axes, places=index.places, unit=index.unit,
    )  # fmt: skip
    files.replace(_index_file(model), arrays.getvalue())


def kept(model: Classifier) -> Index | None:
    """The index of the training digits that `keep` wrote for this version of a model; None if there is none."""
    try:
        with np.load(_index_file(model), allow_pickle=False) as stored:
            if str(stored["model"]) != _version(model) or str(stored["digits"]) != _sha256(_digits_file()):
                return None
            return Index(
                "train", stored["labels"], _digits_file(), stored["mean"], stored["axes"], stored["places"],
                float(stored["unit"]),
            )  # fmt: skip
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _version(model: Classifier) -> str:
    """What the embeddings depend on: the weights."""
    return model.run["sha256"][store.KERAS]


def _index_file(model: Classifier) -> Path:
    return store.folder() / ".cache" / model.name / "neighbours.npz"


def _digits_file() -> Path:
    return store.folder() / ".cache" / "digits.bin"


def _sha256(file: Path) -> str | None:
    """Of a file, read piece by piece; None if it is not there."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
