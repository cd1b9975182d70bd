"""Held-out digits made up for tests, and real ones."""

import numpy as np
import pytest

from digitlab.analysis.held_out import HeldOut


def made_up(labels, *answers, confidence=0.8, split="validation") -> HeldOut:
    """Digits without ink that models answered as given, all equally sure."""
    labels = np.array(labels, np.uint8)
    probabilities = {}
    for name, given_ in zip(("left", "right"), answers, strict=False):
        rows = np.full((len(labels), 10), (1 - confidence) / 9, np.float32)
        rows[np.arange(len(labels)), given_] = confidence
        probabilities[name] = rows
    images = np.zeros((len(labels), 28, 28), np.uint8)
    return HeldOut(split, np.arange(len(labels)) + 100, images, labels, probabilities)


SPLITS = ["validation", pytest.param("test", marks=pytest.mark.mnist)]
DUEL = made_up([4, 4, 7, 9, 9, 1], [4, 9, 7, 4, 4, 1], [4, 9, 1, 9, 3, 1])
#               both right, both, only right, only left, both, both right
