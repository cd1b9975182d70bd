"""An index for finding digits by their embeddings in a model's last hidden layer, made once per version of a model.

Its files are beside the models, in `models/.cache/`: `digits.bin` with the training digits themselves, of which only
the requested ones are ever read, and `NAME/neighbours.npz` with their places in the layer. A file that was
changed since it was written counts as missing.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab import files, settings
from digitlab.data.mnist import Split
from digitlab.errors import MnistDamaged
from digitlab.language import N_
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Classifier

COMPONENTS = 64  # how many principal components of a digit's embedding are kept
CANDIDATES = 32  # how many digits are found by these components, and then compared by the whole layer
_PIECE = 1000  # how many digits are handled at a time, to limit memory
_ROWS = 50  # how many embeddings, likewise
_LEARNED_FROM = 2000  # how many digits the principal components are computed from, at most
_SIDE = 28


@dataclass(frozen=True)
class Index:
    """Digits that can be found by a model's embedding of them.

    Attributes:
        split: "train", or "validation" for the digits that ship.
        labels: (n,) uint8, labels of the digits.
        images: (n, 28, 28) uint8, or the file that holds them one after the other.
        mean: (d,) float32, the mean of the embeddings.
        axes: (d, components) float32, their principal components.
        places: (n, components) int8, coordinates of the digits along the axes, in multiples of `unit`.
        unit: the unit of the places.
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

        The rounded places give the candidates; their exact embeddings decide which of them are nearest.

        Raises:
            MnistDamaged: the file with the digits cannot be read.
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
        return self._near(embedding, CANDIDATES)[0]

    def labels_near(self, embeddings: np.ndarray, count: int) -> np.ndarray:
        """(n, count) uint8: labels of the digits whose rounded places are nearest to (n, d) embeddings, nearest first.

        Unlike `nearest`, it asks no model, and takes a few milliseconds for an embedding.
        """
        near = np.empty((len(embeddings), count), np.uint8)
        for at in range(0, len(embeddings), _ROWS):
            near[at : at + _ROWS] = self.labels[self._near(embeddings[at : at + _ROWS], count)]
        return near

    def _near(self, embeddings: np.ndarray, count: int) -> np.ndarray:
        wanted = ((embeddings - self.mean) @ self.axes / self.unit).astype(np.float32)
        distances = np.empty((len(wanted), len(self.places)), np.float32)
        for at in range(0, len(self.places), _PIECE):
            piece = self.places[at : at + _PIECE].astype(np.float32)
            # Without the square of `wanted`, which is the same for all digits.
            distances[:, at : at + _PIECE] = (piece**2).sum(axis=1) - 2 * wanted @ piece.T
        some = np.argpartition(distances, min(count, len(self.places) - 1), axis=1)[:, :count]
        order = np.take_along_axis(distances, some, axis=1).argsort(axis=1, kind="stable")
        return np.take_along_axis(some, order, axis=1)

    def pictures(self, indices: np.ndarray) -> np.ndarray:
        """(k, 28, 28) uint8: some of the digits.

        Raises:
            MnistDamaged: the file with the digits cannot be read.
        """
        if isinstance(self.images, np.ndarray):
            return self.images[indices]
        size = _SIDE * _SIDE
        try:
            with self.images.open("rb") as file:
                parts = [file.read(size) for at in indices if file.seek(int(at) * size) >= 0]
            return np.frombuffer(b"".join(parts), np.uint8).reshape(-1, _SIDE, _SIDE)
        except (OSError, ValueError) as error:
            raise MnistDamaged(
                N_("{images} cannot be read any more ({error}). Restart digitlab."), images=self.images, error=error
            ) from error


def make(model: Classifier, split: str, digits: Split, at_once: int) -> Index:
    """Make an index by asking a model about every digit, which takes some seconds for 55,000.

    Args:
        model: the model to ask.
        split: the name of the digits, see `Index.split`.
        digits: the digits to index.
        at_once: how many digits to ask about in one call; with 1, a visitor's stroke waits for one digit at most.
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
    """(n, d) float32: the embeddings of (n, 28, 28) uint8 digits."""
    parts = [to_shares(images[at : at + at_once]) for at in range(0, len(images), at_once)]
    return np.concatenate([model.answer(part).embedding for part in parts])


def keep(model: Classifier, index: Index) -> None:
    """Write an index of the training digits to its files.

    Raises:
        OSError: the disk is full or may not be written; no half-written file is left.
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
        with files.arrays(_index_file(model)) as stored:
            if str(stored["model"]) != _version(model) or str(stored["digits"]) != _sha256(_digits_file()):
                return None
            return Index(
                "train", stored["labels"], _digits_file(), stored["mean"], stored["axes"], stored["places"],
                float(stored["unit"]),
            )  # fmt: skip
    except files.UNREADABLE:
        return None


def _version(model: Classifier) -> str:
    """The hash of the weights, on which the embeddings depend."""
    return model.run["sha256"][store.KERAS]


def _index_file(model: Classifier) -> Path:
    return settings.load().cache_dir / model.name / "neighbours.npz"


def _digits_file() -> Path:
    return settings.load().cache_dir / "digits.bin"


def _sha256(file: Path) -> str | None:
    """The hash of a file, which is read piece by piece; None if it cannot be read."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
