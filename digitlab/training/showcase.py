"""The few held-out digits whose answers people watch change while a network learns."""

from __future__ import annotations

import numpy as np

from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.serving import store

COUNT = 30


def choose(source: str) -> np.ndarray:
    """A third hard ones, which change sides late; the rest at random.

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
    """Those to whose label the DNN in service gives the least probability; none where it does not know them."""
    try:
        stored = store.read("dnn")
        probabilities = store.read_evaluation(stored)["validation_probabilities"]
    except (DigitlabError, KeyError):
        return held_out[:0]
    known = mnist.validation_indices(stored.run["data"]["source"])
    sure = probabilities[np.arange(len(known)), mnist.packaged().labels[known]]
    order = known[np.argsort(sure)]
    return order[np.isin(order, held_out)]
