import numpy as np
import pytest

from digitlab.data import mnist


@pytest.fixture(scope="session")
def packaged():
    digits = mnist.packaged()
    odd = np.arange(len(digits)) % 5 == 4
    return mnist.Mnist(
        mnist.Split(digits.images[~odd], digits.labels[~odd]), mnist.Split(digits.images[odd], digits.labels[odd]),
        test=None, source="packaged",
    )  # fmt: skip
