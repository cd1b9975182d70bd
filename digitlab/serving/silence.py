"""Silences libraries whose C++ code writes notes straight to the terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """Discard everything that the whole process writes to stdout and stderr, even by C++; for the command line only."""
    with _one_at_a_time:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        saved = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
        try:
            with open(os.devnull, "wb") as nowhere:
                for descriptor in saved:
                    os.dup2(nowhere.fileno(), descriptor)
            yield
        finally:
            for descriptor, copy in saved.items():
                os.dup2(copy, descriptor)
                os.close(copy)
