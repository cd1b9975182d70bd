"""Drawings of the room, on the wall and in the collection, with what the models said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from digitlab.collection import NOT_A_DIGIT, TEACHABLE, Fate
from digitlab.explain.labels import Check, Disputed
from digitlab.wording import answers
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext

Stored = Mapping[str, Mapping[str, Any]]  # answers by model, as `audience.answers` gives them


def label(of: int) -> str:
    """A label in a list of labels: a digit, or that it is none."""
    return _("not a digit") if of == NOT_A_DIGIT else str(of)


def on_the_wall(number: int, said: Stored, label: int | None) -> str:
    """A drawing on the wall, with its number there; its label is what its author says it is, if that is known."""
    says = _("{model} says {answer}")
    listed = ", ".join(says.format(model=name.upper(), answer=_in_full(one)) for name, one in said.items())
    if label is None:
        return _("Drawing {number}: {answers}").format(number=number, answers=listed)
    if label == NOT_A_DIGIT:
        return _("Drawing {number}: {answers}; it is not a digit").format(number=number, answers=listed)
    sentence = _("Drawing {number}: {answers}; it is a {label}")
    return sentence.format(number=number, answers=listed, label=label)


def in_the_collection(number: int, said: Stored, label: int | None) -> str:
    """A drawing of the collection, with its number there."""
    then = _("{model} said {answer}")
    listed = ", ".join(then.format(model=name, answer=_in_full(one)) for name, one in said.items()) or _("no answers")
    if label is None:
        return _("Drawing {number}, without a label: {answers}").format(number=number, answers=listed)
    if label == NOT_A_DIGIT:
        return _("Drawing {number}, not a digit: {answers}").format(number=number, answers=listed)
    return _("Drawing {number}, a {label}: {answers}").format(number=number, label=label, answers=listed)


def score(confirmed: int, drawn: int) -> str:
    """Below the score on the wall: how many drawings it counts, and how many there are."""
    return _("right of {confirmed} confirmed · {drawn} drawn").format(confirmed=confirmed, drawn=drawn)


def drawn(count: int, digit: int) -> str:
    """How often a digit was drawn, for screen readers."""
    return _("{count} of digit {digit}").format(count=count, digit=digit)


def kept(label: int, fate: Fate) -> str:
    """What becomes of a drawing whose author has said what it is."""
    if fate != "kept":
        return not_kept(fate)
    if label == NOT_A_DIGIT:
        return _("Kept as something that is not a digit, thank you.")
    return _("Kept as a {label}, thank you.").format(label=label)


def not_kept(fate: Fate) -> str:
    """Why a drawing, or its label, is not in the collection."""
    if fate == "waits":
        return waits()
    return {
        "nothing": _("Not kept: it is no longer in the collection."),
        "off": _("Keeping is switched off by the presenter."),
        "full": _("Not kept: there are more drawings than this server keeps."),
        "lost": _("Not kept: this server cannot store anything at the moment."),
    }[fate]


def waits() -> str:
    """What its author is told while the database does not answer."""
    return _("It will be kept as soon as the database answers.")


def not_forgotten(fate: Fate) -> str:
    """What its author is told who has taken back a drawing that cannot be deleted yet."""
    if fate == "waits":
        return _("It will be deleted as soon as the database answers.")
    return _("It could not be deleted: this server cannot store anything at the moment.")


# ---- labels that the models contradict


def before_teaching() -> str:
    """Above the labels that somebody should decide about before a model is taught."""
    return _("Are these labels right?")


def disputed(check: Check) -> str:
    """How many labels are probably wrong, and why."""
    return ngettext(
        "{count} of {labels:,} labels is probably wrong: no model agrees with it.",
        "{count} of {labels:,} labels are probably wrong: no model agrees with them.",
        len(check.disputed),
    ).format(count=len(check.disputed), labels=check.labels)


def asked(check: Check) -> str:
    """Which models and training digits were not asked about the labels; empty if all were."""
    sentences = []
    if check.missing:
        names = ", ".join(name.upper() for name in check.missing)
        sentences.append(_("No whole version of {models} could be asked.").format(models=names))
    shipped = [len(index) for index in check.indexes.values() if index.split != "train"]
    if shipped:
        ship = _("The nearest are those among the {count:,} digits that ship with digitlab.")
        sentences.append(ship.format(count=shipped[0]))
    return " ".join(sentences)


def contradicted(of: Disputed) -> list[str]:
    """What each model says against a label, with the training digits that it finds nearest."""
    return [
        _("{model} says {answer}; {nearest}.").format(
            model=name.upper(),
            answer=answers.in_full(one.digit, one.confidence, is_digit=one.is_digit),
            nearest=_nearest(of.label, Counter(one.nearest)),
        )
        for name, one in of.against.items()
    ]


def _nearest(label: int, counts: Counter[int]) -> str:
    (most, count), total, own = counts.most_common(1)[0], counts.total(), counts[label]
    if count == total:
        return _("all {total} nearest digits are {most}s").format(total=total, most=most)
    near = ngettext(
        "of the {total} nearest digits, {count} is a {most}",
        "of the {total} nearest digits, {count} are {most}s",
        count,
    ).format(total=total, count=count, most=most)
    if most == label:
        return near
    if not own:
        return _("{near}, none is a {label}").format(near=near, label=label)
    return ngettext("{near}, {own} is a {label}", "{near}, {own} are {label}s", own).format(
        near=near, own=own, label=label
    )


def labelled(number: int, label: int) -> str:
    """A drawing of the collection and its label, where somebody decides about it."""
    return _("Drawing {number}, labelled {label}").format(number=number, label=label)


def keep(label: int) -> str:
    """The choice to confirm a label."""
    return _("keep {label}").format(label=label)


def change(label: int) -> str:
    """The choice of another label."""
    return _("it is not a digit") if label == NOT_A_DIGIT else _("change to {label}").format(label=label)


def leave_out() -> str:
    """The choice not to teach a drawing."""
    return _("leave it out")


def teach(model: str, left_out: int) -> str:
    """On the button that begins to teach a model after all decisions."""
    if not left_out:
        return _("Teach {model}").format(model=model)
    return ngettext("Teach {model} without {count} drawing", "Teach {model} without {count} drawings", left_out).format(
        model=model, count=left_out
    )


def too_few(remaining: int) -> str:
    """Why a model cannot be taught without the drawings that are left out."""
    return _("Without these, {remaining} drawings with a label remain; it takes {least}.").format(
        remaining=remaining, least=TEACHABLE
    )


def left_out_too(count: int) -> str:
    """How many more drawings with disputed labels there are than a page shows."""
    return ngettext(
        "{count} more is left out, too, and can be decided next time.",
        "{count} more are left out, too, and can be decided next time.",
        count,
    ).format(count=count)


def told(check: Check, *, are_taught: bool) -> str:
    """On the command line: which labels are disputed, at least one, and what becomes of these drawings."""
    numbers = ", ".join(map(str, check.numbers))
    if are_taught:
        done = _("They are taught all the same: {numbers}.")
    else:
        done = _("They are left out: {numbers}. The Retrain page shows them; --keep-disputed teaches them as they are.")
    return f"{disputed(check)} {done.format(numbers=numbers)}"


def _in_full(one: Mapping[str, Any]) -> str:
    return answers.in_full(one["digit"], one["confidence"], is_digit=one["is_digit"])
