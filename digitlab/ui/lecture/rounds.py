"""The rounds on the hall's screen: what is shown of them, and what a presenter may do."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from digitlab import audience
from digitlab.audience import PHASES, Drawing, Event, Round, State
from digitlab.collection import NOT_A_DIGIT
from digitlab.errors import InvalidValue
from digitlab.models.store import FLAGSHIPS
from digitlab.pixels import to_base64
from digitlab.wording import rounds as words
from digitlab.wording.language import N_

LEADERS = 10
ENOUGH = 3  # judges of a drawing
LATEST = 60  # of the wall's drawings, from which one to guess is taken


def state() -> dict[str, Any]:
    """What the views Rounds and Reveal show.

    Returns:
        `round`, None or what `_running` gives; `leaders`, for each its `place`, `name`, `points` and `who`; `score`, by
        network the drawings read right, and "of" how many; `best`, the fooling drawings (none while a round runs).
    """
    phones = audience.phones()
    with audience.board().look() as (known, now):
        current = known.round
        is_running = current is not None and current.phase(now).ends is not None
        return {
            "round": None if current is None else _running(known, current, now, phones),
            "leaders": [
                {"place": place, "name": known.name(who), "points": points, "who": who}
                for place, who, points in list(known.leaders(now))[:LEADERS]
            ],
            "score": dict(known.score(now)),
            "best": [] if is_running else [_fooling(one) for one in known.best(now)],
        }


def _running(known: State, current: Round, now: float, phones: int) -> dict[str, Any]:
    phase = current.phase(now)
    told: dict[str, Any] = {
        "number": current.number, "kind": current.kind, "digit": current.digit, "network": current.network,
        "phase": phase.name, "phase_number": phase.number,
        "task": words.task(current.kind, phase.name, current.digit, current.network),
        "left": None if phase.ends is None else round(max(0.0, phase.ends - now), 2),
        "of": max(phones, len(current.drew), len(current.votes.get("", ()))),
    }  # fmt: skip
    if current.kind == "draw":
        times = {name: list(right.values()) for name, right in current.right.items()}
        everybody = {who for right in current.right.values() for who in right}
        times["room"] = [min(right[who] for right in current.right.values() if who in right) for who in everybody]
        told["times"] = {name: sorted(round(one, 1) for one in found) for name, found in times.items()}
        told["lasts"] = PHASES["draw"][0][1]
    elif current.kind == "fool":
        votes = [len(current.votes.get(author, ())) for author in current.drawings]
        told |= {"drawings": len(votes), "judged": sum(count >= ENOUGH for count in votes)}
        if phase.name == "result":
            told["best"] = [_fooling(one) for one in known.best(now) if one.who in current.drawings]
    else:
        choices = [choice for _, choice in current.votes.get("", {}).values()]
        told |= {"picture": current.begun.pixels, "votes": len(choices)}
        if phase.name == "result":
            said = current.begun.said[current.network]
            told |= {"said": said, "says": words.says(current.network, said)}
            told["tally"] = [[choice, choices.count(choice)] for choice in (*range(10), NOT_A_DIGIT)]
    return told


def _fooling(one: Drawing) -> dict[str, Any]:
    return {"who": one.who, "picture": one.pixels, "label": one.label, "said": words.said(one.said)}


def begin(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Begin a round, unless one is running: pressed twice, it is once.

    Args:
        asked: `kind`; and `digit`, of "draw": one in 0..9, else any.

    Raises:
        InvalidValue: there is no such kind, or nothing that could be guessed.
        DatabaseUnavailable: it has not begun.
    """
    kind, digit = asked.get("kind"), asked.get("digit")
    if not isinstance(kind, str) or kind not in PHASES:
        raise InvalidValue(words.unexpected(str(kind)[:20]))
    if isinstance(digit, bool) or not isinstance(digit, int) or digit not in range(10):
        digit = random.randrange(10)
    with audience.board().look() as (known, now):
        if known.round is not None and known.round.phase(now).ends is not None:
            return {"round": known.number}
        number, guesses = known.number + 1, known.guesses
        before = "" if known.round is None else known.round.begun.pixels
    event = Event("begun", round=number, kind=kind, value=digit if kind == "draw" else NOT_A_DIGIT)
    if kind == "guess":
        event = _to_guess(number, FLAGSHIPS[guesses % len(FLAGSHIPS)], before)
    audience.board().record(event)
    return {"round": number}


def _to_guess(number: int, network: str, before: str) -> Event:
    """A round about one of the wall's latest drawings, more likely one that is hard for the networks."""
    found = {}
    for entry in audience.wall().entries()[:LATEST]:
        said = audience.digits_said(entry.answers)
        pixels = to_base64(entry.pixels)
        if network in said and pixels != before:
            found[pixels] = said
    if not found:
        raise InvalidValue(words.nothing_to_guess())
    weights = [3 if len(set(said.values())) > 1 or NOT_A_DIGIT in said.values() else 1 for said in found.values()]
    (pixels,) = random.choices(list(found), weights)
    return Event("begun", round=number, kind="guess", network=network, pixels=pixels, said=found[pixels])


def go_on(asked: Mapping[str, Any]) -> dict[str, Any]:
    """End a phase early: `phase` of `round`, both numbers; pressed twice, it is once."""
    event = Event("next", round=_number(asked, "round"), value=_number(asked, "phase"))
    return {"changed": audience.board().record(event)}


def end(asked: Mapping[str, Any]) -> dict[str, Any]:
    """End the round with the number `round`, and count its points."""
    return {"changed": audience.board().record(Event("ended", round=_number(asked, "round")))}


def clear(_: Mapping[str, Any]) -> dict[str, Any]:
    """Forget all names, points and drawings of rounds."""
    with audience.board().look() as (known, _now):
        number = known.number
    return {"changed": audience.board().record(Event("cleared", round=number))}


def hide(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Show no fooling drawing of `who` any more."""
    return {"changed": audience.board().record(Event("hidden", who=str(asked.get("who"))[:16]))}


def unname(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give `who` a generated name instead of the chosen one."""
    return {"changed": audience.board().record(Event("unnamed", who=str(asked.get("who"))[:16]))}


def _number(asked: Mapping[str, Any], name: str) -> int:
    found = asked.get(name)
    if isinstance(found, bool) or not isinstance(found, int):
        raise InvalidValue(words.expected_number(name))
    return found


# What only presenters may do, by name: what it is called in a refusal, and what does it.
ACTS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "round_begin": (N_("begin a round"), begin),
    "round_next": (N_("move a round on"), go_on),
    "round_end": (N_("end a round"), end),
    "round_clear": (N_("forget the rounds"), clear),
    "round_hide": (N_("hide a drawing"), hide),
    "round_unname": (N_("take a name away"), unname),
}
