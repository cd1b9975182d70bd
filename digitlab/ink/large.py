"""Large drawings are thinned in a process of their own, before anybody reads them.

Decoding their text takes milliseconds in which nothing else runs in the same process, and drawing them takes more. The
process gives way to the server's own, and starts with the first large drawing.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, Any

from digitlab.errors import Busy, InvalidValue, UnreadablePicture
from digitlab.ink import apart
from digitlab.ink.thinning import LARGEST_BYTES, thinned
from digitlab.language import N_

SMALL_BYTES = 20_000  # what is not larger is decoded at once; a digit drawn with a pen takes about 5 kB
LONGEST_S = 5.0  # how long the process may take for a drawing
_LENGTH = struct.Struct("!Q")
_NO_OBJECT = N_("Expected a JSON object.")


def decoded(body: bytes) -> dict[str, Any]:
    """A JSON object with a drawing; what is larger than `SMALL_BYTES` comes back thinned, as by `thinned`.

    Args:
        body: JSON text of a drawing as `strokes_from_json` takes it, with other fields beside it.

    Raises:
        InvalidValue: this is no JSON object, or its other fields are large.
        UnreadablePicture: a large drawing cannot be read.
        Busy: the process has not answered in time.
    """
    if len(body) <= SMALL_BYTES:
        return _object(body)
    told = json.loads(_process.ask(body))
    match told:
        case {"asked": asked}:
            return asked
        case {"unreadable": str(sentence), "values": dict(values)}:
            raise UnreadablePicture(sentence, **values)
        case _:
            raise InvalidValue(_NO_OBJECT)


def serve() -> None:
    """Answer what `decoded` asks in another process, from stdin to stdout, until the server ends."""
    with suppress(OSError):
        os.nice(10)  # those who draw go first
    while (body := _take(sys.stdin.buffer)) is not None:
        _give(sys.stdout.buffer, json.dumps(_small(body)).encode())


class _Process:
    """The process, which one thread at a time may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._to: IO[bytes]
        self._from: IO[bytes]

    def ask(self, body: bytes) -> bytes:
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._child, self._to, self._from = apart.start(__name__)
            answer = None
            with apart.ended_after(LONGEST_S, self._child), suppress(BrokenPipeError):
                _give(self._to, body)
                answer = _take(self._from)
            if answer is None:
                self._child.kill()
                self._child.communicate()
                raise Busy(N_("This drawing takes too long to read."))
            return answer


_process = _Process()


def _object(body: bytes) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        if isinstance(asked := json.loads(body), dict):
            return asked
    raise InvalidValue(_NO_OBJECT)


def _small(body: bytes) -> dict[str, Any]:
    try:
        asked = _object(body)
        drawing = thinned(asked)
        others = {name: value for name, value in asked.items() if name not in drawing}
        if len(json.dumps(others)) > LARGEST_BYTES:
            raise InvalidValue(_NO_OBJECT)
        return {"asked": {**others, **drawing}}
    except UnreadablePicture as error:
        return {"unreadable": error.args[0], "values": error.values}
    except (InvalidValue, RecursionError):
        return {}


def _give(to: IO[bytes], data: bytes) -> None:
    to.write(_LENGTH.pack(len(data)) + data)
    to.flush()


def _take(source: IO[bytes]) -> bytes | None:
    """What the other end has given; None if it has ended."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = source.read(length)
    return data if len(data) == length else None
