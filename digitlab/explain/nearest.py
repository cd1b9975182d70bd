"""What a drawing reminds a model of: the training digits that its last hidden layer puts nearest to it.

The distance is Euclidean, as on the embedding map and for held-out digits, so "near" means the same everywhere. (With
cosine distance, the neighbours' labels are right equally often.) The digits are the 55,000 training digits if full
MNIST is on this machine, else the 5,000 that ship. The app must not wait for 55,000 answers or hold that many digits in
memory. So a separate process makes the files of `index` once per version of a model, and until then, the digits that
ship are searched.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from digitlab.data import mnist
from digitlab.errors import DigitlabError, MnistUnavailable
from digitlab.explain import index
from digitlab.explain.index import Index
from digitlab.jobs import processes
from digitlab.serving import Classifier

COMMAND = "neighbours"  # the command of the command line that makes an index
_AT_ONCE = 500


@dataclass(frozen=True)
class Neighbour:
    """A digit near a drawing.

    Attributes:
        split: "train", or "validation" for the digits that ship.
        index: the digit's index in the split.
        label: the digit's label.
        image: (28, 28) uint8, white ink on black.
    """

    split: str
    index: int
    label: int
    image: np.ndarray = field(compare=False, repr=False)


def nearest(model: Classifier, pixels: np.ndarray, count: int, among: Index | None = None) -> list[Neighbour]:
    """The digits that a model finds most like a picture, the nearest first.

    Args:
        model: from `serving.load`.
        pixels: (28, 28) float32 in [0, 1].
        count: how many neighbours, at most `index.CANDIDATES`.
        among: an index from `preparation`; None for the best possible one, however long it takes to make.

    Raises:
        MnistUnavailable, MnistDamaged: as `mnist.load_or_packaged`.
    """
    among = among or prepare(model)
    places = among.nearest(model, pixels, count)
    return [
        Neighbour(among.split, int(at), int(among.labels[at]), image)
        for at, image in zip(places, among.pictures(places), strict=True)
    ]


def prepare(model: Classifier) -> Index:
    """The index of a model's training digits, read from its files or made now, in some seconds, and stored if possible.

    Raises:
        MnistUnavailable, MnistDamaged: as `mnist.load_or_packaged`.
    """
    known = index.kept(model)
    if known is not None:
        return known
    try:
        digits = mnist.load(download=False).train
    except MnistUnavailable:
        return index.make(model, "validation", mnist.packaged(), _AT_ONCE)
    made = index.make(model, "train", digits, _AT_ONCE)
    with suppress(OSError):  # such as a full disk; the next call makes the index again
        index.keep(model, made)
    return made


@dataclass
class Preparation:
    """How far the index of one version of a model has been prepared.

    Attributes:
        found: the best index so far; None in the first second.
        shipped: the index of the digits that ship, for placing the drawing among them; None in the first second.
        going_on: whether a better index is being prepared.
    """

    found: Index | None = None
    shipped: Index | None = None
    going_on: bool = True


_begun: dict[str, tuple[Classifier, bool, Preparation]] = {}
_beginning, _one_at_a_time = threading.Lock(), threading.Lock()


def preparation(model: Classifier) -> Preparation:
    """What can be searched so far; returns at once.

    The first call for a version of a model starts a thread that prepares the indexes: first that of the digits that
    ship, in a second, then, if full MNIST is on this machine, that of all training digits.
    """
    is_full = mnist.is_here()
    with _beginning:
        known = _begun.get(model.name)
        if known is None or known[:2] != (model, is_full):
            known = _begun[model.name] = (model, is_full, Preparation())
            threading.Thread(target=_prepare, args=known, daemon=True).start()
    return known[2]


def _prepare(model: Classifier, is_full: bool, preparing: Preparation) -> None:
    try:
        with _one_at_a_time, suppress(DigitlabError):  # `found` then stays None, and the page says so
            preparing.found = index.kept(model)
            preparing.shipped = index.make(model, "validation", mnist.packaged(), at_once=1)
            if preparing.found is None:
                preparing.found = preparing.shipped
                if is_full:
                    _run(COMMAND, model.name)
                    preparing.found = index.kept(model) or preparing.shipped
    finally:
        preparing.going_on = False


def _run(*arguments: str) -> None:
    """Run `python -m digitlab ARGUMENTS` on one core, since threads wait long for busy ones, until it has ended."""
    processes.launch(*arguments, OPENBLAS_NUM_THREADS="1").wait()
