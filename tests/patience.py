"""How long tests wait: until what they wait for has come. A busy machine is slow, not wrong."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 180.0  # after so long it will not come any more, however busy the machine is
Found = TypeVar("Found")


def until(condition: Callable[[], Found], told: Callable[[], object] = lambda: "it has not come") -> Found:
    """What `condition` returns as soon as that is true.

    Raises:
        AssertionError: it is not within `PATIENCE_S`; `told` says what there is instead.
    """
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain: {told()}"
        time.sleep(0.02)
    return found
