"""What would change a model's mind: its probabilities over the whole range of each distortion, and where it flips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.explain.distortions import DISTORTIONS, Distortion, distort
from digitlab.serving import Classifier

STEPS_A_SIDE = 12  # steps of a curve on either side of neutral; flips are then located to a step of the slider


@dataclass(frozen=True)
class Flip:
    """Where a model's answer changes, seen from the neutral value outwards.

    Attributes:
        value: the first value with the new answer.
        before, after: the answers just before this value and at it.
    """

    value: float
    before: int
    after: int


@dataclass(frozen=True)
class Curve:
    """What a model says of one picture over the range of a distortion.

    Attributes:
        distortion: the distortion.
        values: (k,) float, rising over the distortion's range, including its neutral value.
        probabilities: (k, 10) float32, rows sum to 1.
        flips: from the lowest value to the highest.
    """

    distortion: Distortion
    values: np.ndarray
    probabilities: np.ndarray
    flips: tuple[Flip, ...]

    @property
    def digit(self) -> int:
        """The answer to the undistorted picture."""
        return int(self.probabilities[self.values == self.distortion.neutral][0].argmax())

    @property
    def answers(self) -> np.ndarray:
        """(k,) int: the likeliest digit at each value."""
        return self.probabilities.argmax(axis=1)

    def nearest_flips(self) -> list[Flip]:
        """The first flips on either side of the neutral value, the one below it first; there may be none."""
        neutral = self.distortion.neutral
        below = [flip for flip in self.flips if flip.value < neutral]
        above = [flip for flip in self.flips if flip.value > neutral]
        return [*below[-1:], *above[:1]]


def measure(model: Classifier, pixels: np.ndarray) -> dict[str, Curve]:
    """The curve of each distortion, by name, with all other distortions neutral.

    Args:
        model: the model to ask.
        pixels: (28, 28) float32 in [0, 1].
    """
    values = {name: one.values(STEPS_A_SIDE) for name, one in DISTORTIONS.items()}
    images = np.concatenate([distort(pixels, {name: some}) for name, some in values.items()])
    ends = np.cumsum([len(some) for some in values.values()])[:-1]
    parts = dict(zip(values, np.split(model.answer(images).probabilities, ends), strict=True))
    flips = _flips(model, pixels, values, parts)
    return {name: Curve(DISTORTIONS[name], values[name], parts[name], flips[name]) for name in values}


@dataclass
class _Bracket:
    """Two steps, counted from the neutral value, between which an answer changes, and the answers at them; it is halved
    until the steps are neighbours."""

    distortion: Distortion
    near: int
    far: int
    before: int
    after: int

    def value(self, step: int) -> float:
        return round(self.distortion.neutral + self.distortion.step * step, 6)


def _flips(
    model: Classifier, pixels: np.ndarray, values: dict[str, np.ndarray], parts: dict[str, np.ndarray]
) -> dict[str, tuple[Flip, ...]]:
    """All flips between neighbouring values of the curves, located by halving; all at once, in a few calls."""
    brackets = []
    for name, some in values.items():
        one, answers = DISTORTIONS[name], parts[name].argmax(axis=1)
        steps = np.round((some - one.neutral) / one.step).astype(int)
        for at in np.flatnonzero(answers[1:] != answers[:-1]):
            near, far = (at, at + 1) if steps[at] >= 0 else (at + 1, at)
            brackets.append(_Bracket(one, int(steps[near]), int(steps[far]), int(answers[near]), int(answers[far])))
    while unsure := [bracket for bracket in brackets if abs(bracket.far - bracket.near) > 1]:
        middles = [int((bracket.near + bracket.far) / 2) for bracket in unsure]
        images = [
            distort(pixels, {bracket.distortion.name: bracket.value(step)})
            for bracket, step in zip(unsure, middles, strict=True)
        ]
        answers = model.answer(np.concatenate(images)).probabilities.argmax(axis=1)
        for bracket, step, said in zip(unsure, middles, answers.tolist(), strict=True):
            if said == bracket.before:
                bracket.near = step
            else:
                bracket.far, bracket.after = step, said
    found: dict[str, list[Flip]] = {name: [] for name in values}
    for bracket in brackets:
        flip = Flip(bracket.value(bracket.far), bracket.before, bracket.after)
        found[bracket.distortion.name].append(flip)
    return {name: tuple(sorted(some, key=lambda flip: flip.value)) for name, some in found.items()}
