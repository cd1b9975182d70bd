"""Digits to be found by where a model's last hidden layer puts them: made once per version of a model, kept in files.

The files lie beside the models, in `models/.cache/`: `digits.npy`, the training digits themselves, which are read from
where they lie, and `NAME/neighbours.npz`, their places in the layer. What is not as it was written counts as missing.
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
from digitlab.serving import Classifier, store

COMPONENTS = 64  # principal components kept of a digit's embedding
CANDIDATES = 50  # digits nearest by these, among which the layer itself tells the nearest
_PIECE = 5000  # digits at a time: bounds memory
_LEARNED_FROM = 5000  # digits that the components are those of


@dataclass(frozen=True)
class Index:
    """Digits to be found by a model's embedding of them.

    Attributes:
        split: "train", or "validation" for the digits that ship.
        digits: themselves.
        mean: (d,) float32, the middle of the embeddings.
        axes: (d, components) float32, their principal components.
        places: (n, components) int8, the digits along the axes, in units of `unit`.
        unit: of the places.
    """

    split: str
    digits: Split
    mean: np.ndarray
    axes: np.ndarray
    places: np.ndarray
    unit: float

    def nearest(self, model: Classifier, pixels: np.ndarray, count: int) -> np.ndarray:
        """(count,) indices of the digits nearest to a picture by Euclidean distance in the layer, the nearest first.

        The rounded places name the candidates; the layer itself tells which of them are nearest.
        """
        own = model.answer(pixels[None]).embedding
        place = (own - self.mean) @ self.axes / self.unit
        distances = np.concatenate(
            [((self.places[at : at + _PIECE] - place) ** 2).sum(axis=1) for at in range(0, len(self.places), _PIECE)]
        )
        some = np.argpartition(distances, min(CANDIDATES, len(distances) - 1))[:CANDIDATES]
        exact = _embedded(model, self.digits.images[some], at_once=1)
        return some[((exact - own) ** 2).sum(axis=1).argsort(kind="stable")[:count]]


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
    _, axes = np.linalg.eigh(np.cov(some - mean, rowvar=False))
    axes = np.ascontiguousarray(axes[:, ::-1][:, :COMPONENTS], np.float32)
    places = np.concatenate([
        (_embedded(model, digits.images[at : at + _PIECE], at_once) - mean) @ axes
        for at in range(0, len(digits), _PIECE)
    ])  # fmt: skip
    unit = max(float(np.abs(places).max()) / 127, 1e-12)
    return Index(split, digits, mean, axes, np.round(places / unit).astype(np.int8), unit)


def _embedded(model: Classifier, images: np.ndarray, at_once: int) -> np.ndarray:
    """(n, d) float32, of (n, 28, 28) uint8 digits."""
    parts = [images[at : at + at_once].astype(np.float32) / 255 for at in range(0, len(images), at_once)]
    return np.concatenate([model.answer(part).embedding for part in parts])


def keep(model: Classifier, index: Index) -> None:
    """Write an index of the training digits to its files.

    Raises:
        OSError: no room, or no right to; nothing half written is left.
    """
    digits = io.BytesIO()
    np.save(digits, index.digits.images)
    if _sha256(_digits_file()) != (sha256 := hashlib.sha256(digits.getbuffer()).hexdigest()):
        files.replace(_digits_file(), digits.getvalue())
    arrays = io.BytesIO()
    np.savez(
        arrays, model=_version(model), digits=sha256, labels=index.digits.labels,
        mean=index.mean, axes=index.axes, places=index.places, unit=index.unit,
    )  # fmt: skip
    files.replace(_index_file(model), arrays.getvalue())


def kept(model: Classifier) -> Index | None:
    """The index of the training digits that `keep` wrote for this version of a model; None if there is none."""
    try:
        with np.load(_index_file(model), allow_pickle=False) as stored:
            if str(stored["model"]) != _version(model) or str(stored["digits"]) != _sha256(_digits_file()):
                return None
            digits = Split(np.load(_digits_file(), mmap_mode="r"), stored["labels"])
            return Index("train", digits, stored["mean"], stored["axes"], stored["places"], float(stored["unit"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _version(model: Classifier) -> str:
    """What the embeddings depend on: the weights."""
    return model.run["sha256"][store.KERAS]


def _index_file(model: Classifier) -> Path:
    return store.folder() / ".cache" / model.name / "neighbours.npz"


def _digits_file() -> Path:
    return store.folder() / ".cache" / "digits.npy"


def _sha256(file: Path) -> str | None:
    """Of a file, read piece by piece; None if it is not there."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
