"""What a model looked at: for every pixel, how far the answer falls when the ink around it is taken away.

Occlusion (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014): patches of 4 x 4 px are
erased one at a time, 2 px apart. The same 70 answers tell this for all ten digits. Why this method and not another:
docs/decisions/0012-attribution.md.
"""

from __future__ import annotations

import numpy as np

from digitlab.serving import Classifier

SIDE = 28
PATCH_PX, STRIDE_PX = 4, 2
INK = 0.1  # less than this is the soft edge of a stroke; a patch with nothing else on it is not tried
_TINY = 1e-30


def maps(model: Classifier, pixels: np.ndarray) -> np.ndarray:
    """What speaks for and against each digit, as one model sees it.

    Args:
        model: who is asked.
        pixels: (28, 28) float32 in [0, 1].

    Returns:
        (10, 28, 28) float32 in nats, a map for each digit: by how much the log-odds of the digit fall when the patch
        around the pixel is erased that changes them most. Above 0 the ink there speaks for the digit, below 0
        against it; 0 where there is no ink near.
    """
    tried = patches(pixels > INK)
    if not len(tried):
        return np.zeros((10, SIDE, SIDE), np.float32)
    whole, *erased = log_odds(model.answer(np.concatenate([pixels[None], np.where(tried, 0, pixels)])).probabilities)
    # A pixel's patches, of which a half may lie beside the stroke, are not averaged: the one that matters most counts.
    highest, lowest = np.zeros((10, SIDE, SIDE)), np.zeros((10, SIDE, SIDE))
    for patch, odds in zip(tried, erased, strict=True):
        fall = (whole - odds)[:, None]
        highest[:, patch], lowest[:, patch] = np.maximum(highest[:, patch], fall), np.minimum(lowest[:, patch], fall)
    return np.where(highest >= -lowest, highest, lowest).astype(np.float32)


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """(n, 10) float64 in nats: the logarithm of each digit's probability over that of all others together.

    Confidence hardly moves near 1, where most of it is; this does.
    """
    exact = np.maximum(probabilities.astype(np.float64), _TINY)
    others = np.stack([np.delete(exact, digit, axis=1).sum(axis=1) for digit in range(exact.shape[1])], axis=1)
    return np.log(exact) - np.log(others)


def patches(ink: np.ndarray) -> np.ndarray:
    """(k, 28, 28) bool: the patches that have ink on them; those at the edge reach beyond it."""
    found = []
    for top in range(STRIDE_PX - PATCH_PX, SIDE, STRIDE_PX):
        for left in range(STRIDE_PX - PATCH_PX, SIDE, STRIDE_PX):
            place = slice(max(top, 0), top + PATCH_PX), slice(max(left, 0), left + PATCH_PX)
            if ink[place].any():
                patch = np.zeros((SIDE, SIDE), bool)
                patch[place] = True
                found.append(patch)
    return np.array(found).reshape(-1, SIDE, SIDE)
