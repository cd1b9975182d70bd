"""How the command line tells what it found: an error in one line, or one document of strict JSON."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

from digitlab import settings
from digitlab.errors import DigitlabError


def in_one_line(text: str) -> str:
    """The text with everything escaped that would break a line or a terminal; names of files may hold any bytes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def problem(error: Exception) -> str:
    """An error as a sentence in one line; for one that digitlab does not raise on purpose, also where it happened."""
    if isinstance(error, DigitlabError):
        return in_one_line(str(error))
    if isinstance(error, OSError):  # such as a full disk
        return in_one_line(f"{error}.")
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    own = [
        frame for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(settings.PACKAGE)
    ]  # fmt: skip
    where = f" ({Path(own[-1].filename).relative_to(settings.REPOSITORY)}, line {own[-1].lineno})" if own else ""
    return in_one_line(f"{said}{where}.")


def document(printed: str, problem: str | None) -> str:
    """The JSON document for stdout.

    Args:
        printed: what the command has printed.
        problem: how it ended; None if it ended well.

    Returns:
        What was printed, if that is one document, with null for every number that JSON cannot hold. If there was a
        problem, an `error` is added to an object that was printed; otherwise there is an object with only an `error`.
    """
    unknown: list[str] = []  # NaN and infinities, which Python writes but few parsers read
    try:
        found = json.loads(printed, parse_constant=unknown.append)
    except ValueError:
        return json.dumps({"error": problem or "The command has ended without an answer."})
    if problem is not None and isinstance(found, dict):
        return json.dumps({**found, "error": problem}, indent=1)
    return json.dumps(found, indent=1) if unknown else printed.strip()
