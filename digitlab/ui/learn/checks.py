"""The conditions by which a lesson notices that a step is done: named checks, each a question about one kind of fact.

A condition stands in a lesson as a name and arguments, such as `reads digit=3`. To add one, write a function of the
fact as it is now, as it was when the step began (or None), and the arguments, and list it in `CHECKS`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from digitlab.errors import UnreadableLesson
from digitlab.ui.learn import facts
from digitlab.ui.learn.facts import (
    Calibration,
    Cell,
    Collected,
    Compared,
    Digit,
    Drawing,
    Reason,
    Section,
    Split,
    Training,
)
from digitlab.wording.language import gettext as _


@dataclass(frozen=True)
class Check:
    """A question about facts.

    Attributes:
        kind: of the fact, as `facts.PLACEHOLDERS` calls it.
        test: (fact now, fact when the step began or None, **arguments) -> whether the step is done.
        arguments: what a lesson may give, and how its text is read.
    """

    kind: str
    test: Callable[..., bool]
    arguments: Mapping[str, Callable[[str], Any]]


@dataclass(frozen=True)
class Condition:
    """A check with its arguments."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def kind(self) -> str:
        """The kind of fact that it is about."""
        return CHECKS[self.name].kind

    def holds(self, now: Any, then: Any) -> bool:
        """Whether it is met.

        Args:
            now: the fact, or None.
            then: the same when the step began, or None.
        """
        return now is not None and CHECKS[self.name].test(now, then, **dict(self.arguments))


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        UnreadableLesson: there is no such check, or it has other arguments; without the place of the mistake.
    """
    try:
        name, *given = shlex.split(text)
    except ValueError:
        name, given = "", []
    check = CHECKS.get(name)
    if check is None:
        raise UnreadableLesson(
            _("“{found}” is no condition. There are: {known}.").format(found=text, known=", ".join(CHECKS))
        )
    arguments = {}
    for one in given:
        argument, _sign, value = one.partition("=")
        try:
            arguments[argument] = check.arguments[argument](value)
        except (KeyError, ValueError):
            known = ", ".join(f"{known}=…" for known in check.arguments)
            sentence = (
                _("“{found}” is no argument of {name}, which has: {known}.")
                if known
                else _("“{found}” is no argument of {name}, which has none.")
            )
            raise UnreadableLesson(sentence.format(found=one, name=name, known=known)) from None
    return Condition(name, tuple(arguments.items()))


# ---- how arguments are read


def _digit(text: str) -> int:
    if text not in {*"0123456789"}:
        raise ValueError(text)
    return int(text)


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _who(text: str) -> str:
    if text not in ("one", "all"):
        raise ValueError(text)
    return text


# ---- drawings


def reads(now: Drawing, then: Drawing | None, digit: int | None = None) -> bool:
    """A new drawing is read as one digit, by all models alike and without a doubt."""
    said = {one.digit for one in now.answers}
    agree = now.count == 1 and len(said) == 1 and all(one.is_digit for one in now.answers)
    return agree and (digit is None or said == {digit}) and _is_new(now, then)


def moved(now: Drawing, then: Drawing | None, px: float) -> bool:
    """The digit of before is drawn again, so many px of the drawing away from there."""
    if then is None or not reads(now, then) or now.answers[0].digit != then.answers[0].digit:
        return False
    return facts.distance(now, then) >= px


def sure(now: Drawing, then: Drawing | None, least: float) -> bool:
    """A new drawing is read as one digit, with at least this confidence (in %) by every model."""
    return reads(now, then) and min(one.confidence for one in now.answers) >= least / 100


def unsure(now: Drawing, then: Drawing | None, most: float) -> bool:
    """A new drawing is one digit or may be one, and a model has at most this confidence (in %) in its answer."""
    is_one = now.count == 1 and any(one.is_digit for one in now.answers)
    return is_one and min(one.confidence for one in now.answers) <= most / 100 and _is_new(now, then)


def fooled(now: Drawing, then: Drawing | None, most: float) -> bool:
    """Models disagree about a new drawing, one of them doubts it, or has at most this confidence (in %)."""
    if now.count > 1 or not _is_new(now, then):
        return False
    differ = len({one.digit for one in now.answers}) > 1 or not all(one.is_digit for one in now.answers)
    return differ or unsure(now, then, most)


def doubted(now: Drawing, then: Drawing | None) -> bool:
    """A new drawing is taken for no digit, by no model."""
    return now.count == 1 and not any(one.is_digit for one in now.answers) and _is_new(now, then)


def several(now: Drawing, then: Drawing | None, count: int = 2) -> bool:
    """A new drawing is read as at least so many digits."""
    return now.count >= count and _is_new(now, then)


def steps(now: Drawing, _then: Drawing | None) -> bool:
    """The steps from the drawing to its pixels are open."""
    return now.steps


def drawn(now: Drawing, then: Drawing | None) -> bool:
    """There is a new drawing, whatever it is read as."""
    return _is_new(now, then)


def reason(now: Reason, _then: Reason | None, part: str) -> bool:
    """This part of *Why?* is open."""
    return now.part == part


def kept(now: Drawing, _then: Drawing | None, wrong: bool | None = None) -> bool:
    """The reader keeps the drawing; with `wrong`, as something that a model did not read."""
    return now.kept is not None and (wrong is None or wrong == any(one.digit != now.kept for one in now.answers))


def same_answers(now: Drawing, then: Drawing | None, wanted: bool = True) -> bool:
    """The models agree with each other, or not."""
    return (len({one.digit for one in now.answers}) == 1) == wanted


def _is_new(now: Drawing, then: Drawing | None) -> bool:
    return then is None or now.pixels != then.pixels or now.box != then.box


# ---- held-out digits


def cell(now: Cell, then: Cell | None, wrong: bool | None = None) -> bool:
    """Another cell is opened than before; with `wrong=yes` one of mistakes."""
    return now != then and (wrong is None or wrong == (now.true != now.given))


def digit(now: Digit, _then: Digit | None, wrong: str | None = None, sure: float = 0) -> bool:
    """A digit is opened; with `wrong`, one that one model or all of them read wrong, with at least this confidence."""
    bad = [one.digit != now.label and one.confidence >= sure / 100 for one in now.answers]
    return wrong is None or (all(bad) if wrong == "all" else any(bad))


def split(now: Split, _then: Split | None, name: str | None = None, group: str | None = None) -> bool:
    """The page shows these digits, and this group of them."""
    return name in (None, now.split) and group in (None, now.group)


def calibration(now: Calibration, _then: Calibration | None, least: float = 0) -> bool:
    """The Calibration page is open, and models answer only if they are at least so sure (in %)."""
    return now.least >= least


def section(now: Section, _then: Section | None, name: str) -> bool:
    """This part of the Dataset page is open."""
    return now.name == name


def page(now: str, _then: str | None, name: str) -> bool:
    """This page is open."""
    return now == name


# ---- trainings and the collection


def trained(
    now: Training,
    then: float | None,
    rate_from: float = 0,
    rate_to: float = 100,
    digits_to: int = 10**9,
    epochs_from: int = 0,
    accuracy_to: float = 100,
    gap_from: float = -100,
    taught: bool | None = None,
    failed: bool | None = None,
) -> bool:
    """A training that began in this step (at `then`, in seconds since 1970) has ended.

    Its learning rate, digits and epochs are in these ranges, so are its validation accuracy and the gap to the accuracy
    on training digits, both in %.
    """
    if now.state not in ("done", "failed") or (then is not None and now.started_at < then):
        return False
    has_failed = not now.history
    if failed is not None and failed != has_failed:
        return False
    last = now.history[-1] if now.history else {"accuracy": 0.0, "val_accuracy": 0.0}
    return (
        rate_from <= now.learning_rate <= rate_to
        and now.digits <= digits_to
        and len(now.history) >= (0 if has_failed else epochs_from)
        and 100 * last["val_accuracy"] <= accuracy_to
        and 100 * (last["accuracy"] - last["val_accuracy"]) >= gap_from
        and taught in (None, now.is_taught)
    )


def compared(now: Compared, _then: Compared | None, taught: bool = False, better: bool | None = None) -> bool:
    """A challenger waits beside the model in service; with `taught`, one that learned the room's handwriting, and with
    `better`, one that reads more (or not more) of the room's drawings."""
    if now.room_before is None or now.room_after is None:
        return not taught and better is None
    return better is None or better == (now.room_after > now.room_before)


