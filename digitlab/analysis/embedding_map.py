"""Embedding maps: where a model's last hidden layer puts each held-out digit, and which training digits are nearest.

A training makes the map and stores it, because that takes a minute and pages must open at once. A training of a few
seconds makes a quick layout; `python -m digitlab map NAME` makes the thorough one later.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

from digitlab import files
from digitlab.data.mnist import Mnist

NEIGHBOURS = 3
COMPONENTS = 30  # how many principal components t-SNE gets as its input: faster than all, and with less noise
_PIXEL_MAP = Path(__file__).with_name("pixel_map.npz")
_PIECE = 1000  # how many held-out digits are compared with all training digits at a time: keeps memory below 220 MB


def lay_out(held_out: dict[str, np.ndarray], training: np.ndarray | None) -> dict[str, np.ndarray]:
    """Lay out held-out digits by their embeddings in a model's last hidden layer.

    Args:
        held_out: by split, (n, d) embeddings of the held-out digits.
        training: (m, d) embeddings of the training digits for a thorough layout, by t-SNE and with nearest training
            digits, which takes about a minute; None for a quick layout by principal components, in a second.

    Returns:
        For each split, `SPLIT_map` (n, 2) float16 in [0, 1] and, if thorough, `SPLIT_neighbours` (n, 3) uint16: indices
        into the training split, the nearest first. Also `map_method`, "t-SNE" or "PCA" (van der Maaten and Hinton,
        "Visualizing data using t-SNE", 2008; computed by openTSNE).
    """
    arrays = {"map_method": np.array("PCA" if training is None else "t-SNE")}
    for name, embedding in held_out.items():
        arrays[f"{name}_map"] = flat(embedding, thorough=training is not None)
        if training is not None:
            arrays[f"{name}_neighbours"] = nearest(embedding, training, NEIGHBOURS).astype(np.uint16)
    return arrays


def lay_out_pixels(data: Mnist) -> None:
    """Make `pixel_map.npz`, the map by pixels alone, which belongs to no model and is part of the package."""
    assert data.test is not None
    pixels = {name: getattr(data, name).scaled().reshape(-1, 784) for name in ("validation", "test")}
    maps: dict[str, Any] = {name: flat(points, thorough=True) for name, points in pixels.items()}
    np.savez_compressed(_PIXEL_MAP, **maps)


@functools.lru_cache(maxsize=2)
def pixel_map(split: str) -> np.ndarray:
    """(n, 2) float16 in [0, 1]: the held-out digits laid out thoroughly by their pixels alone.

    Args:
        split: "validation" (all 5,000) or "test".
    """
    with files.arrays(_PIXEL_MAP) as stored:
        return stored[split]


def flat(points: np.ndarray, *, thorough: bool) -> np.ndarray:
    """Lay out (n, d) points as (n, 2) float16 in [0, 1], with neighbours close together; always the same map for the
    same points."""
    from sklearn.decomposition import PCA  # takes a second to import

    points = points.astype(np.float64)
    if len(points) < 2:  # a single point goes in the middle
        return np.full((len(points), 2), 0.5, np.float16)
    count = min(COMPONENTS if thorough else 2, points.shape[1])
    places = PCA(count, random_state=0, svd_solver="covariance_eigh").fit_transform(points)
    if thorough:
        places = _t_sne(places)
    places = places - places.min(axis=0)
    return (places / np.maximum(places.max(axis=0), 1e-12)).astype(np.float16)


def _t_sne(points: np.ndarray) -> np.ndarray:
    try:
        from openTSNE import TSNE
    except ImportError:  # it is not built for Linux on ARM
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # its threads wait for each other after every step, for long on busy cores
            return np.asarray(TSNE(random_state=0).fit_transform(points))
    return np.asarray(TSNE(random_state=0, n_jobs=1, n_iter=400).fit(points))


def nearest(points: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """For each point, the indices of the nearest `others` by Euclidean distance.

    Args:
        points: (n, d).
        others: (m, d).
        count: how many neighbours, at most m.

    Returns:
        (n, count) int64, the nearest first.
    """
    norms = (others**2).sum(axis=1)
    nearest_first = []
    for at in range(0, len(points), _PIECE):
        distances = norms - 2 * points[at : at + _PIECE] @ others.T  # up to the point's own norm, which keeps the order
        some = np.argpartition(distances, count - 1, axis=1)[:, :count]
        order = np.take_along_axis(distances, some, axis=1).argsort(axis=1)
        nearest_first.append(np.take_along_axis(some, order, axis=1))
    return np.concatenate(nearest_first)
