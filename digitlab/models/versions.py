"""A model's versions: the one in service, the one before it, and the challenger that training left.

Every change is a few renames of whole folders under one lock, in an order that keeps a whole model readable at every
moment. `sweep` restores or removes what a process leaves when it is killed in between.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from digitlab.errors import DamagedModel, DigitlabError, UnknownModel, VersionGone
from digitlab.language import N_
from digitlab.models import replica, store
from digitlab.models.lock import LOCK_S, changing

# Prefixes of temporary folders; `sweep` restores or removes what a killed process leaves in them.
STAGING, ASIDE, AMENDING = ".staging-", ".aside-", ".amending-"

# What of a `run.json` tells versions apart: a second training by the same recipe writes the same files.
TELL_VERSIONS = ("sha256", "trained_at")


@contextmanager
def challenging(name: str, run: dict[str, Any]) -> Iterator[Path]:
    """Write a new version of a model whole, as the challenger of the one in service; `promote` swaps it in.

    Yields a folder to write `model.keras`, `model.graph`, `model.tflite` and `evaluation.npz` into; `run.json` is
    completed with their hashes on leaving. If anything is raised inside, everything stays as it was.

    Args:
        name: of the model.
        run: contents of `run.json`; may still be filled inside the block.
    """
    challenger = store.places(name).challenger
    store.folder().mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=store.folder()))
    try:
        staging.chmod(0o755)  # mkdtemp's 0700 would hide the model from other accounts
        yield staging
        _complete(staging, name, run)
        with _changing(name):
            challenger.parent.mkdir(exist_ok=True)
            shutil.rmtree(challenger, ignore_errors=True)
            staging.rename(challenger)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _changing(name: str, patience_s: float = LOCK_S) -> Iterator[None]:
    """Hold the lock on moving versions; afterwards send the change to the shared store, if there is one."""
    with changing(patience_s):
        yield
    replica.push(name)


def challengers() -> list[str]:
    """Names of the models for which a whole challenger waits, in alphabetical order."""
    parent = store.folder() / ".challengers"
    if not parent.is_dir():
        return []
    return sorted(entry.name for entry in parent.iterdir() if store.is_whole(entry))


def promote(name: str) -> None:
    """Put the challenger into service; the version it replaces is kept, so that `roll_back` can restore it.

    Raises:
        UnknownModel: no whole challenger waits.
        ModelsBusy: see `lock.changing`.
    """
    current, previous, challenger = store.places(name)
    with _changing(name):
        if not store.is_whole(challenger):
            raise UnknownModel(N_("No newly trained {name} waits to be promoted."), name=name)
        if not current.is_dir():
            challenger.rename(current)
            return
        with _aside() as aside:
            # A damaged model is not worth keeping: it would push out the whole one that answers for it.
            if store.is_whole(current) or not previous.is_dir():
                previous.parent.mkdir(exist_ok=True)
                if previous.is_dir():
                    previous.rename(aside / name)
                current.rename(previous)  # from here on the previous version answers
            else:
                current.rename(aside / name)
            challenger.rename(current)


def amend(name: str, run: dict[str, Any], changed: Mapping[str, bytes], patience_s: float = LOCK_S) -> None:
    """Replace files of one version and its `run.json`, whether it is in service, waits or is kept from before.

    Args:
        name: of the model.
        run: the `run.json` of the version that `changed` belongs to, with any other changes; its hashes are updated.
        changed: new contents of files in `store.HASHED`, or of `store.GRAPH`.
        patience_s: how long to wait for others that move versions.

    Raises:
        DamagedModel: that version is not whole.
        VersionGone: others have taken its place, or it was dismissed.
        ModelsBusy: see `lock.changing`.
    """
    replica.push(name)  # a shared version may have been promoted or dismissed on another machine
    with _changing(name, patience_s):
        kind, place = _place_of(name, run)
        work = Path(tempfile.mkdtemp(prefix=AMENDING, dir=store.folder()))
        amended, before = work / ".amended", work / kind / name
        try:
            amended.mkdir()
            for file, content in {**store.contents(place, run), **changed}.items():
                (amended / file).write_bytes(content)
            _complete(amended, name, run)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        before.parent.mkdir()
        place.rename(before)
        amended.rename(place)
        shutil.rmtree(work, ignore_errors=True)


def _place_of(name: str, run: dict[str, Any]) -> tuple[str, Path]:
    """The folder of the version with this `run.json`, and which of `store.Places` it is."""
    for kind, place in store.places(name)._asdict().items():
        with suppress(DamagedModel):
            if _is_of(run, store.read_run(place)):
                return kind, place
    raise _gone(name)


def _gone(name: str) -> VersionGone:
    return VersionGone(N_("{name} was replaced by another version meanwhile. Try again."), name=name)


def _is_of(run: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Whether two `run.json` are of one version."""
    return all(stored[key] == run.get(key) for key in TELL_VERSIONS)


