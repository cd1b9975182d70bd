"""Slices: selections of held-out digits, saved under a name for everyone who uses this app."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from filelock import FileLock
from msgspec import Meta

from digitlab import files, settings
from digitlab.errors import InvalidValue, UnknownSlice
from digitlab.language import N_

LONGEST_NAME = 60
NONE = "none"  # stands for no slice in a link


@dataclass(frozen=True)
class Slice:
    """A saved selection: `indices` of digits of a `split` ("test", "validation" or "room"), in the page's order."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    split: Annotated[str, Meta(pattern="^(test|validation|room)$")]
    indices: tuple[Annotated[int, Meta(ge=0, lt=2**53)], ...]


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
        if not saved:
            raise UnknownSlice(N_("There is no slice {name!r}. Saved are: none yet."), name=name)
        raise UnknownSlice(
            N_("There is no slice {name!r}. Saved are: {names}."), name=name, names=", ".join(sorted(saved))
        )
    return saved[name]


def save(name: str, split: str, indices: Sequence[int]) -> None:
    """Save a selection; an earlier one of the same name is replaced.

    Raises:
        InvalidValue: the name is empty, too long or "none", or nothing is selected.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidValue(
            N_("A slice needs a name of 1 to {most} characters, got {count}."),
            most=LONGEST_NAME,
            count=len(name),
        )
    if name == NONE:
        raise InvalidValue(N_("A slice cannot be called {reserved!r}: that stands for no slice."), reserved=NONE)
    if not len(indices):
        raise InvalidValue(N_("Nothing is selected, so there is nothing to save."))
    _change(lambda saved: saved.update({name: Slice(name, split, tuple(map(int, indices)))}))


def delete(name: str) -> None:
    """Delete a saved selection, if there is one of this name."""
    _change(lambda saved: saved.pop(name, None))


def _path() -> Path:
    return settings.load().slices_path


def _load() -> dict[str, Slice]:
    with suppress(OSError, ValueError):
        return _parsed(_rows())[0]
    return {}


def _rows() -> list[Any]:
    """What the file holds.

    Raises:
        OSError, ValueError: it cannot be read, or is no list in JSON.
    """
    try:
        return msgspec.json.decode(_path().read_bytes(), type=list[Any])
    except FileNotFoundError:
        return []
    except RecursionError as error:
        raise ValueError("too deep") from error


def _parsed(rows: list[Any]) -> tuple[dict[str, Slice], list[Any]]:
    """The selections by name, and the rows that are none: a damaged row does not hide the others."""
    found, others = {}, []
    for row in rows:
        try:
            selection = msgspec.convert(row, Slice)
            found[selection.name] = selection
        except (ValueError, TypeError):
            others.append(row)
    return found, others


def _change(how: Callable[[dict[str, Slice]], object]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):  # two windows may save at the same moment
        try:
            saved, others = _parsed(_rows())
        except ValueError:  # nothing in it can be read, but somebody may still mend it
            os.replace(path, path.with_suffix(".damaged"))
            saved, others = {}, []
        how(saved)
        files.replace(path, msgspec.json.encode([*others, *map(asdict, saved.values())]))
