"""Slices: selections of held-out digits, saved under a name for everyone who uses this app."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from digitlab import files, settings
from digitlab.errors import InvalidValue, UnknownSlice

LONGEST_NAME = 60
NONE = "none"  # stands for no slice in a link


@dataclass(frozen=True)
class Slice:
    """A saved selection: `indices` of digits of a `split` ("test", "validation" or "room"), in the page's order."""

    name: str
    split: str
    indices: tuple[int, ...]


def names() -> list[str]:
    """Names of the saved selections, in alphabetical order."""
    return sorted(_load())


def read(name: str) -> Slice:
    """A saved selection.

    Raises:
        UnknownSlice: there is no such selection; the message lists the existing names.
    """
    saved = _load()
    if name not in saved:
        raise UnknownSlice(f"There is no slice {name!r}. Saved are: {', '.join(sorted(saved)) or 'none yet'}.")
    return saved[name]


def save(name: str, split: str, indices: Sequence[int]) -> None:
    """Save a selection; an earlier one of the same name is replaced.

    Raises:
        InvalidValue: the name is empty, too long or "none", or nothing is selected.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidValue(f"A slice needs a name of 1 to {LONGEST_NAME} characters, got {len(name)}.")
    if name == NONE:
        raise InvalidValue(f"A slice cannot be called {NONE!r}: that stands for no slice.")
    if not len(indices):
        raise InvalidValue("Nothing is selected, so there is nothing to save.")
    _change(lambda saved: saved.update({name: Slice(name, split, tuple(map(int, indices)))}))


def delete(name: str) -> None:
    """Delete a saved selection, if there is one of this name."""
    _change(lambda saved: saved.pop(name, None))


def _path() -> Path:
    return settings.load().slices_path


def _load() -> dict[str, Slice]:
    try:
        saved = json.loads(_path().read_text(encoding="utf-8"))
        return {fields["name"]: Slice(**(fields | {"indices": tuple(fields["indices"])})) for fields in saved}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _change(how: Callable[[dict[str, Slice]], object]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):  # two windows may save at the same moment
        saved = _load()
        how(saved)
        files.replace(path, json.dumps([asdict(selection) for selection in saved.values()]).encode())
