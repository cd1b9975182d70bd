"""Reads a drawing from a file that may be missing, broken, or hold anything at all."""

from __future__ import annotations

import os
import stat

from digitlab import ink, settings
from digitlab.errors import UnreadablePicture

EXPECTED = "Expected a picture, or strokes in a .json file"


def read(file: str, box: tuple[int, int, int, int] | None = None, turn: int = 0) -> ink.Ink:
    """The drawing in a file: the strokes of a pen if its name ends in .json, otherwise a picture.

    Args:
        file: its name.
        box, turn: of a picture, as `ink.read` takes them.

    Raises:
        InvalidValue: the box is not within the picture.
        NothingDrawn, OnlyADot: the file holds no ink that can be read as a digit.
        PictureTooLarge, UnreadablePicture: the file cannot be read, or holds neither a picture nor strokes.
    """
    data = _content(file)
    return ink.read(ink.parse_strokes(data) if is_strokes(file) else data, box, turn)


def is_strokes(file: str) -> bool:
    """Whether a file of this name is read as strokes of a pen."""
    return file.lower().endswith(".json")


def _content(file: str) -> bytes:
    try:
        found = os.stat(file)
        if stat.S_ISDIR(found.st_mode):
            raise UnreadablePicture(f"{EXPECTED}; this is a folder. Name the files in it.")
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device may never come to an end
            raise UnreadablePicture(f"{EXPECTED}; this is no ordinary file. Save what it gives as a file first.")
        ink.check_bytes(found.st_size)  # before it is read into memory
        with open(file, "rb") as opened:
            data = opened.read(settings.load().picture_bytes + 1)  # it may have grown meanwhile
    except FileNotFoundError as error:
        raise UnreadablePicture(f"{EXPECTED}; there is no such file. Check its name and folder.") from error
    except (OSError, ValueError) as error:  # ValueError: no file can have this name
        why = getattr(error, "strerror", None) or error
        raise UnreadablePicture(f"{EXPECTED}; this cannot be opened: {why}.") from error
    ink.check_bytes(len(data))
    return data
