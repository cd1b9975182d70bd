"""Small files, read and written while other threads do so, too."""

import io
import sys
import threading

import numpy as np
import pytest

from digitlab import files

THREADS, TIMES = 6, 60


class Litter:
    """A reference cycle whose end runs Python code, as those of a server do: at any allocation threads may change."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        for _ in range(200):
            pass


@pytest.fixture
def _hasty():
    """Threads that change as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_hasty")
def test_arrays_are_read_by_many_threads():
    buffer = io.BytesIO()
    np.savez(buffer, **{f"array_{number}": np.arange(12).reshape(3, 4) for number in range(20)})
    failed: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(TIMES):
                [Litter() for _ in range(50)]
                with files.arrays(io.BytesIO(buffer.getvalue())) as stored:
                    assert {stored[name].sum() for name in stored.files} == {66}
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
