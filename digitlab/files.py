"""Writes small files safely, even if others are reading them or the process is killed at that moment; and what is known
of files that may be damaged."""

from __future__ import annotations

import os
import threading
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

# What libraries raise for an archive that is damaged, or in which somebody wrote something else.
UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, RuntimeError, OverflowError, MemoryError,
    SyntaxError, BadZipFile, zlib.error,
)  # fmt: skip


def check_unpacked(archive: ZipFile, most: int) -> None:
    """Raise `ValueError` for an archive that unpacks to more than `most` bytes."""
    if sum(member.file_size for member in archive.infolist()) > most:
        raise ValueError(f"it unpacks to more than {most / 2**20:.0f} MB")


def replace(path: Path, content: bytes) -> None:
    """Write a file, in a new folder if necessary, so that readers see the old or the new content, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    except OSError:  # such as a full disk, on which the incomplete file must not stay
        half.unlink(missing_ok=True)
        raise
