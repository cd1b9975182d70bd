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
    if can_write(user_data()):
        yield user_data()
    yield from _temporary()


def _temporary() -> Iterator[Path]:
    """This account's folder among temporary files, the same one for all its processes; made if it is missing."""
    mine = f"digitlab-{os.getuid()}" if hasattr(os, "getuid") else "digitlab"
    try:
        folder = Path(tempfile.gettempdir()) / mine
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:  # there is no folder for temporary files that can be written, or something else has this name
        return
    if _is_private(folder):
        yield folder


def _is_private(folder: Path) -> bool:
    """Whether nobody else can have put anything, such as models, into a folder of which anybody may make one."""
    if os.name != "posix":  # each user has a folder for temporary files
        return True
    status = folder.lstat()
    is_mine = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
