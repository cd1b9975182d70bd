"""What a network made of held-out digits after each epoch of a short training: a confusion matrix, and a map on which
the same digits move. A training takes it, since nothing else has the weights of each epoch; older models have none."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from digitlab import files
from digitlab.errors import DigitlabError
from digitlab.models import store
from digitlab.networks import CLASSES

MOST = 20  # epochs of a training that is filmed; of one that is made longer meanwhile, the first ones are
POINTS = 300  # digits on the map
MOST_BYTES = 2**20  # of a film, unpacked: it has up to 26 kB
_PREFIX = "film_"  # of its arrays in `evaluation.npz`


@dataclass(frozen=True)
class Film:
    """A frame for each epoch.

    Attributes:
        indices: (n,) uint16, the digits on the map, among the 5,000 packaged ones.
        counts: (epochs, 10, 10) uint16, true digit by answer, over all validation digits.
        answers: (epochs, n) uint8, to the digits on the map.
        places: (epochs, n, 2) uint8, where they lie on it: the two directions in which the embeddings of all epochs
            together differ most, so that a digit moves from frame to frame.
    """

    indices: np.ndarray
    counts: np.ndarray
    answers: np.ndarray
    places: np.ndarray

    def arrays(self) -> dict[str, np.ndarray]:
        """What `of_arrays` makes the film of, for `evaluation.npz`."""
        return {f"{_PREFIX}{name}": array for name, array in vars(self).items()}

    def packed(self) -> str:
        """The film as text, about 20 kB at most, which `unpacked` reads."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **self.arrays())  # type: ignore[arg-type]
        return base64.b64encode(buffer.getvalue()).decode("ascii")


def chosen(labels: np.ndarray) -> np.ndarray:
    """(n,) int: positions of the digits that are on the map, equally many of each as far as there are."""
    each = [np.flatnonzero(labels == digit)[: POINTS // CLASSES] for digit in range(CLASSES)]
    return np.sort(np.concatenate(each))


def developed(
    indices: np.ndarray, counts: Sequence[np.ndarray], answers: Sequence[np.ndarray], embeddings: Sequence[np.ndarray]
) -> Film:
    """The film of what was seen after each epoch.

    Args:
        indices: as of `Film`.
        counts, answers: as of `Film`, for each epoch.
        embeddings: (n, d) float32 for each epoch.
    """
    every = np.stack(embeddings).astype(np.float64)
    every -= every.mean(axis=1, keepdims=True)  # a cloud that moves as a whole says nothing about the digits
    flat = every.reshape(-1, every.shape[2])
    directions = np.linalg.eigh(flat.T @ flat)[1][:, :-3:-1]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), [0, 1]])  # either is right: always the same one
    places = every @ (directions * signs)
    low, high = places.min(axis=(0, 1)), places.max(axis=(0, 1))
    places = (places - low) / np.maximum(high - low, 1e-12)
    return Film(
        indices.astype(np.uint16), np.stack(counts).astype(np.uint16), np.stack(answers).astype(np.uint8),
        np.round(places * 255).astype(np.uint8),
    )  # fmt: skip


def unpacked(text: str) -> Film | None:
    """The film that `Film.packed` made this of; None for anything else."""
    with suppress(*files.UNREADABLE), files.arrays(io.BytesIO(base64.b64decode(text)), MOST_BYTES) as archive:
        return of_arrays({name: archive[name] for name in archive.files})
    return None


def of_arrays(arrays: dict[str, np.ndarray]) -> Film | None:
    """The film among these arrays; None if there is none, or not of the form that training writes."""
    names = ("indices", "counts", "answers", "places")
    if not all(f"{_PREFIX}{name}" in arrays for name in names):
        return None
    indices, counts, answers, places = (arrays[f"{_PREFIX}{name}"] for name in names)
    epochs, digits = (len(np.atleast_1d(array)) for array in (counts, indices))
    forms = [(digits,), (epochs, CLASSES, CLASSES), (epochs, digits), (epochs, digits, 2)]
    found = [indices, counts, answers, places]
    is_film = 0 < epochs <= MOST and 0 < digits <= POINTS and [array.shape for array in found] == forms
    if not is_film or any(array.dtype.kind != "u" for array in found) or indices.max() >= 5000 or answers.max() > 9:
        return None
    return Film(indices, counts, answers, places)


def of_model(stored: store.StoredModel) -> Film | None:
    """The film of a model's training, wherever this version is now; None if there is none."""
    for place in (stored.place, *store.places(stored.name)):
        with suppress(DigitlabError):
            return of_arrays(store.read_evaluation(replace(stored, place=place)))
    return None