def dismiss(name: str) -> None:
    """Delete the challenger.

    Raises:
        ModelsBusy: see `lock.changing`.
    """
    with _changing(name):
        shutil.rmtree(store.places(name).challenger, ignore_errors=True)


def has_previous(name: str) -> bool:
    """Whether there is a whole version to roll back to."""
    return store.is_whole(store.places(name).previous)


def roll_back(name: str, seen: dict[str, Any] | None = None) -> None:
    """Swap the current version with the one before it; a second call swaps them back.

    Args:
        name: of the model.
        seen: the version to bring back as whoever asks has seen it, by what `TELL_VERSIONS` names of its `run.json`;
            None for whichever it is.

    Raises:
        UnknownModel: no model can have this name.
        VersionGone: the version before is not that one any more.
        DamagedModel: there is no whole version before it.
        ModelsBusy: see `lock.changing`.
    """
    current, previous, _ = store.places(name)
    with _changing(name):
        if not has_previous(name):
            raise DamagedModel(N_("There is no whole version of {name} to go back to."), name=name)
        if seen is not None and not _is_of(seen, store.read_run(previous)):
            raise _gone(name)
        if not current.is_dir():
            previous.rename(current)
            return
        with _aside() as aside:
            current.rename(aside / name)  # from here on the previous version answers
            previous.rename(current)
            (aside / name).rename(previous)


def sweep() -> None:
    """Clean up after killed processes: put whole models back where they belong and remove the rest.

    Call this only when no training runs: it would remove what that training is writing.

    Raises:
        ModelsBusy: see `lock.changing`.
    """
    folder = store.folder()
    if not folder.is_dir():
        return
    with changing():
        for work in folder.glob(f"{AMENDING}*"):
            for version in work.glob("[!.]*/*"):  # moved out of the way of its amended copy
                place = store.places(version.name)._asdict()[version.parent.name]
                if not place.is_dir():
                    version.rename(place)
            shutil.rmtree(work, ignore_errors=True)
        for staging in folder.glob(f"{STAGING}*"):
            _restore_challenger(staging)
            shutil.rmtree(staging, ignore_errors=True)
        for aside in folder.glob(f"{ASIDE}*"):
            for version in aside.iterdir():
                _restore_version(version)
            shutil.rmtree(aside, ignore_errors=True)


def _complete(staging: Path, name: str, run: dict[str, Any]) -> None:
    """Write `run.json`, always last: a folder whose `run.json` has the right hashes is whole."""
    run["name"] = name  # tells which model this folder holds, if a killed process leaves it behind
    files = [file for file in (store.GRAPH, *store.HASHED) if file != store.GRAPH or (staging / file).exists()]
    run["sha256"] = {file: hashlib.sha256((staging / file).read_bytes()).hexdigest() for file in files}
    (staging / store.RUN).write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


def _restore_challenger(staging: Path) -> None:
    """Move a challenger that was written whole, but not yet moved, to its place."""
    if not store.is_whole(staging):
        return
    try:
        challenger = store.places(store.read_run(staging).get("name", "")).challenger
    except DigitlabError:
        return
    if not store.is_whole(challenger):
        challenger.parent.mkdir(exist_ok=True)
        shutil.rmtree(challenger, ignore_errors=True)
        staging.rename(challenger)


def _restore_version(version: Path) -> None:
    """Put back a version that was moved aside in a swap that did not finish."""
    try:
        current, previous, _ = store.places(version.name)
    except DigitlabError:
        return
    if not current.is_dir() and previous.is_dir():
        previous.rename(current)  # each kind of swap stops here only while the previous version answers
    if not store.is_whole(version):
        return
    if not current.is_dir():
        version.rename(current)
    elif not previous.is_dir():
        version.rename(previous)


@contextmanager
def _aside() -> Iterator[Path]:
    """A temporary folder for a version that makes way; after a failure it stays, so that `sweep` can restore it."""
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=store.folder()))
    yield aside
    shutil.rmtree(aside, ignore_errors=True)
