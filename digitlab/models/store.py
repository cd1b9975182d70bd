"""Reads and verifies the models in `models/`; `versions` writes and swaps them, and nothing else touches them.

A model is a folder `models/NAME/` of five files: `model.keras`, `model.graph`, `model.tflite`, `run.json`,
`evaluation.npz`. `run.json` holds the SHA-256 of the others and describes the layers (see `training.inside`).
`model.tflite` is made again from `model.keras` and `model.graph` wherever it is missing or damaged, as in a fresh
clone. The previous version is kept in `models/.previous/NAME/` and answers whenever the current one is missing or
damaged; a newly trained one waits in `models/.challengers/NAME/`.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from digitlab import files, settings
from digitlab.errors import DamagedModel, UnknownModel
from digitlab.language import N_
from digitlab.language import gettext as _
from digitlab.models import graph, run_file

KERAS, TFLITE, RUN, EVALUATION = "model.keras", "model.tflite", "run.json", "evaluation.npz"
GRAPH = "model.graph"  # older models lack it
OLDEST_KERAS = "3.7"  # reads every model.keras that was written together with a model.graph
HASHED = (KERAS, TFLITE, EVALUATION)
# Signatures of a model.tflite: the first answers every stroke, the second serves `explain` (see `training.export`). The
# converter sorts them by name, and a classifier uses the first.
ANSWER, LAYERS = "serving_default", "serving_layers"
FLAGSHIPS = ("dnn", "cnn")
_ROWS = {"test": {"full": 10_000}, "validation": {"full": 5_000, "packaged": 1_000}}  # held-out digits of a split
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class StoredModel:
    """A model read from disk and verified.

    Attributes:
        name: its folder's name.
        run: what `run.json` says.
        tflite: the file for LiteRT, as bytes.
        place: the folder it was read from.
        notice: None, or why this is the previous version and not the current one.
    """

    name: str
    run: dict[str, Any]
    tflite: bytes
    place: Path
    notice: DamagedModel | None = None


class Places(NamedTuple):
    """Folders of a model's versions: the one in service, the one before it, the one that waits to be promoted."""

    current: Path
    previous: Path
    challenger: Path


def folder() -> Path:
    """The folder of all models."""
    return settings.load().models_dir


def names() -> list[str]:
    """Names of all models, damaged ones included: the two flagships first, then the others in alphabetical order."""
    all_names: set[str] = set()
    current = str(folder())
    for place in (current, os.path.join(current, ".previous")):  # several times faster than with paths
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            all_names |= {
                name for name in os.listdir(place) if is_name(name) and os.path.lexists(os.path.join(place, name, RUN))
            }
    return sorted(all_names, key=lambda name: (FLAGSHIPS.index(name) if name in FLAGSHIPS else len(FLAGSHIPS), name))


def is_name(name: str) -> bool:
    """Whether a model can have this name."""
    return bool(_NAME.fullmatch(name))


def fingerprint(name: str) -> tuple[object, ...]:
    """The folder of all models, and what changes whenever the model's files do; costs a few system calls."""
    current, previous, _ = places(name)
    return current.parent, *marks(current, RUN, TFLITE, EVALUATION), *marks(previous, RUN, TFLITE, EVALUATION)


def marks(place: Path, *files: str) -> tuple[object, ...]:
    """For each of a folder's files, a value that changes whenever the file does; None if it is missing."""

    def mark(path: str) -> object:
        try:
            status = os.stat(path)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    return tuple(mark(f"{place}{os.sep}{file}") for file in files)  # several times faster than with paths


def read_if_still(name: str, file: str, sha256: str) -> StoredModel:
    """As `read`, if a file of the current version still has this hash.

    Raises:
        UnknownModel, DamagedModel: as `read`; or another version has been put into service meanwhile.
    """
    stored = read(name)
    if stored.run["sha256"][file] != sha256:
        raise DamagedModel(N_("{name} was replaced by another version meanwhile. Load this page again."), name=name)
    return stored


def read(name: str) -> StoredModel:
    """The current version of a model or, where that is damaged, the previous one with a notice.

    Raises:
        UnknownModel: there is no such model.
        DamagedModel: neither version is whole.
    """
    current, previous, _ = places(name)
    if not current.is_dir() and not previous.is_dir():
        raise UnknownModel(_unknown(name))
    try:
        return _read(name, current)
    except DamagedModel as damage:
        try:
            # A swap may have happened between reading two files of the folder: try once more before giving up.
            return _read(name, current)
        except DamagedModel:
            pass
        try:
            stored = _read(name, previous)
        except DamagedModel:
            raise damage from None
        notice = DamagedModel(N_("{damage} The version before it answers in its place."), damage=damage)
        return replace(stored, notice=notice)


def read_challenger(name: str) -> StoredModel:
    """The new version that waits beside the model in service.

    Raises:
        UnknownModel: none waits.
        DamagedModel: the version that waits is not whole.
    """
    place = places(name).challenger
    if not place.is_dir():
        raise UnknownModel(N_("No newly trained {name} waits to be promoted."), name=name)
    return _read(name, place)


def read_evaluation(stored: StoredModel) -> dict[str, np.ndarray]:
    """What training stored about held-out digits because it takes long to compute.

    Returns:
        The arrays of `analysis.embedding_map.lay_out` by name. Older models also have their answers here, as
        `validation_probabilities` (n, 10) float32 and, where full MNIST was at hand, `test_probabilities`
        (10000, 10) float32; see `analysis.answers`.

    Raises:
        DamagedModel: the file is not the one that training wrote.
    """
    content = _verified(stored.place, EVALUATION, stored.run)
    try:
        with files.arrays(io.BytesIO(content), graph.MOST_BYTES) as archive:
            arrays = {key: archive[key] for key in archive.files}
        _check_evaluation(arrays, stored.run["data"])
    except files.UNREADABLE as error:
        raise DamagedModel(
            N_("The model {name} has no readable {file} ({error}). Train it anew."),
            name=stored.name,
            file=EVALUATION,
            error=error,
        ) from error
    return arrays


