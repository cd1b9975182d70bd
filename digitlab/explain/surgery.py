"""Surgery: what a network still reads if some of its units pass on less than they find, or nothing.

To multiply a unit by a factor, the weights by which others read it are multiplied, in a copy of `model.tflite` in
memory. LiteRT runs it as it runs the model in service, so with nothing changed both answer the same to the last bit. No
file is written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from digitlab import serving
from digitlab.data import mnist
from digitlab.errors import Busy, InsideMissing
from digitlab.explain import network, robustness
from digitlab.explain.network import Arrays, Network
from digitlab.language import N_
from digitlab.models.store import StoredModel
from digitlab.pixels import to_shares
from digitlab.serving import Classifier

MOST_FACTOR = 2.0
COUNT = robustness.COUNT  # digits that are counted
ASKED = 200  # other digits, which tell which units are important
LEFT = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)  # shares of the units that pruning leaves
_CORES = 2
_BATCH = 50  # digits at a time: an interpreter then keeps 6 MB for the CNN
_LONGEST_WAIT_S = 20.0
_computing = threading.Lock()  # visitors take turns, so that the memory for only one of them is taken


def factors(trained: Network, changes: Iterable[tuple[int, int, float]]) -> Arrays:
    """How much the units of the changed layers pass on: (units,) float32 by the layer's name.

    Args:
        trained: the network.
        changes: number of the hidden layer, from 1, number of the unit, from 0, and its factor, from 0 to 2.
    """
    found: Arrays = {}
    for layer, unit, factor in changes:
        step = trained.hidden[layer - 1]
        found.setdefault(step.name, np.ones(step.units, np.float32))[unit] = factor
    return found


def operated(stored: StoredModel, amounts: Arrays) -> StoredModel:
    """A copy of a model whose units pass on only these amounts, as `factors` gives them.

    Raises:
        InsideMissing: its two files do not hold the same weights; or as `network.read`.
        UnknownModel, DamagedModel, UnknownLayer: as `network.read` and `Network.readers`.
    """
    if not amounts:
        return stored
    trained = network.read(stored.name, stored.run)
    constants, made = serving.constants(stored.tflite), bytearray(stored.tflite)
    for name, each in amounts.items():
        for reader in trained.readers(name):
            at = _place(constants, reader.weights[0])
            if at is None:
                raise InsideMissing(
                    N_(
                        "The weights of the layer {layer} are not found in the model.tflite of {model}, so no unit "
                        "before it can be changed. Train the model again."
                    ),
                    layer=reader.name,
                    model=stored.name,
                )
            kernel = constants[at]
            constants[at] = (kernel.reshape(len(kernel), -1, len(each)) * each).astype(np.float32).reshape(kernel.shape)
            made[at : at + kernel.nbytes] = constants[at].tobytes()
    return replace(stored, tflite=bytes(made))


def _place(constants: dict[int, np.ndarray], kernel: np.ndarray) -> int | None:
    """Where a `.tflite` file holds a kernel of Keras's, up to a factor for each of its rows."""
    rows = np.moveaxis(kernel, -1, 0)
    for at, values in constants.items():
        if values.shape == rows.shape:
            ours, theirs = (one.reshape(len(rows), -1) for one in (rows, values))
            products = [np.einsum("ij,ij->i", *pair) for pair in ((ours, theirs), (ours, ours), (theirs, theirs))]
            if (np.abs(products[0]) >= 0.9999 * np.sqrt(products[1] * products[2])).all():  # all are parallel
                return at
    return None


def accuracy(stored: StoredModel) -> float:
    """The share of `robustness.digits()`, 1,000 that no model was trained on, that a model reads right.

    Raises:
        Busy: others are first.
        DamagedModel: as `Classifier`.
    """
    held_out = robustness.digits()

    def answers(images: np.ndarray) -> np.ndarray:
        model = Classifier(stored)
        return np.concatenate([
            model.answer(to_shares(images[at : at + _BATCH])).logits.argmax(axis=1)
            for at in range(0, len(images), _BATCH)
        ])  # fmt: skip

    if not _computing.acquire(timeout=_LONGEST_WAIT_S):
        raise Busy(N_("Others are changing networks, too. Try again in a moment."))
    try:
        with ThreadPoolExecutor(_CORES, "surgery") as pool:
            answered = np.concatenate(list(pool.map(answers, np.array_split(held_out.images, _CORES))))
    finally:
        _computing.release()
    return float((answered == held_out.labels).mean())


def importance(stored: StoredModel) -> Arrays:
    """How far the winning digit's lead over the second hangs on each unit: (units,) by the layer's name.

    It is the Taylor criterion of Molchanov et al., "Pruning convolutional neural networks for resource efficient
    inference" (2017): activation times slope, summed over a map, without its sign, on average over some digits. The
    slope is that of the lead and not of the loss, which hardly depends on a unit where a network is sure. The digits
    are 200 packaged ones that `accuracy` does not count.

    Raises:
        UnknownModel, DamagedModel, InsideMissing, UnknownLayer: as `network.read`.
    """
    trained, model = network.read(stored.name, stored.run), Classifier(stored)
    first = trained.hidden[0].name
    found = {step.name: np.zeros(step.units) for step in trained.hidden}
    others = mnist.packaged_splits().train.scaled()
    for image in others[:: len(others) // ASKED]:
        activations = model.activations(image)
        second, winner = model.answer(image[None]).logits[0].argsort()[-2:]
        lead = np.zeros((1, 10), np.float32)
        lead[0, [second, winner]] = -1, 1
        slopes = trained.slopes(trained.last.name, lead, activations, until=(first,))
        for name, each in found.items():
            found[name] += np.abs((slopes[name][0] * activations[name]).reshape(-1, len(each)).sum(axis=0))
    return found


def pruned(importances: Arrays, left: float, layers: Iterable[str], *, at_random: bool = False) -> Arrays:
    """Factors that leave a share of the units of some layers, at least one in each: the most important, or any."""
    found = {}
    for name in layers:
        each = importances[name]
        order = np.random.default_rng(0).permutation(len(each)) if at_random else np.argsort(-each, kind="stable")
        found[name] = np.zeros(len(each), np.float32)
        found[name][order[: max(1, round(left * len(each)))]] = 1
    return found
