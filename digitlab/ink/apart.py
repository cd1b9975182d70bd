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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from digitlab import settings
from digitlab.errors import DigitlabError, PictureTooLarge
from digitlab.language import N_

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
    child, to_child, from_child = start(__name__)
    with ended_after(WALL_S, child), child, suppress(BrokenPipeError):  # it may have ended meanwhile
        to_child.write(asked)
        to_child.write(data)
        to_child.close()
        answer = from_child.read()
    if child.returncode:
        raise PictureTooLarge(
            N_("This picture takes too long or too much memory to read. Save it as PNG or JPEG and try again.")
        )
    found = pickle.loads(answer)  # written by `serve`
    if isinstance(found, DigitlabError):
        raise found
    return found


def start(module: str) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    """Start a process that runs the function `serve` of a module; returns it, its stdin and its stdout."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"from {module} import serve; serve()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.REPOSITORY,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    return child, child.stdin, child.stdout


@contextmanager
def ended_after(seconds: float, child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill a process that takes longer than this block may."""
    patience = threading.Timer(seconds, child.kill)
    patience.start()
    try:
        yield
    finally:
        patience.cancel()


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
