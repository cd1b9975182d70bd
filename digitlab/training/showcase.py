"""The few held-out digits on which people watch a network's answers change while it learns."""

from __future__ import annotations

import numpy as np

from digitlab.analysis import answers
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.models import store

COUNT = 30


def choose(source: str) -> np.ndarray:
    """Choose the digits to watch: a third are hard ones, which networks learn late, the others are random.

    Args:
        source: "full" or "packaged", which decides what is held out.

    Returns:
        (30,) int64, indices into the 5,000 packaged digits, in random order. The same on every call.
    """
    held_out = mnist.validation_indices(source)
    random = np.random.default_rng(0)
    hard = _hardest(held_out)[: COUNT // 3]
    others = random.permutation(np.setdiff1d(held_out, hard))[: COUNT - len(hard)]
    return random.permutation(np.concatenate([hard, others]))


def _hardest(held_out: np.ndarray) -> np.ndarray:
    """The held-out digits, sorted so that those come first whose labels the DNN in service finds least likely; empty
    where there is no such model."""
    try:
        stored = store.read("dnn")
        probabilities = answers.probabilities(stored, "validation")
    except DigitlabError:
        return held_out[:0]
    known = mnist.validation_indices(stored.run["data"]["source"])
    sure = probabilities[np.arange(len(known)), mnist.packaged().labels[known]]
    order = known[np.argsort(sure)]
    return order[np.isin(order, held_out)]
