"""How models bear distortions: 1,000 held-out digits, each distorted in seven ways and by several amounts.

What was measured of a model is kept in memory until its files change. It takes seconds to measure again, so a file
beside the model, which would have to be versioned, verified and swept up like the others, is not worth it.
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
from digitlab.serving import Classifier, store

COUNT = 1000  # digits
# Steps from the neutral value to either end of a range: 33,000 answers a model, as many as two cores give in seconds.
_STEPS = {"rotation": 3, "noise": 5, "blur": 5}
_OTHER_STEPS = 2
CLEAR = 0.01  # two models' accuracies differ if at least so much lies between them


@dataclass(frozen=True)
class Robustness:
    """What a model answers to the distorted digits.

    Attributes:
        name: of the model.
        labels: (1000,) uint8, what the digits are.
        probabilities: by distortion, (k, 1000, 10) float32: an answer to each digit at each of `values`.
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
        """Indices of the digits, among the 5,000 packaged, that are answered wrongly at the value number `at`."""
        return digits().indices[self.answers(distortion)[at] != self.labels]

    def worst_pairs(self, distortion: str, most: int = 3) -> list[Pair]:
        """The commonest mistakes over the whole range, the commonest first, as shares of all answers to such digits."""
        answers = self.answers(distortion)
        return confusion.worst_pairs(confusion.matrix(np.tile(self.labels, len(answers)), answers.ravel()), most)


@dataclass(frozen=True)
class Crossing:
    """Between two models' curves: further out than `value`, `leader` is right more often, and not before."""

    value: float
    leader: str


@functools.lru_cache(maxsize=1)
def digits() -> HeldOut:
    """The 1,000: every fifth of the validation digits, 100 of each, which no model here has trained on."""
    indices, packaged = mnist.validation_indices("packaged"), mnist.packaged()
    return HeldOut("validation", indices, packaged.images[indices], packaged.labels[indices], {})


def values(distortion: str) -> np.ndarray:
    """(k,) float: the values of a distortion at which digits are distorted, rising."""
    return DISTORTIONS[distortion].values(_STEPS.get(distortion, _OTHER_STEPS))


def distorted(distortion: str, value: float) -> np.ndarray:
    """(1000, 28, 28) float32 in [0, 1]: the digits at one value of a distortion."""
    return distort(digits().images.astype(np.float32) / 255, {distortion: value}, noise_fields(COUNT))


_kept: dict[str, tuple[tuple[object, ...], Robustness]] = {}
_measuring = threading.Lock()


def known(name: str) -> Robustness | None:
    """What was measured of a model, if it was since its files last changed.

    Raises:
        UnknownModel: a name that no model can have.
    """
    mark, found = _kept.get(name, (None, None))
    return found if mark == _mark(name) else None


def measure(names: Sequence[str], progress: Callable[[float], object] = lambda share: None) -> dict[str, Robustness]:
    """Have models answer to all distorted digits; what is known is not asked again.

    Args:
        names: of models.
        progress: called with the share that is done, in (0, 1], from the caller's thread; whatever it raises ends the
            measurement.

    Returns:
        By the models' names.

    Raises:
        UnknownModel, DamagedModel: as `store.read`.
        MnistUnavailable: as `mnist.packaged`.
    """
    with _measuring:  # who asks for the same meanwhile finds it kept
        missing = [name for name in dict.fromkeys(names) if known(name) is None]
        if missing:
            marks = {name: _mark(name) for name in missing}
            for name, found in _measured(missing, progress).items():
                _kept[name] = marks[name], found
        return {name: _kept[name][1] for name in names}


def _mark(name: str) -> tuple[object, ...]:
    return store.folder(), *store.fingerprint(name)


def _measured(names: list[str], progress: Callable[[float], object]) -> dict[str, Robustness]:
    stored = [store.read(name) for name in names]
    own = threading.local()

    def answer(job: tuple[str, int]) -> list[np.ndarray]:
        # A classifier of its own for every thread: the shared ones serve one caller at a time, and go on serving users.
        if not hasattr(own, "models"):
            own.models = [Classifier(model) for model in stored]
        name, at = job
        images = distorted(name, values(name)[at])
        return [model.answer(images).probabilities for model in own.models]

    # The neutral value is the same picture whatever the distortion: it is answered once.
    first = next(iter(DISTORTIONS))
    jobs = [
        (name, at)
        for name, one in DISTORTIONS.items()
        for at, value in enumerate(values(name))
        if value != one.neutral or name == first
    ]
    answered: dict[tuple[str, int], list[np.ndarray]] = {}
    pool = ThreadPoolExecutor(os.cpu_count() or 1, "robustness")
    try:
        waiting = {pool.submit(answer, job): job for job in jobs}
        for done in as_completed(waiting):
            answered[waiting[done]] = done.result()
            progress(len(answered) / len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)
    neutral = answered[first, _neutral(first)]
    for name in DISTORTIONS:
        answered[name, _neutral(name)] = neutral
    return {
        model.name: Robustness(
            model.name,
            digits().labels,
            {name: np.stack([answered[name, at][place] for at in range(len(values(name)))]) for name in DISTORTIONS},
        )
        for place, model in enumerate(stored)
    }


def _neutral(distortion: str) -> int:
    return int(np.flatnonzero(values(distortion) == DISTORTIONS[distortion].neutral)[0])


def crossings(left: Robustness, right: Robustness, distortion: str) -> list[Crossing]:
    """Where the lead passes from one model to the other, on either way out from the neutral value.

    Differences below `CLEAR` are no lead. The place is interpolated between two values.
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
    """The digits as they are distorted at the value number `place`, with the models' answers to them."""
    plain = digits()
    images = np.round(255 * distorted(distortion, values(distortion)[place])).astype(np.uint8)
    probabilities = {model.name: model.probabilities[distortion][place] for model in models}
    return HeldOut(plain.split, plain.indices, images, plain.labels, probabilities)
