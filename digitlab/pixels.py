"""Pixels as files and the database keep them, and as models take them."""

from __future__ import annotations

import base64

import numpy as np


def to_shares(pixels: np.ndarray) -> np.ndarray:
    """The same pixels as float32 in [0, 1], from uint8."""
    return pixels.astype(np.float32) / 255


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """The same pixels as uint8, from floats in [0, 1]."""
    return np.round(pixels * 255).astype(np.uint8)


def to_base64(pixels: np.ndarray) -> str:
    """The same pixels as text, from uint8: a byte for each, row by row."""
    return base64.b64encode(pixels.tobytes()).decode("ascii")
