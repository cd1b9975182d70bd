"""Drawings that ship with digitlab: digits as people draw them, and non-digits, in MNIST's format.

Made by `training/drawings.py` with `python -m digitlab drawings`. The flagships are trained on them besides MNIST, and
what a model rejects is learned from them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab.data.mnist import Split

FILE = Path(__file__).with_name("drawn.npz")


@dataclass(frozen=True)
class Drawn:
    """The drawings, as `ink` reads them.

    Attributes:
        digits: 6,000 of the 55,000, drawn small with a broad brush, so that gaps are filled.
        written: 15,000 in the forms of `training/forms.py`, by hands that never were.
        non_digits: (8000, 28, 28) uint8: 2,000 letters and signs in type, 1,000 scribbles, 1,000 pairs of digits, 4,000
            handwritten letters and small pictures.
    """

    digits: Split
    written: Split
    non_digits: np.ndarray


@functools.lru_cache(maxsize=1)
def load() -> Drawn:
    """Read the drawings that ship."""
    with np.load(FILE, allow_pickle=False) as stored:
        return Drawn(
            Split(stored["digits"], stored["labels"]),
            Split(stored["written"], stored["written_labels"]),
            stored["non_digits"],
        )
