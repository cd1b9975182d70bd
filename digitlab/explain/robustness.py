"""How well models withstand distortions: 1,000 held-out digits, distorted in every way and by several amounts.

The results for a model are kept in memory until its files change. Measuring again takes seconds, so it is not worth
storing them in a file, which would have to be versioned, verified and cleaned up like the model's other files.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from digitlab.analysis import confusion
from digitlab.analysis.confusion import Pair
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.explain.distortions import DISTORTIONS, distort, noise_fields
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Classifier

COUNT = 1000  # number of digits
CLEAR = 0.01  # two accuracies count as different if they differ by at least this


@dataclass(frozen=True)
class Robustness:
    """A model's answers to the distorted digits.

    Attributes:
        name: of the model.
        labels: (1000,) uint8, labels of the digits.
        probabilities: by distortion, (k, 1000, 10) float32: the answer to each digit at each of `values`.
    """

    name: str
    labels: np.ndarray
    probabilities: dict[str, np.ndarray]

    def answers(self, distortion: str) -> np.ndarray:
        """(k, 1000) int: the likeliest digit."""
        return self.probabilities[distortion].argmax(axis=2)

    def accuracy(self, distortion: str) -> np.ndarray:
        """(k,) float in [0, 1]: the share of right answers at each value."""
        return (self.answers(distortion) == self.labels).mean(axis=1)

    def confidence(self, distortion: str) -> np.ndarray:
        """(k,) float in [0, 1]: the mean probability of the likeliest digit at each value."""
        return self.probabilities[distortion].max(axis=2).mean(axis=1)

    def wrong(self, distortion: str, at: int) -> np.ndarray:
        """Indices, among the 5,000 packaged digits, of those that are read wrong at `values(distortion)[at]`."""
        return digits().indices[self.answers(distortion)[at] != self.labels]

    def worst_pairs(self, distortion: str, most: int = 3) -> list[Pair]:
        """The commonest mistakes over the whole range, the commonest first; as shares of all answers to the digit."""
        answers = self.answers(distortion)
        return confusion.worst_pairs(confusion.matrix(np.tile(self.labels, len(answers)), answers.ravel()), most)


@dataclass(frozen=True)
class Crossing:
    """A crossing of two models' curves: from `value` outwards, `leader` is right more often, but not before it."""

    value: float
    leader: str


@functools.lru_cache(maxsize=1)
def digits() -> HeldOut:
    """The 1,000 digits: every fifth of the validation digits, 100 of each; no model was trained on them."""
    indices, packaged = mnist.validation_indices("packaged"), mnist.packaged()
    return HeldOut("validation", indices, packaged.images[indices], packaged.labels[indices], {})


def values(distortion: str) -> np.ndarray:
    """(k,) float: the values of a distortion at which digits are distorted, rising."""
    one = DISTORTIONS[distortion]
    return one.values(one.measured)


def distorted(distortion: str, value: float) -> np.ndarray:
    """(1000, 28, 28) float32 in [0, 1]: the digits at one value of a distortion."""
    return distort(to_shares(digits().images), {distortion: value}, noise_fields(COUNT))


_kept: dict[str, tuple[tuple[object, ...], Robustness]] = {}
# What was answered before somebody left in the middle of a measurement, by model, distortion and place of its value.
_begun: dict[tuple[tuple[object, ...], str, str, int], np.ndarray] = {}
_measuring = threading.Lock()


def known(name: str) -> Robustness | None:
    """A model's robustness, if it has been measured since the model's files last changed; else None.

    Raises:
        UnknownModel: no model can have this name.
    """
    mark, found = _kept.get(name, (None, None))
    return found if mark == _mark(name) else None


