"""The fewest pixels that change a model's mind: ink is taken away or added until the model says another digit.

Finding the true minimum would take too many answers. So this is a greedy search, as in Papernot et al., "The
limitations of deep learning in adversarial settings" (2016), but with answers only and no gradients. In each step, the
pixel is changed that brings another digit nearest; in the end, pixels are changed back if the answer stays flipped
without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from digitlab.explain.attribution import INK, log_odds
from digitlab.serving import Classifier

REACH_PX = 2  # only pixels at most this far from the ink are changed
TARGETS = 2  # how many digits the search aims at, beginning with the one that seems easiest to reach
TRIED = 32  # how many pixels are tried in each step
MOST_PIXELS = 30  # more changes would make another drawing; this also limits the time


@dataclass(frozen=True)
class Counterfactual:
    """A small change that flips an answer.

    Attributes:
        before, after: the digits that the model says without and with the change.
        removed, added: (28, 28) bool, the pixels that lose their ink and those that become ink.
    """

    before: int
    after: int
    removed: np.ndarray
    added: np.ndarray

    @property
    def count(self) -> int:
        """How many pixels change."""
        return int(self.removed.sum() + self.added.sum())

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """(28, 28) float32: the picture with the change."""
        return np.where(self.removed, 0, np.where(self.added, 1, pixels)).astype(np.float32)


def find(model: Classifier, pixels: np.ndarray) -> Counterfactual | None:
    """Search for the smallest change of pixels that makes a model say another digit.

    Args:
        model: the model to ask, a few thousand times at most.
        pixels: (28, 28) float32 in [0, 1].

    Returns:
        The smallest change found; None if `MOST_PIXELS` pixels were not enough.
    """
    search = _Search(model, pixels)
    changes = [some for digit in search.targets() if (some := search.towards(digit)) is not None]
    if not changes:
        return None
    fewest = min(changes, key=len)
    changed = np.isin(np.arange(pixels.size), fewest).reshape(pixels.shape)
    after = int(model.answer(np.where(changed, search.other, pixels)[None]).probabilities[0].argmax())
    return Counterfactual(search.digit, after, changed & (search.other == 0), changed & (search.other == 1))


class _Search:
    """The search for one picture and one model; sets of pixels are lists of flat indices in 0..783."""

    def __init__(self, model: Classifier, pixels: np.ndarray) -> None:
        self.model, self.pixels = model, pixels
        self.other = np.where(pixels >= 0.5, 0, 1).astype(np.float32)  # the value that each pixel would change to
        near = ndimage.binary_dilation(pixels > INK, np.ones((3, 3), bool), iterations=REACH_PX)
        self.places = np.flatnonzero(near).tolist()
        (self.whole,) = self.odds([[]])
        self.digit = int(self.whole.argmax())
        self.alone = self.odds([[place] for place in self.places])  # with each pixel changed by itself

    def odds(self, sets: list[list[int]]) -> np.ndarray:
        """(n, 10): the log-odds of all digits, for each of n sets of changed pixels."""
        images = np.repeat(self.pixels.reshape(1, -1), len(sets), axis=0)
        for image, some in zip(images, sets, strict=True):
            image[some] = self.other.ravel()[some]
        return log_odds(self.model.answer(images.reshape(-1, *self.pixels.shape)).probabilities)

    def gain(self, odds: np.ndarray, digit: int) -> np.ndarray:
        """(n,): by how much a digit's log-odds exceed those of the answer; above 0 the answer has flipped."""
        return odds[:, digit] - odds[:, self.digit]

    def targets(self) -> list[int]:
        """The digits that are nearest to a flip after single changes, averaged over the ten best pixels."""
        reach = np.array([np.sort(self.gain(self.alone, digit))[-10:].mean() for digit in range(10)])
        reach[self.digit] = -np.inf
        return np.argsort(-reach)[:TARGETS].tolist()

    def towards(self, digit: int) -> list[int] | None:
        """Pixels that flip the answer, found by aiming at one digit; None if `MOST_PIXELS` are too few."""
        (start,) = self.gain(self.whole[None], digit).tolist()
        promise = dict(zip(self.places, (self.gain(self.alone, digit) - start).tolist(), strict=True))
        chosen: list[int] = []
        so_far = start
        while len(chosen) < min(MOST_PIXELS, len(self.places)):
            best = sorted(promise, key=promise.__getitem__, reverse=True)[:TRIED]
            odds = self.odds([[*chosen, place] for place in best])
            gains = self.gain(odds, digit)
            promise.update(zip(best, (gains - so_far).tolist(), strict=True))  # their gains on top of the chosen pixels
            at = int(gains.argmax())
            so_far = float(gains[at])
            chosen.append(best[at])
            del promise[best[at]]
            if odds[at].argmax() != self.digit:
                return self.pruned(chosen)
        return None

    def pruned(self, chosen: list[int]) -> list[int]:
        """The chosen pixels without those that are not needed for the flip."""
        while len(chosen) > 1:
            fewer = [[*chosen[:at], *chosen[at + 1 :]] for at in range(len(chosen))]
            odds = self.odds(fewer)
            ahead = np.delete(odds, self.digit, axis=1).max(axis=1) - odds[:, self.digit]
            if ahead.max() <= 0:
                break
            chosen = fewer[int(ahead.argmax())]
        return chosen
