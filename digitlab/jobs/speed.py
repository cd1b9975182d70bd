"""How long a training takes on this machine: measured once for each kind, remembered, counted down while it runs."""

from __future__ import annotations

import io
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from digitlab import files, settings
from digitlab.networks import Recipe

FINISH_S = 4.0  # assumed for export and evaluation until they have been measured


@dataclass(frozen=True)
class Speed:
    """What a training costs here.

    Attributes:
        start_s: seconds from the click until the first batch is through.
        example_s: seconds for one training digit.
        validation_s: seconds for the validation digits, once an epoch.
        finish_s: seconds for export and evaluation at the end.
    """

    start_s: float
    example_s: float
    validation_s: float
    finish_s: float = FINISH_S

    def total_s(self, recipe: Recipe, examples: int) -> float:
        """Seconds that a whole training will take.

        Args:
            recipe: of the training.
            examples: training digits in an epoch.
        """
        return self.start_s + recipe.epochs * (examples * self.example_s + self.validation_s) + self.finish_s

    def examples_in(self, seconds: float, epochs: int, most: int) -> int:
        """How many training digits fit into a training of this length: a multiple of 100, from 1,000 to `most`."""
        left_s = seconds - self.start_s - self.finish_s - epochs * self.validation_s
        count = int(left_s / (epochs * self.example_s)) // 100 * 100
        return min(max(count, 1000), most)


def recall(network: str, recipe: Recipe) -> Speed | None:
    """The speed measured here for this kind of training, or None."""
    with (
        suppress(OSError, ValueError, KeyError, EOFError, BadZipFile),
        np.load(path(network, recipe), allow_pickle=False) as kept,
    ):
        return Speed(*(float(value) for value in kept["speed"]))
    return None


def remember(network: str, recipe: Recipe, measured: Speed) -> None:
    """Store a measurement for `recall` to find."""
    buffer = io.BytesIO()
    np.savez(buffer, speed=np.array([measured.start_s, measured.example_s, measured.validation_s, measured.finish_s]))
    files.replace(path(network, recipe), buffer.getvalue())


def path(network: str, recipe: Recipe) -> Path:
    """The file with the speed of a kind of training; trainings that cost the same share one file."""
    end = "mapped" if recipe.is_long else "plain"
    taught = f"-by-{recipe.teacher}" if recipe.teacher else ""
    begun = "-begun" if recipe.start else ""
    kind = f"{network}-{recipe.batch_size}-{recipe.augment}{taught}{begun}-{end}-{os.cpu_count()}"
    return settings.load().job_dir / "speed" / f"{kind}.npz"


class Clock:
    """Estimates how long a running training will still take.

    Attributes:
        batch_s, validation_s: seconds measured so far; None before the first of each.
    """

    def __init__(self, batches: int, epochs: int, finish_s: float = FINISH_S) -> None:
        """Start counting, right before the first batch.

        Args:
            batches: in each epoch.
            epochs: in all.
            finish_s: what export and evaluation are expected to take at the end.
        """
        self._finish_s = finish_s
        self._batches, self._epochs = batches, epochs
        self._done = self._epochs_done = self._timed = 0
        self._batch_s = self._validation_s = 0.0
        self._last = time.monotonic()
        self._first = True

    def batch(self, done: int) -> None:
        """Note that a batch is through, the `done`-th of this epoch."""
        now = time.monotonic()
        if not self._first:  # the first one compiles the network
            self._batch_s += now - self._last
            self._timed += 1
        self._first, self._last, self._done = False, now, done

    def skip(self, seconds: float) -> None:
        """Do not count the seconds of a pause."""
        self._last += seconds

    def epoch(self) -> None:
        """Note that an epoch is through, its validation included."""
        now = time.monotonic()
        self._validation_s += now - self._last
        self._last, self._done = now, 0
        self._epochs_done += 1

    @property
    def batch_s(self) -> float | None:
        return self._batch_s / self._timed if self._timed else None

    @property
    def validation_s(self) -> float | None:
        return self._validation_s / self._epochs_done if self._epochs_done else None

    def left_s(self) -> float | None:
        """Seconds to the end, export and evaluation included; None before the second batch."""
        if self.batch_s is None:
            return None
        epochs = self._epochs - self._epochs_done
        return (
            (epochs * self._batches - self._done) * self.batch_s + epochs * (self.validation_s or 1.0) + self._finish_s
        )

    def measured(self, start_s: float, recipe: Recipe) -> Speed:
        """What the whole training cost; call this right at its end.

        Args:
            start_s: seconds from the click until the first batch was through.
            recipe: of the training.
        """
        return Speed(
            start_s, (self.batch_s or 0.0) / recipe.batch_size, self.validation_s or 0.0, time.monotonic() - self._last
        )


def duration(seconds: float) -> str:
    """A length of time as text."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
