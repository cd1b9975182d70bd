"""Labels of the room's drawings that the models dispute, and what somebody decides about them."""

from __future__ import annotations

from collections import Counter

from digitlab import collection
from digitlab.explain.labels import Check, Disputed
from digitlab.wording import answers
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


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
        said = _("all {total} nearest digits are labelled {most}")
    elif most == label:
        said = _("among the {total} nearest digits: {count} labelled {most}")
    elif not own:
        said = _("among the {total} nearest digits: {count} labelled {most}, none labelled {label}")
    else:
        said = _("among the {total} nearest digits: {count} labelled {most}, {own} labelled {label}")
    return said.format(total=total, count=count, most=most, own=own, label=label)


def labelled(number: int, label: int) -> str:
    """A drawing of the collection and its label, where somebody decides about it."""
    return _("Drawing {number}, labelled {label}").format(number=number, label=label)


def keep(label: int) -> str:
    """The choice to confirm a label."""
    return _("keep {label}").format(label=label)


def change(label: int) -> str:
    """The choice of another label."""
    return _("it is not a digit") if label == collection.NOT_A_DIGIT else _("change to {label}").format(label=label)


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
        remaining=remaining, least=collection.TEACHABLE
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
