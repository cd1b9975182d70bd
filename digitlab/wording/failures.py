"""What went wrong, as a sentence for the person at the screen: no traceback, no path of this server."""

from __future__ import annotations

import errno
from pathlib import PurePath

from digitlab.errors import DigitlabError
from digitlab.wording.language import gettext
from digitlab.wording.parts import inert

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_LONGEST_NAME = 80  # characters of a file's name


def said(error: BaseException) -> str:
    """An error as Markdown: the message that digitlab wrote for people, else a sentence on what to do about it."""
    if isinstance(error, DigitlabError):
        return inert(str(error))
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return gettext("The server has not enough memory for this at the moment. Try again in a minute.")
    if isinstance(error, OSError):
        return _of_files(error)
    return gettext(
        "Something went wrong on the server, and its log says what. Load this page again; if that does not help, "
        "another page or another choice will."
    )


def _of_files(error: OSError) -> str:
    name = PurePath(str(error.filename)).name[:_LONGEST_NAME] if error.filename else ""
    file = inert(name) or gettext("a file")
    if error.errno in _FULL:
        return gettext(
            "The server’s disk is full, so {file} could not be written. Whoever runs the server should make room; then "
            "try again."
        ).format(file=file)
    if error.errno in _FORBIDDEN:
        return gettext(
            "The server may not read or write {file}. Whoever runs the server should check whose it is, and whether "
            "the folder is read-only; then try again."
        ).format(file=file)
    return gettext(
        "The server could not read or write {file}, and its log says why. Try again; if that does not help, tell "
        "whoever runs the server."
    ).format(file=file)
