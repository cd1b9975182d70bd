"""A preview of what a network will see in training: the same ten digits under each kind of distortion.

TensorFlow distorts the digits, so a process of its own makes the pictures and keeps them in `models/.job/`.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from pathlib import Path

import numpy as np

from digitlab import files, settings
from digitlab.data import mnist

FRAMES = 8
_EVERY = 500  # the packaged digits are sorted, 500 of each
_CHOSEN = 13  # which one of each 500 is shown; any other would do


def digits() -> np.ndarray:
    """(10, 28, 28) uint8: one of each digit, undistorted."""
    return mnist.packaged().images[_CHOSEN::_EVERY]


def frames(augment: str) -> np.ndarray | None:
    """(frames, 10, 28, 28) uint8: the digits, distorted differently in each frame as in training; None if not made yet.

    Args:
        augment: as of a `Recipe`.
    """
    if augment == "none":
        return digits()[None]
    with suppress(*files.UNREADABLE), files.arrays(_path(augment)) as stored:
        kept = stored["frames"]
        if kept.dtype == np.uint8 and kept.ndim == 4 and kept.shape[1:] == digits().shape and len(kept):
            return kept
    return None


def keep(augment: str, pictures: np.ndarray) -> None:
    """Store the frames for `frames` to find."""
    buffer = io.BytesIO()
    np.savez(buffer, frames=pictures)
    files.replace(_path(augment), buffer.getvalue())


def _path(augment: str) -> Path:
    """The file of the frames; its name depends on the distortions' source code, since a change there outdates it."""
    source = settings.PACKAGE / "training" / "augmentation.py"
    mark = hashlib.sha256(source.read_bytes()).hexdigest()[:8]
    return settings.load().job_dir / f"preview-{augment}-{mark}.npz"
