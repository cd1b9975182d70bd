"""What the audience's page says on a phone."""

from __future__ import annotations

from digitlab.collection import Fate
from digitlab.serving import Reading
from digitlab.wording import doubts, room
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


def page() -> dict[str, str]:
    """The words that stand on the page whatever is drawn, by their names in `phone.html`."""
    return {
        "canvas": _("Draw a digit here"),
        "picture": _("The drawing that is asked about"),
        "answers": _("Answers"),
        "which": _("Which digit is it?"),
        "wrong": _("It was a …"),
        "clear": _("Clear"),
        "photo": _("Photo"),
        "may_keep": _("May this room keep your drawings? No names."),
        "yes": _("Yes"),
        "no": _("No"),
        "rename": _("Change your name"),
        "name": _("What shall the room call you?"),
        "name_hint": _("Any name you like. It is forgotten after the lecture."),
        "save": _("Save"),
        "back": _("Back"),
        "choose_language": _("Language"),
    }


def script() -> dict[str, str]:
    """The words that `phone.js` shows, by their names there."""
    return {
        "prompt": _("Draw a digit from 0 to 9."),
        "right": _("That's right"),
        "lost": _("No connection. Trying again …"),
        "thanks": _("Kept, thank you."),
        "waits": room.waits(),
        "none": _("Not a digit"),
        "back": _("Back"),
        "reading": _("Reading your photo …"),
        "name_hint": _("Any name you like. It is forgotten after the lecture."),
        "mine": _("It is a {digit}"),
        "fool_first": _("First say which digit you will draw; nobody else sees it."),
        "fool_now": _("Now draw a {digit}. Its last state counts."),
        "judge": _("Somebody drew this. What do you read?"),
        "counted": _("Counted."),
        "no_more": _("Nothing is left for you to judge. Wait for the result."),
        "vote": _("Say it before it is revealed."),
        "voted": _("You say: {answer}. You may still change it."),
    }


def answer(reading: Reading, fate: Fate | None) -> str:
    """What the models say of a drawing, in one line, and what has become of the wish to keep it, if there was one."""
    kept = _("Kept.") if fate == "kept" else room.not_kept(fate) if fate not in (None, "off") else ""
    return " ".join(filter(None, [_answer(reading), kept]))


def _answer(reading: Reading) -> str:
    count, believed = len(reading.digits), _believed(reading)
    if count > 1:
        looks = ngettext("This looks like {count} digit.", "This looks like {count} digits.", count)
        return " ".join([looks.format(count=count), _("Only one can be read at a time.")])
    if not believed:
        return doubts.all_doubt()
    (model, digit), *others = believed.items()
    if not others:
        (doubter,) = set(reading.whole) - {model}
        return doubts.one_doubts(model, digit, doubter)
    return _("Both say {digit}.").format(digit=digit) if len(set(believed.values())) == 1 else _("They disagree.")


def offer(reading: Reading) -> tuple[int | None, str]:
    """The digit of the button that confirms an answer, None if no model believes in one, and what stands on it."""
    believed = _believed(reading)
    guess = believed[max(reversed(believed), key=lambda name: reading.whole[name].confidence)] if believed else None
    is_sure = len(believed) != 1 and len(set(believed.values())) < 2
    return guess, _("That's right") if is_sure else _("It's a {digit}").format(digit=guess)


def who_was_right(reading: Reading, label: int) -> str:
    """What its author is told who labels a drawing with a digit, or with -1 for none."""
    right = [
        name
        for name, verdict in reading.whole.items()
        if (verdict.digit == label if label >= 0 else not verdict.is_digit)
    ]
    if not right:
        return _("You fooled both!")
    return _("Both were right.") if len(right) > 1 else _("{model} was right.").format(model=right[0].upper())


def _believed(reading: Reading) -> dict[str, int]:
    return {name: verdict.digit for name, verdict in reading.whole.items() if verdict.is_digit}
