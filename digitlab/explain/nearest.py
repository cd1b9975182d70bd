"""What a digit reminds a model of: the training digits nearest to it in the model's last hidden layer."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from digitlab.analysis import embedding_map
from digitlab.data import mnist
from digitlab.serving import Classifier


@dataclass(frozen=True)
class Neighbour:
    """A digit that is known: `index` in its `split`, and its label."""

    split: str
    index: int
    label: int


def nearest(model: Classifier, pixels: np.ndarray, count: int) -> list[Neighbour]:
    """The packaged digits nearest to a picture, the nearest first, by Euclidean distance in the last hidden layer.

    Args:
        model: who is asked.
        pixels: (28, 28) float32 in [0, 1].
        count: of neighbours.

    Raises:
        MnistUnavailable: as `mnist.packaged`.
    """
    found = embedding_map.nearest(model.answer(pixels[None]).embedding, _embeddings(model), count)[0]
    labels = mnist.packaged().labels
    return [Neighbour("validation", int(index), int(labels[index])) for index in found]


@functools.lru_cache(maxsize=4)
def _embeddings(model: Classifier) -> np.ndarray:
    return model.answer(mnist.packaged().scaled()).embedding
