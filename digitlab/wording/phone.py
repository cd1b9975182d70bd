"""What the audience's page says on a phone."""

from __future__ import annotations

from typing import Any

from digitlab.serving import Reading
from digitlab.wording import doubts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


def page() -> dict[str, str]:
    """The words that stand on the page whatever is drawn, by their names in `page.html`."""
    return {
        "canvas": _("Draw a digit here"),
        "prompt": _("Draw a digit from 0 to 9."),
        "right": _("That's right"),
        "wrong": _("It was a …"),
        "clear": _("Clear"),
        "may_keep": _("May this room keep your drawings? No names."),
        "yes": _("Yes"),
        "no": _("No"),
        "lost": _("No connection. Trying again …"),
        "thanks": _("Kept, thank you."),
    }


def answer(reading: Reading, *, is_kept: bool) -> str:
    """What the models say of a drawing, in one line, and whether it was kept."""
    kept = [_("Kept.")] if is_kept else []
    return " ".join([_answer(reading), *kept])


def _answer(reading: Reading) -> str:
    count = len(reading.digits)
    if count > 1:
        looks = ngettext("This looks like {count} digit.", "This looks like {count} digits.", count)
        return " ".join([looks.format(count=count), _("Only one can be read at a time.")])
    believed = _believed(reading)
    if not believed:
        return doubts.all_doubt()
    (model, digit), *others = believed.items()
    if not others:
        (doubter,) = set(reading.whole) - {model}
        return doubts.one_doubts(model, digit, doubter)
    if len(set(believed.values())) > 1:
        return _("They disagree.")
    return _("Both say {digit}.").format(digit=digit)


def offer(reading: Reading) -> dict[str, Any]:
    """The digit of the button that confirms an answer and what stands on it; nobody is offered what nobody says."""
    believed = _believed(reading)
    if not believed:
        return {"guess": None, "offer": _("That's right")}
    guess = believed[max(reversed(believed), key=lambda name: reading.whole[name].confidence)]
    agreed = len(believed) > 1 and len(set(believed.values())) == 1
    return {"guess": guess, "offer": _("That's right") if agreed else _("It's a {digit}").format(digit=guess)}


def who_was_right(reading: Reading) -> list[str]:
    """For each label from 0 to 9 that its author may give a drawing: which models were right."""
    return [_who_was_right(reading, label) for label in range(10)]


def _who_was_right(reading: Reading, label: int) -> str:
    right = [name for name, verdict in reading.whole.items() if verdict.digit == label]
    if not right:
        return _("You fooled both!")
    return _("Both were right.") if len(right) > 1 else _("{model} was right.").format(model=right[0].upper())


def _believed(reading: Reading) -> dict[str, int]:
    return {name: verdict.digit for name, verdict in reading.whole.items() if verdict.is_digit}
