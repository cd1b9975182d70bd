"""The wall in the lecture: what its windows lack, and what only presenters may do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from digitlab import audience, serving
from digitlab.audience import SHOWN, Entry, Sight
from digitlab.errors import InvalidValue
from digitlab.models import store
from digitlab.pixels import to_base64, to_shares
from digitlab.serving import Doubt, Verdict
from digitlab.ui.draw import looked_at, why
from digitlab.wording import answers, room
from digitlab.wording import wall as words
from digitlab.wording.language import N_

QUEUE = 40  # drawings that wait and are sent to the presenter's phone
LARGEST_NUMBER, LARGEST_VERSION = 2**31 - 1, 2**53  # as the database and JavaScript keep them
_counting = threading.Lock()
_counted: tuple[Sight, list[int], list[int], int] | None = None


def state(version: int | None) -> dict[str, Any]:
    """What the lecture polls of the wall.

    Args:
        version: of the wall that the window has, 0 if it has none; None if it does not show the wall.

    Returns:
        `frozen` and `approval` (bool); `waiting`, how many drawings wait for it, and `waits`, the same in words;
        `stale`, why the wall may be out of date, or None; and `wall`: None where nothing has changed, else its
        `version`, the `numbers` of the drawings to be shown, newest first, those that are new or have `changed`,
        whether that is the `whole` wall, and what `_count` gives. A window that lacks one of the numbers asks with
        version 0.
    """
    seen = audience.wall().look()
    told = {
        "frozen": seen.is_frozen, "approval": seen.approval,
        "waiting": len(seen.waiting), "waits": words.waiting(len(seen.waiting)),
        "stale": words.stale() if audience.wall().is_stale else None, "wall": None,
    }  # fmt: skip
    if version is None or version == seen.version:
        return told
    shown = seen.entries[:SHOWN]
    is_whole = not seen.whole <= version < seen.version  # a greater one is of another server, or of before a restart
    changed = [_told(entry) for entry in shown if is_whole or entry.version > version]
    numbers = [entry.number for entry in shown]
    told["wall"] = {"version": seen.version, "whole": is_whole, "numbers": numbers, "changed": changed, **_count(seen)}
    return told


def explain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Why the models answered a drawing on the wall as they did.

    Args:
        asked: its `number`.

    Returns:
        `said`, the reason as HTML, and `figures`, the models' attribution maps as HTML; or only a `problem`.

    Raises:
        InvalidValue: it is no number.
        DigitlabError: a model cannot be loaded.
    """
    number = _number(asked.get("number"))
    entry = next((entry for entry in audience.wall().entries() if entry.number == number), None)
    if entry is None:
        return {"problem": words.gone(number)}
    pixels, models = to_shares(entry.pixels), [serving.load(name) for name in entry.answers]
    verdicts = {
        name: Verdict(
            one["digit"],
            np.array(one["shares"], np.float32),
            None if one["is_digit"] else Doubt("unlike", models=(name,)),
            0.0,
        )
        for name, one in entry.answers.items()
    }
    return {"said": why.said(pixels, verdicts, models), "figures": looked_at.figures(pixels, models)}


def _told(entry: Entry) -> dict[str, Any]:
    """A drawing as JSON: `pixels` as base64, and for each flagship `[short, sign, in_full]` of its answer."""
    told = []
    for name in store.FLAGSHIPS:
        if (one := entry.answers.get(name)) is None:
            told.append(["", "", ""])
            continue
        sign = {None: "", True: "✓", False: "✗"}[entry.is_right(name)]
        short = answers.short(one["digit"], is_digit=one["is_digit"])
        told.append([short, sign, answers.in_full(one["digit"], one["confidence"], is_digit=one["is_digit"])])
    return {
        "number": entry.number, "label": entry.label, "answers": told,
        "pixels": to_base64(entry.pixels),
        "said": room.on_the_wall(entry.number, entry.answers, entry.label), "says": words.says(entry.label),
    }  # fmt: skip


