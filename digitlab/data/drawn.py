"""Drawings that ship with digitlab: digits as people draw them, and non-digits, in MNIST's format.

`python -m digitlab drawings` makes them (`handwriting/drawings.py`). The flagships are trained on them as well as on
MNIST, and every model learns from them what to reject.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab import files
from digitlab.data.mnist import Split

FILE = Path(__file__).with_name("drawn.npz")


@dataclass(frozen=True)
class Drawn:
    """The drawings, as `ink` reads them.

    Attributes:
        digits: 6,000 of MNIST's 55,000 training digits, redrawn small with a broad brush, so that gaps are filled.
        written: 30,000 digits in the forms of `handwriting/forms`, by imaginary hands.
        may_tilt: (30000,) bool: which of these are still their digits when they are tilted.
        non_digits: (14000, 28, 28) uint8: 2,000 printed letters and signs, 1,000 scribbles, 1,000 pairs of digits,
            10,000 handwritten letters, signs and small pictures.
    """

    digits: Split
    written: Split
    may_tilt: np.ndarray
    non_digits: np.ndarray


@functools.lru_cache(maxsize=1)
def load() -> Drawn:
    """Read the drawings that ship."""
    with files.arrays(FILE) as stored:
        return Drawn(
            Split(stored["digits"], stored["labels"]),
            Split(stored["written"], stored["written_labels"]),
            stored["may_tilt"],
            stored["non_digits"],
        )
