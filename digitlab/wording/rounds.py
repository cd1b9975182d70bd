"""The rounds of a lecture: what phones and the hall's screen say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from digitlab.collection import NOT_A_DIGIT
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, pgettext


def task(kind: str, phase: str, digit: int, network: str) -> str:
    """What everybody has to do in a phase, in one line; empty once the result is known."""
    if phase == "result":
        return ""
    if kind == "draw":
        return _("Draw a {digit}!").format(digit=digit)
    if kind == "guess":
        return _("What will the {model} say?").format(model=network.upper())
    if phase == "judge":
        return _("Which digit is this?")
    return _("Draw a digit that people read, but not the networks.")


def outcome_draw(digit: int, right: Collection[str], *, has_drawn: bool) -> str:
    """What a phone is told after "Draw a 7"; `right` are the networks that read its drawing."""
    if not has_drawn:
        return over()
    if not right:
        return _("Neither read your {digit}: no points.").format(digit=digit)
    if len(right) > 1:
        return _("Both read your {digit}: 2 points.").format(digit=digit)
    return _("Only the {model} read your {digit}: 1 point.").format(model=next(iter(right)).upper(), digit=digit)


def outcome_fool(label: int | None, fooled: Collection[str], judges: int, *, is_confirmed: bool) -> str:
    """What a phone is told after "Fool them"; `label` is what its author says of the drawing, None without one."""
    if label is None:
        return over()
    if not judges:
        return _("Nobody has judged your drawing: no points.")
    if not is_confirmed:
        return _("Too few people see a {digit} in it: no points.").format(digit=label)
    if not fooled:
        return _("Both read your {digit}, too: no points.").format(digit=label)
    if len(fooled) > 1:
        return _("People see a {digit}, and you fooled both: 2 points.").format(digit=label)
    model = next(iter(fooled)).upper()
    return _("People see a {digit}, and you fooled the {model}: 1 point.").format(digit=label, model=model)


def outcome_guess(network: str, said: int, voted: int | None) -> str:
    """What a phone is told after "Guess first"."""
    told = says(network, said)
    if voted is None:
        return told
    return " ".join([told, _("You were right: 1 point.") if voted == said else _("You were not.")])


def says(network: str, said: int) -> str:
    """What a network says of a drawing."""
    if said == NOT_A_DIGIT:
        return _("The {model} sees no digit in it.").format(model=network.upper())
    return _("The {model} says {digit}.").format(model=network.upper(), digit=said)


def over() -> str:
    """What a phone is told that has not taken part."""
    return _("The round is over.")


def standing(points: int, place: int | None) -> str:
    """Points and place of a phone; empty without points."""
    if place is None:
        return ""
    told = ngettext("Place {place}, {points} point", "Place {place}, {points} points", points)
    return told.format(place=place, points=points)


def frozen() -> str:
    """Said on phones while the wall is frozen."""
    return _("The wall stands still: new drawings hang up later.")


def approval() -> str:
    """Said on phones while drawings are shown only after approval."""
    return _("Drawings are shown after approval.")


def name_length(shortest: int, longest: int) -> str:
    """Why a nickname is refused."""
    return _("A name has {shortest} to {longest} letters.").format(shortest=shortest, longest=longest)


def name_signs() -> str:
    """Why a nickname is refused."""
    return _("A name has letters, digits and single spaces, and no other signs.")


def name_refused() -> str:
    """Why a nickname is refused, without repeating it."""
    return _("Please choose another name.")


def name_taken() -> str:
    """Why a nickname is refused that somebody else has, or one that looks like it."""
    return _("Somebody has this name, or one that looks like it.")


def full() -> str:
    """Why a phone can watch only."""
    return _("There are more phones than can take part.")


def too_large() -> str:
    """Why a photo is refused."""
    return _("This photo is too large.")


def unexpected(kind: str) -> str:
    """Why a round does not begin."""
    return _("There is no round {kind}: begin draw, fool or guess.").format(kind=repr(kind))


def expected_number(name: str) -> str:
    """To a program that asks for something else; `name` is that of a field."""
    return _("Expected {name}: a number.").format(name=name)


def nothing_to_guess() -> str:
    """Why "Guess first" does not begin."""
    return _("The wall has no drawing yet that could be guessed.")


def score_of(count: int) -> str:
    """Beside the drawings that a network has read right: of how many."""
    return ngettext("right of {count} drawing", "right of {count} drawings", count).format(count=count)


def points(count: int) -> str:
    """Points on the leaderboard."""
    return ngettext("{count} point", "{count} points", count).format(count=count)


def is_a(digit: int) -> str:
    """What people see in a fooling drawing."""
    return _("People see a {digit}.").format(digit=digit)


def keys() -> dict[str, str]:
    """What the keys of the views Rounds and Reveal do, by their names in `rounds.js` and `reveal.js`."""
    return {
        "rounds_go": _("begin the round, continue, or choose another"),
        "rounds_draw": _("choose “Draw a digit”"),
        "rounds_fool": _("choose “Fool them”"),
        "rounds_guess": _("choose “Guess first”"),
        "rounds_more": _("the next digit to draw"),
        "rounds_less": _("the digit before"),
        "rounds_end": _("end the round"),
        "rounds_clear": _("forget all points and names"),
        "reveal_save": _("save the summary as one file"),
    }


def lecture() -> dict[str, str]:
    """The words of the views Rounds and Reveal, by their names in `rounds.js` and `reveal.js`."""
    return {
        "draw": _("Draw a {digit}"),
        "fool": _("Fool them"),
        "guess": _("Guess first"),
        "draw_rule": _("You against the clock: a point for each network that reads your digit in time."),
        "fool_rule": _("Draw a digit that people read, but the networks do not. A point for each that you fool."),
        "fool_hint": _("Other phones will say what they read. A point for each network that you fool."),
        "guess_rule": _("A drawing is shown. What will a network say? A point for whoever knows."),
        "begin": _("Begin"),
        "on": _("Continue"),
        "other": _("Another round"),
        "waits": _("The presenter chooses the next round."),
        "over": _("Time is up"),
        "room": _("Room"),
        "of": _("{count} of {of}"),
        "drawings": _("Drawings: {count}"),
        "judging": _("Look at your phone: what do you read?"),
        "judged": _("Judged three times: {count} of {of}"),
        "votes": _("Votes: {count}"),
        "none": pgettext("digit", "none"),
        "result": _("Result"),
        "fooling": _("They fooled them"),
        "nobody": _("Nobody has fooled a network."),
        "leaders": _("Leaderboard"),
        "no_leaders": _("No points yet."),
        "unname": _("Take away the name {name}"),
        "hide": _("Hide this drawing"),
        "saved": _("The summary is being saved."),
        "only_presenters": _("Only the presenter can do this."),
        "forget": _("Press N once more to forget all points and names."),
        "score": _("DNN against CNN"),
        "score_of": _("right of {of} drawings"),
        "no_score": _("No round has been played yet."),
        "best": _("The best fooling drawings"),
        "no_fools": _("No drawing has fooled a network yet."),
        "people": _("People: {digit}"),
        "summary": _("A lecture with digitlab"),
    }


def said(answers: Mapping[str, int]) -> list[str]:
    """What the networks say of a fooling drawing."""
    told = _("{model} says {answer}")
    return [
        told.format(model=name.upper(), answer=_("not a digit") if digit == NOT_A_DIGIT else digit)
        for name, digit in answers.items()
    ]