def measure(names: Sequence[str], progress: Callable[[float], object] = lambda share: None) -> dict[str, Robustness]:
    """The robustness of models; those that are not known yet are measured now.

    Args:
        names: of the models.
        progress: called with the share that is done, in (0, 1], from the caller's thread; an exception from it ends the
            measurement, which the next one then continues.

    Returns:
        By the models' names, their robustness.

    Raises:
        UnknownModel, DamagedModel: as `store.read`.
    """
    with _measuring:  # a second request for the same models waits, and then finds them measured
        missing = [name for name in dict.fromkeys(names) if known(name) is None]
        if missing:
            marks = {name: _mark(name) for name in missing}
            for name, found in _measured(marks, progress).items():
                _kept[name] = marks[name], found
            _begun.clear()
        return {name: _kept[name][1] for name in names}


def _mark(name: str) -> tuple[object, ...]:
    return store.folder(), *store.fingerprint(name)


def _measured(marks: dict[str, tuple[object, ...]], progress: Callable[[float], object]) -> dict[str, Robustness]:
    stored = [store.read(name) for name in marks]
    for known in [known for known in _begun if known[0] not in marks.values()]:
        del _begun[known]  # others have left before it was measured, and it should not fill the memory
    own = threading.local()

    def answer(job: tuple[str, int]) -> None:
        # Every thread has classifiers of its own: the shared ones serve one caller at a time, and visitors need them.
        if not hasattr(own, "models"):
            own.models = [Classifier(model) for model in stored]
        asked = [model for model in own.models if (marks[model.name], model.name, *job) not in _begun]
        images = distorted(job[0], values(job[0])[job[1]]) if asked else None
        for model in asked:
            _begun[(marks[model.name], model.name, *job)] = model.answer(images).probabilities

    # At their neutral values, all distortions give the same picture, so it is answered only once.
    first = next(iter(DISTORTIONS))
    jobs = [
        (name, at)
        for name, one in DISTORTIONS.items()
        for at, value in enumerate(values(name))
        if value != one.neutral or name == first
    ]
    pool = ThreadPoolExecutor(os.cpu_count() or 1, "robustness")
    try:
        for done, job in enumerate(as_completed(pool.submit(answer, job) for job in jobs), start=1):
            job.result()
            progress(done / len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)

    def answered(model: str, distortion: str, at: int) -> np.ndarray:
        job = (first, _neutral(first)) if at == _neutral(distortion) else (distortion, at)
        return _begun[(marks[model], model, *job)]

    return {
        name: Robustness(
            name,
            digits().labels,
            {
                distortion: np.stack([answered(name, distortion, at) for at in range(len(values(distortion)))])
                for distortion in DISTORTIONS
            },
        )
        for name in marks
    }


def _neutral(distortion: str) -> int:
    return int(np.flatnonzero(values(distortion) == DISTORTIONS[distortion].neutral)[0])


def crossings(left: Robustness, right: Robustness, distortion: str) -> list[Crossing]:
    """Where the lead passes from one model to the other, in either direction from the neutral value outwards.

    Differences below `CLEAR` do not count as a lead. The crossing is interpolated between two values.
    """
    some, middle = values(distortion), _neutral(distortion)
    difference = left.accuracy(distortion) - right.accuracy(distortion)
    found = []
    for way in (range(middle, -1, -1), range(middle, len(some))):
        clear = [at for at in way if abs(difference[at]) >= CLEAR]
        for near, far in pairwise(clear):
            if difference[near] * difference[far] < 0:
                share = difference[near] / (difference[near] - difference[far])
                value = float(some[near] + share * (some[far] - some[near]))
                found.append(Crossing(value, left.name if difference[far] > 0 else right.name))
    return found


def at(models: Sequence[Robustness], distortion: str, place: int) -> HeldOut:
    """The digits as they are distorted at `values(distortion)[place]`, with the models' answers to them."""
    plain = digits()
    images = np.round(255 * distorted(distortion, values(distortion)[place])).astype(np.uint8)
    probabilities = {model.name: model.probabilities[distortion][place] for model in models}
    return HeldOut(plain.split, plain.indices, images, plain.labels, probabilities)
