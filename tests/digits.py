"""Digits made up for tests."""

import numpy as np

from digitlab.data.mnist import Split


def tiny() -> Split:
    """Twenty digits, two of each: one all background, one with the digit's number of full-ink pixels and one more."""
    images = np.zeros((20, 28, 28), np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 2)
    for digit in range(10):
        images[2 * digit + 1].ravel()[: digit + 1] = 255
    return Split(images, labels)
