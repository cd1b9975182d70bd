"""Where this account may keep files: in its user data folder or, if that cannot be written, among temporary files."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs


def can_write(folder: Path) -> bool:
    """Whether this account may write to a folder, or make it if it is missing."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder.is_absolute() and folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def user_data() -> Path:
    """Where the operating system wants digitlab to keep a user's files, such as ~/.local/share/digitlab."""
    return platformdirs.user_data_path("digitlab", appauthor=False)


def writable() -> Iterator[Path]:
    """The folders in which files can be kept, the better one first; none if nothing can be written."""
    return filter(can_write, (user_data(), *_temporary()))


def _temporary() -> Iterator[Path]:
    """This account's folder among temporary files, the same one for all its processes."""
    try:
        parent = Path(tempfile.gettempdir())
    except FileNotFoundError:  # there is none that can be written
        return
    if os.name != "posix":  # each user has temporary files of their own
        yield parent / "digitlab"
    elif _is_private(folder := parent / f"digitlab-{os.getuid()}"):
        yield folder


def _is_private(folder: Path) -> bool:
    """Whether nobody else can have put anything into a folder, or it is missing; anybody may make one of its name."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return True
    is_mine = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
