"""The script of a lecture: a small text file with one step a line, which the arrow keys walk through.

    view [what it is to show]: what the hall reads

Lines that begin with # are comments. Scripts ship in `scripts/`, one in each language; a presenter's
own lies beside the models.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from digitlab import files, language, settings
from digitlab.errors import InvalidValue
from digitlab.wording import lecture as words

VIEWS = ("join", "stage", "wall", "rounds", "train", "reveal")
_SHIPPED = Path(__file__).with_name("scripts")
LONGEST, MOST_STEPS = 20_000, 200  # characters of a script; its steps


@dataclass(frozen=True)
class Step:
    """One step of a script.

    Attributes:
        view: one of `VIEWS`.
        argument: what the view is to show, such as "draw 7"; may be empty.
        words: what the hall reads; may be empty.
    """

    view: str
    argument: str
    words: str


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a script.

    Raises:
        InvalidValue: a line is none; the message says which, and what was expected.
    """
    if len(text) > LONGEST:
        raise InvalidValue(words.script_too_long(LONGEST))
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        place, _, said = line.partition(":")
        view, _, argument = place.strip().partition(" ")
        if view.lower() not in VIEWS:
            raise InvalidValue(words.no_view(number, view, VIEWS))
        steps.append(Step(view.lower(), " ".join(argument.split()), said.strip()))
    if not 0 < len(steps) <= MOST_STEPS:
        raise InvalidValue(words.script_steps(len(steps), MOST_STEPS))
    return tuple(steps)


def own() -> Path:
    """Where a presenter's own script is, if there is one."""
    return settings.load().script_path


def shipped() -> str:
    """The text of the script that ships, in the reader's language."""
    return (_SHIPPED / f"{language.current()}.txt").read_text(encoding="utf-8")


def text() -> str:
    """The script's text: the presenter's own, or the one that ships."""
    try:
        return own().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return shipped()


def steps() -> tuple[Step, ...]:
    """The steps to be walked through; those of the script that ships while the presenter's own cannot be read."""
    try:
        return _parsed(text())
    except InvalidValue:
        return _parsed(shipped())


def save(given: str) -> None:
    """Make a text the presenter's own script, unless it is the one that ships.

    Raises:
        InvalidValue: as `parse`; nothing has changed.
        OSError: it cannot be written.
    """
    parse(given)
    if given == shipped():
        own().unlink(missing_ok=True)
        return
    files.replace(own(), given.encode("utf-8"))


_parsed = functools.lru_cache(maxsize=1 + len(language.LANGUAGES))(parse)
