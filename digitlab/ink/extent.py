"""How far the marked pixels of a picture extend."""

from __future__ import annotations

import numpy as np


def extent(mask: np.ndarray) -> tuple[slice, slice]:
    """The rows and columns of the smallest rectangle that holds every marked pixel of an (h, w) mask; there is one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
