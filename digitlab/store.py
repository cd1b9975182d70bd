"""The only code that touches `models/`.

A model is a folder `models/NAME/` of four files: `model.keras`, `model.tflite`, `run.json`, `evaluation.npz`.
`run.json` holds the SHA-256 of the other three. A new model is written beside the old one and swapped in by
two renames; the one it replaced is kept whole in `models/.previous/NAME/` and answers whenever the current one
is missing or damaged. So at every moment, also between the two renames, a whole model can be read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from digitlab import settings
from digitlab.errors import DamagedModel, UnknownModel

KERAS, TFLITE, RUN, EVALUATION = "model.keras", "model.tflite", "run.json", "evaluation.npz"
HASHED = (KERAS, TFLITE, EVALUATION)
FLAGSHIPS = ("dnn", "cnn")
# What readers count on in a run.json. Anything else in its place is damage, and the version before answers.
_EXPECTED: dict[str, type | tuple[type, ...]] = {
    "family": str,
    "summary": str,
    "parameters": int,
    "recipe": dict,
    "seed": int,
    "data": dict,
    "best_epoch": int,
    "metrics": dict,
    "temperature": (int, float),
    "duration_s": (int, float),
    "machine": str,
    "trained_at": str,
    "history": list,
    "sha256": dict,
}
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
    notice: str | None = None


def folder() -> Path:
    """The folder of all models."""
    return settings.load().models_dir


def names() -> list[str]:
    """Names of the models there are, damaged ones included: digitlab's own two first, then the rest by name."""
    found: set[str] = set()
    for parent in (folder(), folder() / ".previous"):
        if parent.is_dir():
            found.update(entry.name for entry in parent.iterdir() if (entry / RUN).is_file())
    return [name for name in FLAGSHIPS if name in found] + sorted(
        name for name in found if _NAME.fullmatch(name) and name not in FLAGSHIPS
    )


def fingerprint(name: str) -> tuple[object, ...]:
    """Changes whenever the model's files are replaced or altered; costs a few system calls, reads nothing."""
    marks = []
    for place in _places(name):
        for file in (RUN, TFLITE):
            try:
                status = os.stat(place / file)
                marks.append((status.st_mtime_ns, status.st_size, status.st_ino))
            except OSError:
                marks.append(None)
    return tuple(marks)


def read(name: str) -> StoredModel:
    """The current model, or the previous one with a notice where the current one is damaged.

    Raises:
        UnknownModel: no such model.
        DamagedModel: neither version is whole.
    """
    current, previous = _places(name)
    if not current.is_dir() and not previous.is_dir():
        raise UnknownModel(_unknown(name))
    try:
        return _read(name, current)
    except DamagedModel as damage:
        try:
            # A swap may have happened between reading two files of the folder: look again before giving up.
            return _read(name, current)
        except DamagedModel:
            pass
        try:
            stored = _read(name, previous)
        except DamagedModel:
            raise damage from None
        return replace(stored, notice=f"{damage} The version before it answers in its place.")


def read_evaluation(name: str) -> dict[str, np.ndarray]:
    """What training stored about the model's answers on held-out digits.

    Returns:
        Arrays by name: `validation_probabilities` (n, 10) float32 and, where the full MNIST was at hand,
        `test_probabilities` (10000, 10) float32.

    Raises:
        UnknownModel, DamagedModel: as `read`.
    """
    with np.load(io.BytesIO(read_file(name, EVALUATION)), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def read_file(name: str, file: str) -> bytes:
    """One file of the model that `read` gives, verified.

    Raises:
        UnknownModel, DamagedModel: as `read`.
    """
    stored = read(name)
    return _verified(stored.place, file, stored.run)


def has_previous(name: str) -> bool:
    """Whether there is a whole version to roll back to."""
    return _is_whole(_places(name)[1])


def roll_back(name: str) -> None:
    """Swap the current version with the one before it; a second call swaps them back.

    Raises:
        UnknownModel: no such model.
        DamagedModel: there is no whole version before it.
    """
    current, previous = _places(name)
    if not has_previous(name):
        raise DamagedModel(f"There is no whole version of {name} to go back to.")
    if not current.is_dir():
        previous.rename(current)
        return
    aside = Path(tempfile.mkdtemp(prefix=".staging-", dir=current.parent)) / name
    try:
        current.rename(aside)  # from here on the previous version answers
        previous.rename(current)
        aside.rename(previous)
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


@contextmanager
def replacing(name: str, run: dict[str, Any]) -> Iterator[Path]:
    """Write a new model and swap it in whole.

    Yields a folder to write `model.keras`, `model.tflite` and `evaluation.npz` into; `run.json` is completed with
    their hashes on leaving. If anything is raised inside, the old model stays as it was.

    Args:
        name: of the model.
        run: contents of `run.json`; may still be filled inside the block.
    """
    current, previous = _places(name)
    current.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=current.parent))
    try:
        staging.chmod(0o755)  # mkdtemp's 0700 would hide the model from other accounts
        yield staging
        run["sha256"] = {file: hashlib.sha256((staging / file).read_bytes()).hexdigest() for file in HASHED}
        (staging / RUN).write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
        _swap_in(staging, current, previous)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _swap_in(staging: Path, current: Path, previous: Path) -> None:
    if current.is_dir():
        # A damaged model is not worth keeping: it would push out the whole one that answers for it.
        keep = _is_whole(current) or not previous.is_dir()
        discarded = Path(tempfile.mkdtemp(prefix=".staging-old-", dir=current.parent))
        try:
            if keep:
                previous.parent.mkdir(exist_ok=True)
                if previous.is_dir():
                    previous.rename(discarded / "previous")
                current.rename(previous)
            else:
                current.rename(discarded / "current")
            staging.rename(current)
        finally:
            shutil.rmtree(discarded, ignore_errors=True)
    else:
        staging.rename(current)


def _is_whole(place: Path) -> bool:
    try:
        run = _run(place)
        for file in HASHED:
            _verified(place, file, run)
    except DamagedModel:
        return False
    return True


def _places(name: str) -> tuple[Path, Path]:
    """Folders of the current and of the previous version."""
    # The name may come from a link: it must not lead out of the folder.
    if not _NAME.fullmatch(name):
        raise UnknownModel(_unknown(name))
    return folder() / name, folder() / ".previous" / name


def _unknown(name: str) -> str:
    there = ", ".join(names()) or "none yet: train one with python -m digitlab train cnn"
    return f"There is no model {name!r}. Models there are: {there}."


def _read(name: str, place: Path) -> StoredModel:
    run = _run(place)
    return StoredModel(name, run, _verified(place, TFLITE, run), place)


def _run(place: Path) -> dict[str, Any]:
    try:
        run = _read_json(place / RUN)
        if not isinstance(run, dict):
            raise ValueError("not an object")
        wrong = [key for key, kind in _EXPECTED.items() if not isinstance(run.get(key), kind)]
        if wrong:
            raise ValueError(f"without a usable {', '.join(wrong)}")
    except (OSError, ValueError) as error:
        raise DamagedModel(f"The model {place.name} has no readable {RUN} ({error}).") from error
    return run


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _verified(place: Path, file: str, run: dict[str, Any]) -> bytes:
    try:
        data = (place / file).read_bytes()
    except OSError as error:
        raise DamagedModel(f"The model {place.name} lacks its file {file}.") from error
    if hashlib.sha256(data).hexdigest() != run["sha256"].get(file):
        raise DamagedModel(f"The model {place.name} is damaged: {file} is not the file that training wrote.")
    return data
