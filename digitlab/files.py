"""Writes small files safely, even if others are reading them or the process is killed at that moment."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write a file, in a new folder if necessary, so that readers see the old or the new content, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    except OSError:  # such as a full disk, on which the incomplete file must not stay
        half.unlink(missing_ok=True)
        raise