def _count(seen: Sight) -> dict[str, Any]:
    """How many drawings each flagship read right (`score`), that in words (`scored`), and how often each digit was
    drawn (`counts`, and `counted` in words): by label, or else as the last model reads it that takes it for a digit."""
    global _counted  # noqa: PLW0603
    with _counting:  # once for all windows
        if _counted is None or _counted[0] is not seen:
            labelled = [entry for entry in seen.entries if entry.label is not None]
            right = [sum(entry.is_right(name) or False for entry in labelled) for name in store.FLAGSHIPS]
            counts = [0] * 10
            for entry in seen.entries:
                if (digit := _digit(entry)) is not None:
                    counts[digit] += 1
            _counted = seen, right, counts, len(labelled)
        _, right, counts, confirmed = _counted
    return {
        "score": right, "scored": room.score(confirmed, len(seen.entries)),
        "counts": counts, "counted": [room.drawn(count, digit) for digit, count in enumerate(counts)],
    }  # fmt: skip


def _digit(entry: Entry) -> int | None:
    if entry.label is not None:
        return entry.label if entry.label >= 0 else None
    return next((one["digit"] for one in reversed(list(entry.answers.values())) if one["is_digit"]), None)


# ---- what only presenters may do


def _freeze(asked: Mapping[str, Any]) -> dict[str, Any]:
    on = _switch(asked)
    audience.wall().freeze(on)
    return {"frozen": on}


def _approval(asked: Mapping[str, Any]) -> dict[str, Any]:
    on = _switch(asked)
    audience.wall().require_approval(on)
    return {"approval": on}


def _hide(asked: Mapping[str, Any]) -> dict[str, Any]:
    audience.wall().hide(_number(asked.get("number")))
    return {}


def _hide_newest(_: Mapping[str, Any]) -> dict[str, Any]:
    hung = audience.wall().entries()
    if not hung:
        return {"problem": words.nothing_hangs()}
    return _hide({"number": hung[0].number})


def _unhide(_: Mapping[str, Any]) -> dict[str, Any]:
    number = audience.wall().unhide()
    return {"problem": words.nothing_hidden()} if number is None else {"number": number}


def _clear(_: Mapping[str, Any]) -> dict[str, Any]:
    audience.wall().clear()
    return {}


def _waiting(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The oldest drawings that wait, unless they are those that the phone has: a `mark` tells that; and the version of
    the wall, which `approve` takes as `seen`."""
    seen = audience.wall().look()
    queue = seen.waiting[:QUEUE]
    mark = str(hash(tuple((entry.number, entry.version, entry.label) for entry in queue)))
    drawings = None if asked.get("mark") == mark else [_told(entry) for entry in queue]
    return {"mark": mark, "seen": seen.version, "drawings": drawings}


def _approve(asked: Mapping[str, Any]) -> dict[str, Any]:
    numbers = asked.get("numbers")
    if not isinstance(numbers, list) or len(numbers) > SHOWN:
        raise InvalidValue(words.expected("numbers"))
    audience.wall().approve([_number(one) for one in numbers], _number(asked.get("seen"), LARGEST_VERSION))
    return {}


ACTS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "freeze": (N_("freeze the wall"), _freeze),
    "approval": (N_("approve drawings"), _approval),
    "hide": (N_("hide a drawing"), _hide),
    "hide_newest": (N_("hide a drawing"), _hide_newest),
    "unhide": (N_("hide a drawing"), _unhide),
    "clear": (N_("clear the wall"), _clear),
    "waiting": (N_("approve drawings"), _waiting),
    "approve": (N_("approve drawings"), _approve),
    "reject": (N_("hide a drawing"), _hide),
}


def _switch(asked: Mapping[str, Any]) -> bool:
    on = asked.get("on")
    if not isinstance(on, bool):
        raise InvalidValue(words.expected("on"))
    return on


def _number(given: Any, most: int = LARGEST_NUMBER) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= most:
        raise InvalidValue(words.expected("number"))
    return given
