"""Where lessons come from: those that ship, a folder that the settings name, and links that carry one.

In either folder, NAME.md may lie in a subfolder with a language's code; the shipped ones are all in such folders. A
file of one's own goes before a shipped one of the same name.
"""

from __future__ import annotations

import functools
import hashlib
import re
from contextlib import suppress
from pathlib import Path

from digitlab import settings
from digitlab.errors import UnreadableLesson
from digitlab.language import current
from digitlab.ui.learn import lesson
from digitlab.ui.learn.lesson import Lesson
from digitlab.ui.packed import MOST, packed, unpacked
from digitlab.wording import lessons as words

SHIPPED = ("see", "two-ways", "learning", "good", "sure", "fool")
FOLDER, FIRST = Path(__file__).with_name("lessons"), "en"
NAME = re.compile(r"[a-z0-9-]{1,40}")
MOST_OWN = 50  # files in the folder that the settings name
CARRIED = "link-"  # how the names of lessons in links begin


def names() -> list[str]:
    """The shipped lessons' names in the order in which they build on each other, then those of one's own folder."""
    own = settings.load().lessons_dir
    found = sorted({path.stem for path in own.glob("*.md")})[:MOST_OWN] if own is not None else []
    return [*SHIPPED, *(name for name in found if name not in SHIPPED)]


def read(name: str, language: str | None = None) -> Lesson | None:
    """A lesson in a language (None for the reader's), or else in English; None if there is none of this name.

    Raises:
        UnreadableLesson: its file has a mistake.
        OSError: it cannot be read.
    """
    path = file(name, language)
    return None if path is None else _parsed(path, name, path.stat().st_mtime_ns)


def file(name: str, language: str | None = None) -> Path | None:
    """The file of a lesson, as for `read`."""
    language, own = language or current(), settings.load().lessons_dir
    folders = [own / language, own, FOLDER / language, FOLDER / FIRST] if own else [FOLDER / language, FOLDER / FIRST]
    if not NAME.fullmatch(name):
        return None
    return next((path for folder in folders if (path := folder / f"{name}.md").is_file()), None)


@functools.lru_cache(maxsize=64)
def _parsed(path: Path, name: str, _changed: int) -> Lesson:
    with path.open("rb") as opened:
        data = opened.read(4 * lesson.MOST_SIGNS + 1)
    return lesson.parse(_text(data, path.name), name, file=path.name)


def dropped(data: bytes, file: str) -> str:
    """The text for a link that carries the lesson in a file.

    Raises:
        UnreadableLesson: the file has a mistake, or it is too long for a link.
    """
    text = _text(data, file)
    lesson.parse(text, CARRIED, file=file, links=False)
    found = packed(text.encode())
    if len(found) > MOST:
        raise UnreadableLesson(words.too_long(MOST))
    return found


def carried(given: str) -> Lesson:
    """The lesson in a link, which may hold anything.

    Raises:
        UnreadableLesson: it holds none, or one with a mistake.
    """
    with suppress(ValueError):
        text = unpacked(given, 4 * lesson.MOST_SIGNS)
        name = CARRIED + hashlib.sha256(text).hexdigest()[:8]
        return lesson.parse(text.decode(), name, links=False)
    raise UnreadableLesson(words.unreadable_link())


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableLesson(words.no_text(file, data[: error.start].count(b"\n") + 1)) from None
