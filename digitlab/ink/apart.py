"""Reads a picture in a process of its own, with limits that the operating system keeps.

The decoder of JPEG 2000 lets nothing else run in its process meanwhile, and how long it takes and how much memory
cannot be told from the file: tiles, layers and precincts of nothing multiply.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from digitlab import settings
from digitlab.errors import DigitlabError, PictureTooLarge

PROCESSOR_S, WALL_S = 4, 30  # the largest pictures that `decoding` accepts take two seconds
MEMORY = 500e6  # bytes beyond what the process has when it starts; `decoding.MEMORY`, and what is made of the pixels


def read(data: bytes, how: Callable[..., Any], *more: Any) -> Any:
    """What a function makes of a file, in another process.

    Args:
        data: the whole file.
        how: a function of a module, which takes the file and `more`.
        more: what else it takes.

    Raises:
        DigitlabError: whatever the function raises, or `PictureTooLarge` if the process met its limits.
    """
    asked = pickle.dumps((how, more, len(data)))
    child = subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import serve; serve()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.REPOSITORY,
    )  # fmt: skip
    patience = threading.Timer(WALL_S, child.kill)
    patience.start()
    try:
        with child, suppress(BrokenPipeError):  # it may have ended meanwhile
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(asked)
            child.stdin.write(data)
            child.stdin.close()
            answer = child.stdout.read()
    finally:
        patience.cancel()
    if child.returncode:
        raise PictureTooLarge(
            "This picture takes too long or too much memory to read. Save it as PNG or JPEG and try again."
        )
    found = pickle.loads(answer)  # written by `serve`
    if isinstance(found, DigitlabError):
        raise found
    return found


def serve() -> None:
    """Answer what `read` asks in another process: from stdin to stdout, within the limits."""
    _limit()
    how, more, length = pickle.load(sys.stdin.buffer)
    try:
        found = how(sys.stdin.buffer.read(length), *more)
    except DigitlabError as error:
        found = error
    sys.stdout.buffer.write(pickle.dumps(found))
    sys.stdout.buffer.flush()


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # as on Windows, where only `WALL_S` holds
        import resource

        os.nice(10)  # those who draw go first
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
        with open("/proc/self/statm", "rb") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + int(MEMORY),) * 2)
