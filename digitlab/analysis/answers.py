"""A model's answers to all digits of a split, computed when first asked for and kept in `models/.cache/`.

They take seconds, so neither training nor the repository stores them.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitlab import files, settings
from digitlab.data import mnist
from digitlab.errors import MnistUnavailable
from digitlab.language import N_
from digitlab.models import store
from digitlab.serving import Answers, Classifier, softmax

LEAST_PROBABILITY = 1e-9  # smaller ones are raised to this, so that no loss is infinite
KEPT = 3  # versions of a model whose answers are kept: in service, before, challenger
_ROWS = ("probabilities", "embedding", "logits", "scores")  # the fields of `Answers` with one row per image


class Pair:
    """Two copies of a model, each of which answers half of the digits on a core of its own."""

    def __init__(self, stored: store.StoredModel) -> None:
        """Load a model.

        Raises:
            DamagedModel: as `Classifier`.
        """
        self._models = [Classifier(stored), Classifier(stored)]

    def answer(self, images: np.ndarray) -> Answers:
        """As `Classifier.answer`."""
        halves = [half for half in np.array_split(images, len(self._models)) if len(half)]
        with ThreadPoolExecutor(len(halves)) as pool:
            in_halves = list(pool.map(lambda model, half: model.answer(half), self._models, halves))
        joined = {name: np.concatenate([getattr(half, name) for half in in_halves]) for name in _ROWS}
        return replace(in_halves[0], **joined, elapsed_s=sum(half.elapsed_s for half in in_halves))


def probabilities(model: store.StoredModel, split: str) -> np.ndarray:
    """The model's answers to the digits of a split that it held out.

    Args:
        model: any version.
        split: "validation", of which a model that was trained on packaged digits held out a fifth, or "test".

    Returns:
        (n, 10) float32, rows sum to 1, in the order of `mnist.validation_indices` or of MNIST's test digits.

    Raises:
        MnistUnavailable: the test digits are not on this machine.
        DamagedModel: as `store.read_evaluation` and `Classifier`.
    """
    stored = store.read_evaluation(model).get(f"{split}_probabilities")
    if stored is not None:  # an older model keeps its answers in its own file
        return stored
    digits = _digits(model, split)
    logits = _kept(model, split)
    if logits is None or logits.shape != (len(digits), 10):
        logits = Pair(model).answer(digits.scaled()).logits
        keep(model, split, logits)
    return of_logits(logits, model.run["temperature"])


def of_logits(logits: np.ndarray, temperature: float) -> np.ndarray:
    """(n, 10) probabilities of logits that are divided by a temperature, none below `LEAST_PROBABILITY`."""
    return np.maximum(softmax(logits / temperature), LEAST_PROBABILITY)


def keep(model: store.StoredModel, split: str, logits: np.ndarray) -> None:
    """Write (n, 10) float32 answers to the cache, if there is room; older versions' answers leave it."""
    buffer = io.BytesIO()
    np.savez(buffer, logits=logits)
    file = _file(model, split)
    with suppress(OSError):
        files.replace(file, buffer.getvalue())
        others = sorted(file.parent.glob(f"{split}-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in others[KEPT:]:
            old.unlink()


def _kept(model: store.StoredModel, split: str) -> np.ndarray | None:
    with suppress(*files.UNREADABLE), files.arrays(_file(model, split)) as kept:
        return np.asarray(kept["logits"])
    return None


def test_digits() -> mnist.Split:
    """MNIST's test digits.

    Raises:
        MnistUnavailable: they are not on this machine.
    """
    digits = mnist.load_or_packaged(download=False).test
    if digits is None:
        raise MnistUnavailable(N_("The test digits are part of full MNIST, which is not on this machine."))
    return digits


def _digits(model: store.StoredModel, split: str) -> mnist.Split:
    if split == "test":
        return test_digits()
    packaged, held_out = mnist.packaged(), mnist.validation_indices(model.run["data"]["source"])
    return mnist.Split(packaged.images[held_out], packaged.labels[held_out])


def _file(model: store.StoredModel, split: str) -> Path:
    return settings.load().cache_dir / model.name / f"{split}-{model.run['sha256'][store.TFLITE][:16]}.npz"
