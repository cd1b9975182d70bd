"""Memory that is no longer used goes back to the system, so that a server after a lecture is as small as before it."""

from __future__ import annotations

import ctypes
import gc
import os
import threading
from contextlib import suppress
from typing import Any

from streamlit.components.v2.bidi_component import serialization

EVERY_S = 15.0
_MOST_ARENAS, _M_ARENA_MAX = 2, -8  # of glibc's malloc: by default eight a core, and each keeps its own leftovers
# From this size on, an array's memory goes back when the array does. By default the size grows with what is asked for.
_RETURNED_BYTES, _M_MMAP_THRESHOLD = 128 * 1024, -3


def spare_pandas() -> None:
    """Have Streamlit take a list or dict that a component is given for what it is, without asking pandas.

    Whatever a component is given, it asks pandas whether that is a data frame, and for that imports pandas and pyarrow:
    65 MB that a page with a canvas has no other use for.
    """
    asked: Any = serialization
    is_dataframe_like = asked.is_dataframe_like
    asked.is_dataframe_like = lambda given: not isinstance(given, list | dict) and is_dataframe_like(given)


def keep_small() -> None:
    """Search for garbage from time to time; have glibc, where it is, use few arenas and give back what is free."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    if not hasattr(library, "malloc_trim"):
        library = None
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _MOST_ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _RETURNED_BYTES)
    threading.Thread(target=_attend, args=(library,), daemon=True).start()


def _attend(library: ctypes.CDLL | None) -> None:
    while True:
        threading.Event().wait(EVERY_S)
        gc.collect()  # a closed session is a circle of objects
        if library is not None:
            with suppress(OSError):
                library.malloc_trim(0)
