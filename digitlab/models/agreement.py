"""Which versions of a model the local copy and the shared store last agreed on, which ones both should have now, and
the moves of folders that bring the copy there."""

from __future__ import annotations

import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

from digitlab import files
from digitlab.models import shared, store
from digitlab.models.shared import Index

DAMAGED = "damaged"  # stands in for the id of a damaged version


def merged(base: Index | None, here: Index, there: Index | None) -> Index:
    """The versions that both copy and store should have: a change on one side wins; where both changed, the copy wins.

    If the copy's current version replaces a newer current version in the store, that one becomes the previous version.

    Args:
        base: what both had when they last agreed; None if they never did.
        here: what the copy has; a `DAMAGED` version does not count as a change.
        there: what the store has, or None.
    """
    if there is None:
        return Index(*(None if one == DAMAGED else one for one in here))
    if base is None:
        return there
    changed = [one not in {before, DAMAGED} for one, before in zip(here, base, strict=True)]
    changed[0] = changed[0] and here.current is not None  # a missing current version was lost, not withdrawn
    slots = (mine if is_mine else theirs for is_mine, mine, theirs in zip(changed, here, there, strict=True))
    current, previous, challenger = slots
    if changed[0] and there.current not in {base.current, here.current}:
        previous = there.current
    previous = None if previous == current else previous
    return Index(current, previous, None if challenger in {current, previous} else challenger)


def exchange(name: str, wanted: Index, work: Path) -> None:
    """Move the copy's versions to their wanted places, in an order that keeps a whole model readable at every moment.

    Args:
        name: of the model.
        wanted: the versions that the copy should have afterwards.
        work: a folder with the versions that were fetched, each under its id; versions that make way are moved here.
    """
    current, previous, challenger = store.places(name)
    here = local(name)
    if here != wanted:
        _note(name, None)  # if this process is killed half-way, the copy will follow the store
        made = {place.name: place for place in work.iterdir()} | by_version(name)

        def away(place: Path, version: str | None) -> None:
            if place.is_dir():
                to = Path(tempfile.mkdtemp(dir=work)) / name
                place.rename(to)
                if version in made:
                    made[version] = to

        if wanted.challenger != here.challenger:
            away(challenger, here.challenger)
        if wanted.current != here.current and wanted.current is not None:
            if is_whole(here.current) or not previous.is_dir():
                away(previous, here.previous)
                if current.is_dir():
                    previous.parent.mkdir(exist_ok=True)
                    current.rename(previous)  # from here on the version before answers
            else:
                away(current, None)
            made[wanted.current].rename(current)
        if wanted.previous != version_in(previous):
            away(previous, version_in(previous))
            if wanted.previous is not None:
                previous.parent.mkdir(exist_ok=True)
                made[wanted.previous].rename(previous)
        if wanted.challenger is not None and wanted.challenger != here.challenger:
            challenger.parent.mkdir(exist_ok=True)
            made[wanted.challenger].rename(challenger)
    _note(name, wanted)


def local(name: str) -> Index:
    """The versions that the copy has."""
    return Index(*(version_in(place) for place in store.places(name)))


def by_version(name: str) -> dict[str, Path]:
    """The folders of the whole versions in the copy, by their ids."""
    places = store.places(name)
    return {version: place for version, place in zip(local(name), places, strict=True) if is_whole(version)}


def is_whole(version: str | None) -> TypeGuard[str]:
    """Whether this is the id of an existing, undamaged version."""
    return version is not None and version != DAMAGED


def version_in(place: Path) -> str | None:
    """The id of the version in a folder, `DAMAGED`, or None where there is no folder."""
    if not place.is_dir():
        return None
    marks: list[object] = []
    for file in (store.GRAPH, *store.HASHED, store.RUN):
        try:
            status = os.stat(place / file)
            marks.append((status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            marks.append(None)
    return _verified(place, tuple(marks))


@lru_cache(maxsize=200)
def _verified(place: Path, marks: tuple[object, ...]) -> str:
    return shared.version_id((place / store.RUN).read_bytes()) if store.is_whole(place) else DAMAGED


def base(name: str) -> Index | None:
    """What copy and store had when they last agreed; None if they never did."""
    slots = _bases().get(name)
    return Index(*slots) if slots else None


def _note(name: str, index: Index | None) -> None:
    content = {"url": shared.where(), "models": {**_bases(), name: index}}
    files.replace(store.folder() / ".shared.json", json.dumps(content).encode())


def _bases() -> dict[str, list[str | None] | None]:
    """By name, the last index that copy and store agreed on; empty for a copy of another store."""
    try:
        noted = json.loads((store.folder() / ".shared.json").read_text(encoding="utf-8"))
        return dict(noted["models"]) if noted["url"] == shared.where() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
