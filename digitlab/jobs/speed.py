"""How long a training takes on this machine: measured once for each kind, remembered, counted down while it runs."""

from __future__ import annotations

import io
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab import files, settings
from digitlab.networks import Recipe

FINISH_S = 4.0  # assumed for export and evaluation until they have been measured
# Assumed for the rest until it has been measured, after a long training and after a short one: t-SNE takes long.
COMPLETION_S = {True: 60.0, False: 3.0}


@dataclass(frozen=True)
class Speed:
    """What a training costs here.

    Attributes:
        start_s: seconds from the click until the first batch is through.
        example_s: seconds for one training digit.
        validation_s: seconds for the validation digits, once an epoch.
        finish_s: seconds from the end of the last epoch until the network can be promoted, for export and evaluation.
    """

    start_s: float
    example_s: float
    validation_s: float
    finish_s: float = FINISH_S

    def total_s(self, recipe: Recipe, examples: int) -> float:
        """Seconds that a training will take until its network can be promoted.

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
    kept = _kept(path(network, recipe))
    return Speed(*kept) if kept is not None and len(kept) == 4 else None


def remember(network: str, recipe: Recipe, measured: Speed) -> None:
    """Store a measurement for `recall` to find."""
    _keep(path(network, recipe), measured.start_s, measured.example_s, measured.validation_s, measured.finish_s)


def completion_s(network: str, recipe: Recipe) -> float:
    """Seconds that map, neighbours and further figures take after the network can be promoted (`produce.complete`)."""
    kept = _kept(_completion_path(network, recipe))
    return kept[0] if kept else COMPLETION_S[recipe.is_long]


def remember_completion(network: str, recipe: Recipe, seconds: float) -> None:
    """Store a measurement for `completion_s` to find, if there is room."""
    with suppress(OSError):
        _keep(_completion_path(network, recipe), seconds)


def _kept(file: Path) -> list[float] | None:
    with suppress(*files.UNREADABLE), files.arrays(file) as kept:
        return [float(value) for value in kept["speed"]]
    return None


def _keep(file: Path, *values: float) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, speed=np.array(values))
    files.replace(file, buffer.getvalue())


def path(network: str, recipe: Recipe) -> Path:
    """The file with the speed of a kind of training; trainings that cost the same share one file."""
    end = "long" if recipe.is_long else "short"  # networks with three views are evaluated with them after long ones
    taught = f"-by-{recipe.teacher}" if recipe.teacher else ""
    begun = "-begun" if recipe.start else ""
    kind = f"{network}-{recipe.batch_size}-{recipe.augment}{taught}{begun}-{end}-{os.cpu_count()}"
    return settings.load().job_dir / "speed" / f"{kind}.npz"


def _completion_path(network: str, recipe: Recipe) -> Path:
    kind = f"{network}-{'long' if recipe.is_long else 'short'}-{os.cpu_count()}"
    return settings.load().job_dir / "speed" / f"completion-{kind}.npz"


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
        self._is_over = False
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

    def lengthen(self, epochs: int) -> None:
        """Note that there will be so many epochs in all."""
        self._epochs = epochs

    def end(self) -> None:
        """Note that there will be no further epoch, whether or not all were run."""
        self._is_over = True

    @property
    def batch_s(self) -> float | None:
        return self._batch_s / self._timed if self._timed else None

    @property
    def validation_s(self) -> float | None:
        return self._validation_s / self._epochs_done if self._epochs_done else None

    def left_s(self) -> float | None:
        """Seconds until the network can be promoted, export and evaluation included; None before the second batch."""
        if self._is_over:
            return max(1.0, self._finish_s - (time.monotonic() - self._last))
        if self.batch_s is None:
            return None
        epochs = self._epochs - self._epochs_done
        return (
            (epochs * self._batches - self._done) * self.batch_s + epochs * (self.validation_s or 1.0) + self._finish_s
        )

    def measured(self, start_s: float, recipe: Recipe) -> Speed:
        """What the training cost; call this once the network can be promoted.

        Args:
            start_s: seconds from the click until the first batch was through.
            recipe: of the training.
        """
        return Speed(
            start_s, (self.batch_s or 0.0) / recipe.batch_size, self.validation_s or 0.0, time.monotonic() - self._last
        )
