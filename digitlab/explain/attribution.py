"""What a model looked at: for every pixel, how far the log-odds of a digit fall when the ink around it is erased.

The method is occlusion (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014): patches of
4 x 4 px, 2 px apart, are erased one at a time. About 70 answers are enough for all ten digits.
docs/decisions/0012-attribution.md says why this method was chosen.
"""

from __future__ import annotations

import numpy as np

from digitlab.serving import Classifier

SIDE = 28
PATCH_PX, STRIDE_PX = 4, 2
INK = 0.1  # a weaker pixel is the soft edge of a stroke; patches without a stronger one are not erased
_TINY = 1e-30


def maps(model: Classifier, pixels: np.ndarray) -> np.ndarray:
    """Attribution maps: which ink speaks for and against each digit, as one model sees it.

    Args:
        model: the model to ask.
        pixels: (28, 28) float32 in [0, 1].

    Returns:
        (10, 28, 28) float32 in nats, a map for each digit. At each pixel, of all patches that cover it, the one that
        changes the digit's log-odds most counts: the value is how far they fall when it is erased. Above 0 the ink
        there speaks for the digit, below 0 against it; it is 0 where no ink is near.
    """
    tried = patches(pixels > INK)
    if not len(tried):
        return np.zeros((10, SIDE, SIDE), np.float32)
    whole, *erased = log_odds(model.answer(np.concatenate([pixels[None], np.where(tried, 0, pixels)])).probabilities)
    # The patches of a pixel are not averaged, since half of them may lie beside the stroke; the strongest one counts.
    highest, lowest = np.zeros((10, SIDE, SIDE)), np.zeros((10, SIDE, SIDE))
    for patch, odds in zip(tried, erased, strict=True):
        fall = (whole - odds)[:, None]
        highest[:, patch], lowest[:, patch] = np.maximum(highest[:, patch], fall), np.minimum(lowest[:, patch], fall)
    return np.where(highest >= -lowest, highest, lowest).astype(np.float32)


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """(n, 10) float64 in nats: the logarithm of each digit's probability over that of all others together.

    Most confidences are near 1, where they hardly change; log-odds still do.
    """
    exact = np.maximum(probabilities.astype(np.float64), _TINY)
    others = np.stack([np.delete(exact, digit, axis=1).sum(axis=1) for digit in range(exact.shape[1])], axis=1)
    return np.log(exact) - np.log(others)


def patches(ink: np.ndarray) -> np.ndarray:
    """(k, 28, 28) bool: the patches with ink on them; those at the edge reach beyond the picture."""
    masks = []
    for top in range(STRIDE_PX - PATCH_PX, SIDE, STRIDE_PX):
        for left in range(STRIDE_PX - PATCH_PX, SIDE, STRIDE_PX):
            place = slice(max(top, 0), top + PATCH_PX), slice(max(left, 0), left + PATCH_PX)
            if ink[place].any():
                patch = np.zeros((SIDE, SIDE), bool)
                patch[place] = True
                masks.append(patch)
    return np.array(masks).reshape(-1, SIDE, SIDE)
