"""Machines that share models by URL, each with a copy of its own; in a test they take turns in one process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digitlab.models import store
from digitlab.models.replica import Replica


class Machine:
    """A machine with a copy of the shared models; what stands in its `with` happens there."""

    def __init__(self, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.copy, self.replica, self._patch = copy, Replica(), monkeypatch
        self._interrupted: list[str | None] = []  # the copies of the machines whose turns this one's fall into

    def __enter__(self) -> Replica:
        self._interrupted.append(os.environ.get("DIGITLAB_COPY"))
        self._patch.setenv("DIGITLAB_COPY", str(self.copy))
        return self.replica

    def __exit__(self, *_: object) -> None:
        before = self._interrupted.pop()
        if before is None:
            self._patch.delenv("DIGITLAB_COPY")
        else:
            self._patch.setenv("DIGITLAB_COPY", before)

    def reads(self, name: str = "cnn") -> bytes:
        """What answers there after a look at the store."""
        with self as replica:
            replica.look()
            return store.read(name).tflite

    def before(self, name: str = "cnn") -> bytes | None:
        with self:
            place = store.places(name).previous
            return (place / store.TFLITE).read_bytes() if place.is_dir() else None


@contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """Models are written into an ordinary folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_MODELS", str(folder))
        yield
