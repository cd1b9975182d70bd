"""The lock on moving versions of models, which one process holds at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from digitlab.errors import ModelsBusy
from digitlab.language import N_
from digitlab.models import store

LOCK_S = 10.0


@contextmanager
def changing(patience_s: float = LOCK_S) -> Iterator[None]:
    """Hold the lock on moving versions; the operating system releases it if the process is killed.

    Raises:
        ModelsBusy: another process has held it for longer than `patience_s`.
    """
    store.folder().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(store.folder() / ".versions.lock", timeout=patience_s):
            yield
    except Timeout:
        raise ModelsBusy(N_("Another window or terminal is exchanging models right now. Try again.")) from None
