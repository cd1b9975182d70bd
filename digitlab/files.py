"""Small files that others may be reading, or that a kill may hit, at the moment they are written."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old or the new one, never half of it; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    except OSError:  # a full disk, for one: it should not be fuller for this
        half.unlink(missing_ok=True)
        raise