def _check_evaluation(arrays: dict[str, np.ndarray], data: dict[str, Any]) -> None:
    """Raise `ValueError` where an array has another form than `read_evaluation` says."""
    for key, array in arrays.items():
        split, _, what = key.partition("_")
        columns = {"map": 2, "neighbours": None, "probabilities": 10}
        if split not in _ROWS or what not in columns:
            continue
        rows = _ROWS[split].get(data["source"])
        is_table = array.ndim == 2 and len(array) == rows and array.shape[1] == (columns[what] or array.shape[1])
        if not is_table or array.dtype.kind not in ("u" if what == "neighbours" else "f"):
            raise ValueError(f"{key} is {array.dtype} of shape {array.shape}")
        if not np.isfinite(array).all() or (what == "neighbours" and array.max(initial=0) >= data["train"]):
            raise ValueError(f"{key} has values out of range")


def read_file(name: str, file: str) -> bytes:
    """One file of the version that `read` returns, verified.

    Raises:
        UnknownModel, DamagedModel: as `read`.
    """
    stored = read(name)
    return _verified(stored.place, file, stored.run)


def contents(place: Path, run: dict[str, Any]) -> dict[str, bytes]:
    """The verified files of a version by name, without its `run.json`.

    Raises:
        DamagedModel: it is not whole.
    """
    files = {file: _verified(place, file, run) for file in HASHED}
    if GRAPH in run["sha256"]:
        with suppress(DamagedModel):  # the version is whole without it, since it has the file that this would make
            files[GRAPH] = _unharmed(place, GRAPH, run)
    return files


def is_whole(place: Path) -> bool:
    """Whether a folder holds a model with all its files as training wrote them."""
    try:
        run = read_run(place)
        for file in HASHED:
            _verified(place, file, run)
    except DamagedModel:
        return False
    return True


def places(name: str) -> Places:
    """The folders of a model's versions, whether they exist or not.

    Raises:
        UnknownModel: no model can have this name.
    """
    # The name may come from a link: it must not lead out of the folder.
    if not is_name(name):
        raise UnknownModel(_unknown(name))
    all_models = folder()
    return Places(all_models / name, all_models / ".previous" / name, all_models / ".challengers" / name)


def _unknown(name: str) -> str:
    known = ", ".join(names()) or _("none yet: train one with python -m digitlab train cnn")
    return _("There is no model {name!r}. Models there are: {known}.").format(name=name, known=known)


def _read(name: str, place: Path) -> StoredModel:
    run = read_run(place)
    return StoredModel(name, run, _verified(place, TFLITE, run), place)


def read_run(place: Path) -> dict[str, Any]:
    """The contents of a folder's `run.json`.

    Raises:
        DamagedModel: it cannot be read, or has another form than training writes.
    """
    try:
        run = run_file.read(_content(place / RUN))
        if lacking := set(HASHED) - run["sha256"].keys():
            raise ValueError(f"without the hash of {', '.join(sorted(lacking))}")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error  # without the path of the file, which is this machine's affair
        raise DamagedModel(
            N_("The model {name} has no readable {file} ({why}). Train it anew, or bring its files back."),
            name=place.name,
            file=RUN,
            why=why,
        ) from error
    return run


def _verified(place: Path, file: str, run: dict[str, Any]) -> bytes:
    try:
        return _unharmed(place, file, run)
    except DamagedModel as damage:
        if file != TFLITE or GRAPH not in run["sha256"]:
            raise
        if (made := _unwritten.get(run["sha256"][TFLITE])) is not None:
            return made
        try:
            made = graph.joined(_unharmed(place, KERAS, run), _unharmed(place, GRAPH, run))
        except DamagedModel:
            raise damage from None
        if _sha256(made) != run["sha256"].get(file):
            raise
    _put_back(place, file, run, made)
    return made


_unwritten: dict[str, bytes] = {}  # files that could not be put back, by their hashes


def _put_back(place: Path, file: str, run: dict[str, Any], content: bytes) -> None:
    """Write a file that was made again, unless another version takes the folder's place at that moment."""
    half = place / f".{file}.{os.getpid()}.{threading.get_ident()}"
    try:
        half.write_bytes(content)  # fails where the folder is gone
        if read_run(place)["sha256"] == run["sha256"]:
            os.replace(half, place / file)  # fails where the folder was replaced since `half` was written
    except (OSError, DamagedModel):
        _unwritten[run["sha256"][file]] = content
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _unharmed(place: Path, file: str, run: dict[str, Any]) -> bytes:
    try:
        data = _content(place / file)
    except OSError as error:
        raise DamagedModel(N_("The model {name} lacks its file {file}."), name=place.name, file=file) from error
    if _sha256(data) != run["sha256"].get(file):
        raise DamagedModel(
            N_("The model {name} is damaged: {file} is not the file that training wrote."), name=place.name, file=file
        )
    return data


def _content(path: Path) -> bytes:
    """The bytes of a file; neither a pipe, which may never end, nor anything else that is no file."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > graph.MOST_BYTES:
        raise OSError(f"{path.name} is no file of up to {graph.MOST_BYTES / 2**30:.0f} GB")
    return path.read_bytes()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
