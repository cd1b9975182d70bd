"""Reads drawings here or, while several people draw at once, in other processes, too: as many as use all processors.

One process cannot read two drawings at a time, however many threads it has, and its pages wait meanwhile. The others
start when questions first come together; until they are ready, and for whoever draws alone, the server itself reads:
that is cheapest, and takes no memory. Drawings are not read in batches: the networks take as long for each picture of a
batch as for one alone, and their last bits would depend on who else draws.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from digitlab import ink
from digitlab.errors import DigitlabError, InkError, ModelError
from digitlab.ink import Ink, Strokes, apart
from digitlab.models import store
from digitlab.serving.classifier import Classifier, load
from digitlab.serving.reading import Reading
from digitlab.serving.reading import read as read_ink

MOST = max(1, (os.cpu_count() or 1) - 1)  # besides the server's own process
CROWD_S = 60.0  # questions that came together so long ago do not count any more, and the processes end
Along = list[tuple[np.ndarray, bool]]


def read(fields: dict[str, Any], models: Sequence[Classifier], share: float = 1) -> tuple[Ink, Reading]:
    """What models read in a drawing of strokes.

    Args:
        fields: as `ink.strokes_from_json` takes them.
        models: from `load`.
        share: the part of the drawing that is read, from its beginning; in (0, 1].

    Raises:
        UnreadablePicture, NothingDrawn, OnlyADot: as `ink.strokes_from_json` and `ink.read`.
    """
    return _readers.ask(_read, models, fields, share)


def read_along(fields: dict[str, Any], models: Sequence[Classifier], steps: int) -> Along:
    """For each model its probabilities as a drawing grows, and whether it takes the whole for a digit.

    Args:
        fields, models: as for `read`.
        steps: after how many equal parts of the path the models are asked.

    Returns:
        For each model (steps, 10) float32, and a bool. While there is only a dot, models see an empty picture.

    Raises:
        UnreadablePicture: as `read`.
    """
    return _readers.ask(_read_along, models, fields, steps)


def processor_s() -> float:
    """The processor time of this thread, and of other processes for it, in seconds."""
    return time.thread_time() + getattr(_elsewhere, "took_s", 0.0)


def serve() -> None:
    """Answer in another process what `_Reader.ask` asks, from stdin to stdout, until the server ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # libraries may print
    for name in store.FLAGSHIPS:
        with suppress(ModelError):
            load(name)
    pickle.dump(None, out)
    out.flush()
    with suppress(EOFError, BrokenPipeError):
        while True:
            how, folder, names, given = pickle.load(sys.stdin.buffer)
            began = time.process_time()
            os.environ["DIGITLAB_MODELS"] = folder
            try:
                found = how([load(name) for name in names], *given)
            except DigitlabError as error:
                found = error
            pickle.dump((found, time.process_time() - began), out)
            out.flush()


def _read(models: Sequence[Classifier], fields: dict[str, Any], share: float) -> tuple[Ink, Reading]:
    seen = ink.read(ink.cut(ink.strokes_from_json(fields), share))
    return seen, read_ink(seen, list(models))


def _read_along(models: Sequence[Classifier], fields: dict[str, Any], steps: int) -> Along:
    drawing = ink.strokes_from_json(fields)
    legible = ink.legible(drawing)  # found once, and at the end the same as on the card
    pictures = [_pixels(ink.cut(drawing, step / steps), legible) for step in range(1, steps + 1)]
    found = []
    for model in models:
        answers = [model.answer_one(pixels) for pixels in pictures]  # one by one: others need not wait
        found.append((np.concatenate([given.probabilities for given in answers]), bool(answers[-1].scores[0] >= 0)))
    return found


def _pixels(part: Strokes, legible: list[int]) -> np.ndarray:
    """What models see of the first part of a drawing with these legible strokes; empty while it is only a dot."""
    try:
        return ink.as_one_digit(part.only([at for at in legible if at < len(part.lines)]))
    except InkError:
        return np.zeros((ink.SIDE, ink.SIDE), np.float32)


class _Ended(Exception):
    """A process that reads has ended."""


class _Reader:
    """A process that reads, which one thread at a time may ask."""

    def __init__(self) -> None:
        """Start it, and wait until it is ready.

        Raises:
            _Ended, OSError: it cannot start.
        """
        self._child, self._to, self._from = apart.start(__name__)
        self._take()

    def ask(self, *asked: Any) -> tuple[Any, float]:
        """What a function makes of models and of what else it takes, and the seconds that this took.

        Raises:
            _Ended: the process has been killed.
            RecursionError: this is nested too deep to be sent.
        """
        sent = pickle.dumps(asked)
        try:
            self._to.write(sent)
            self._to.flush()
        except OSError as error:
            self.end()
            raise _Ended from error
        return self._take()

    def _take(self) -> Any:
        try:
            return pickle.load(self._from)
        except Exception as error:  # else what is left of this answer would be taken for the next one
            self.end()
            raise _Ended from error

    def end(self) -> None:
        """End the process."""
        self._child.kill()
        self._child.communicate()


class Readers:
    """Processes that read, and this one; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Start none yet, and later at most so many."""
        self._most = most
        self._lock = threading.Lock()
        self._asking, self._started, self._crowded = 0, 0, -CROWD_S
        self._idle: list[_Reader] = []

    def ask(self, how: Callable[..., Any], models: Sequence[Classifier], *given: Any) -> Any:
        """What a function of this module makes of models and of what else it takes."""
        with self._lock:
            self._asking += 1
        try:
            reader = self._reader()
            if reader is not None:
                # Such as a model that only this process still has in memory, or a drawing that it refuses in words.
                with suppress(_Ended, ModelError, RecursionError):
                    return self._ask(reader, how, models, given)
            return how(models, *given)
        finally:
            with self._lock:
                self._asking -= 1

    def _ask(self, reader: _Reader, how: Callable[..., Any], models: Sequence[Classifier], given: Any) -> Any:
        is_left = True
        try:
            found, took_s = reader.ask(how, str(store.folder()), [model.name for model in models], given)
        except _Ended:
            is_left = False
            raise
        finally:
            with self._lock:
                if is_left:
                    self._idle.append(reader)
                else:
                    self._started -= 1
        _elsewhere.took_s = getattr(_elsewhere, "took_s", 0.0) + took_s
        if isinstance(found, DigitlabError):
            raise found
        return found

    def _reader(self) -> _Reader | None:
        """A process that is free; None if this one is to read."""
        now = time.monotonic()
        with self._lock:
            if self._asking > 1:
                self._crowded = now
            if now - self._crowded >= CROWD_S:
                for reader in self._idle:
                    reader.end()
                self._started -= len(self._idle)
                self._idle.clear()
                return None
            if self._idle:
                return self._idle.pop()
            if self._started < self._most:
                self._started += 1
                threading.Thread(target=self._start, daemon=True).start()
        return None

    def _start(self) -> None:
        try:
            reader = _Reader()
        except (_Ended, OSError):  # the next question tries again
            with self._lock:
                self._started -= 1
            return
        with self._lock:
            self._idle.append(reader)


_readers = Readers(MOST)
_elsewhere = threading.local()
