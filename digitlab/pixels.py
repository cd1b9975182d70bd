"""Pixels as files and the database keep them, and as models take them."""

from __future__ import annotations

import numpy as np


def to_shares(pixels: np.ndarray) -> np.ndarray:
    """The same pixels as float32 in [0, 1], from uint8."""
    return pixels.astype(np.float32) / 255


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """The same pixels as uint8, from floats in [0, 1]."""
    return np.round(pixels * 255).astype(np.uint8)
