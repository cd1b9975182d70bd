"""Which versions of a model the local copy and the shared store last agreed on, which ones both should have now, and
the moves of folders that bring the copy there."""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

from digitlab import files
from digitlab.models import shared, store
from digitlab.models.shared import Index

DAMAGED = "damaged"  # stands in for the id of a damaged version


def merged(base: Index | None, copy: Index, stored: Index | None) -> Index:
    """The versions that both copy and store should have: a change on one side wins; where both changed, the copy wins.

    If the copy's current version replaces a newer current version in the store, that one becomes the previous version.

    Args:
        base: what both had when they last agreed; None if they never did.
        copy: what the copy has; a `DAMAGED` version does not count as a change.
        stored: what the store has; None if it does not have the model.
    """
    if stored is None:
        return Index(*(None if version == DAMAGED else version for version in copy))
    if base is None:
        return stored
    changed = [version not in {before, DAMAGED} for version, before in zip(copy, base, strict=True)]
    changed[0] = changed[0] and copy.current is not None  # a missing current version was lost, not withdrawn
    current, previous, challenger = (
        mine if is_mine else theirs for is_mine, mine, theirs in zip(changed, copy, stored, strict=True)
    )
    if changed[0] and stored.current not in {base.current, copy.current}:
        previous = stored.current
    previous = None if previous == current else previous
    return Index(current, previous, None if challenger in {current, previous} else challenger)


def exchange(name: str, wanted: Index, work: Path) -> None:
    """Move the copy's versions to their wanted places, in an order that keeps a whole model readable at every moment.

    Args:
        name: of the model.
        wanted: the versions that the copy should have afterwards.
        work: a folder with the versions that were fetched, each under its id; replaced versions are moved there.
    """
    current, previous, challenger = store.places(name)
    copy = local(name)
    if copy != wanted:
        _note(name, None)  # if this process is killed half-way, the copy will follow the store
        made = {place.name: place for place in work.iterdir()} | by_version(name)

        def away(place: Path, version: str | None) -> None:
            if place.is_dir():
                to = Path(tempfile.mkdtemp(dir=work)) / name
                place.rename(to)
                if version in made:
                    made[version] = to

        if wanted.challenger != copy.challenger:
            away(challenger, copy.challenger)
        if wanted.current != copy.current and wanted.current is not None:
            if is_whole(copy.current) or not previous.is_dir():
                away(previous, copy.previous)
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
        if wanted.challenger is not None and wanted.challenger != copy.challenger:
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
    return _verified(place, store.marks(place, store.GRAPH, *store.HASHED, store.RUN))


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
