"""The few held-out digits whose answers people watch change while a network learns."""

from __future__ import annotations

import numpy as np

from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.serving import store

COUNT = 30


def choose(source: str) -> np.ndarray:
    """Choose the digits to watch: a third of them hard, which are learned late, the others at random.

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
    """The digits whose labels the DNN in service finds least likely, those first; none without such a model."""
    try:
        stored = store.read("dnn")
        probabilities = store.read_evaluation(stored)["validation_probabilities"]
    except (DigitlabError, KeyError):
        return held_out[:0]
    known = mnist.validation_indices(stored.run["data"]["source"])
    sure = probabilities[np.arange(len(known)), mnist.packaged().labels[known]]
    order = known[np.argsort(sure)]
    return order[np.isin(order, held_out)]