def collected(now: Collected, _then: Collected | None, labelled: int = 0) -> bool:
    """The Collection page is open, with at least so many labelled drawings."""
    return now.labelled >= labelled


CHECKS = {
    "reads": Check("drawing", reads, {"digit": _digit}),
    "moved": Check("drawing", moved, {"px": float}),
    "sure": Check("drawing", sure, {"least": float}),
    "unsure": Check("drawing", unsure, {"most": float}),
    "fooled": Check("drawing", fooled, {"most": float}),
    "doubted": Check("drawing", doubted, {}),
    "several": Check("drawing", several, {"count": int}),
    "steps": Check("drawing", steps, {}),
    "drawn": Check("drawing", drawn, {}),
    "reason": Check("reason", reason, {"part": str}),
    "kept": Check("drawing", kept, {"wrong": _yes}),
    "agree": Check("drawing", same_answers, {"wanted": _yes}),
    "cell": Check("cell", cell, {"wrong": _yes}),
    "digit": Check("digit", digit, {"wrong": _who, "sure": float}),
    "split": Check("split", split, {"name": str, "group": str}),
    "calibration": Check("calibration", calibration, {"least": float}),
    "section": Check("section", section, {"name": str}),
    "page": Check("page", page, {"name": str}),
    "trained": Check("training", trained, {
        "rate_from": float, "rate_to": float, "digits_to": int, "epochs_from": int, "accuracy_to": float,
        "gap_from": float, "taught": _yes, "failed": _yes,
    }),
    "compared": Check("compared", compared, {"taught": _yes, "better": _yes}),
    "collected": Check("collected", collected, {"labelled": int}),
}  # fmt: skip
