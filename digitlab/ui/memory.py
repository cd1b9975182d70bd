"""Gives unused memory back to the operating system, so that a server is as small after a lecture as before it."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import threading
from contextlib import suppress

EVERY_S = 15.0
MOST_BYTES = 560e6  # that the server takes while a picture is decoded; answers to others need some beside it ...
LEAST_LEFT = 160e6  # ... but photos are read however much it has taken: one of 48 megapixels takes less
# glibc's malloc has eight arenas per core by default, and each of them keeps unused memory of its own.
_MOST_ARENAS, _M_ARENA_MAX = 2, -8
# The memory of arrays from this size on is given back as soon as the array is freed. By default, this threshold grows.
_RETURNED_BYTES, _M_MMAP_THRESHOLD = 128 * 1024, -3


def keep_small() -> None:
    """Collect garbage from time to time; where there is glibc, make it use few arenas and give back free memory."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    if not hasattr(library, "malloc_trim"):
        library = None
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _MOST_ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _RETURNED_BYTES)
    threading.Thread(target=_attend, args=(library,), daemon=True).start()


def left() -> float:
    """How many bytes the server may still take for a picture; no limit where the system does not tell what it takes."""
    try:
        with open("/proc/self/statm", "rb") as file:
            taken = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            return max(LEAST_LEFT, MOST_BYTES - taken)
    except OSError:
        return math.inf


def _attend(library: ctypes.CDLL | None) -> None:
    while True:
        threading.Event().wait(EVERY_S)
        gc.collect()  # a closed session is a reference cycle
        if library is not None:
            with suppress(OSError):
                library.malloc_trim(0)
