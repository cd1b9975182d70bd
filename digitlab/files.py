"""Writes small files safely, even if others are reading them or the process is killed at that moment; and what is known
of files that may be damaged."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from numpy.lib.npyio import NpzFile

# What libraries raise for an archive that is damaged, or in which somebody wrote something else.
UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, RuntimeError, OverflowError, MemoryError,
    SyntaxError, BadZipFile, zlib.error,
)  # fmt: skip
_one_reader = threading.RLock()


@contextmanager
def arrays(file: Path | IO[bytes], most: int | None = None) -> Iterator[NpzFile]:
    """The arrays of an `.npz` file, by name, for the block; one thread at a time.

    NumPy reads the head of each array with `ast.literal_eval`, and if two threads do so at once, Python 3.11 raises
    `SystemError` now and then: "AST constructor recursion depth mismatch".

    Args:
        file: the file.
        most: bytes to which it may unpack; None for no limit.

    Raises:
        one of `UNREADABLE`, here or within the block: the file is not what `numpy.savez` wrote.
    """
    import numpy as np

    with _one_reader, np.load(file, allow_pickle=False) as archive:  # noqa: TID251 - the one place
        if most is not None and archive.zip is not None:
            check_unpacked(archive.zip, most)
        yield archive


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
