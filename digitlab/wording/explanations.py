"""Why a model answers as it does, and what would change its answer."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from digitlab.explain.counterfactual import MOST_PIXELS, Counterfactual
from digitlab.explain.curves import Curve
from digitlab.explain.index import Index
from digitlab.explain.nearest import Neighbour
from digitlab.explain.reasons import Part, Reason
from digitlab.explain.summary import Explanation
from digitlab.wording import answers, doubts, parts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral

MOST_TIMES = 1e6  # larger factors mean nothing to anyone, so they are not spelled out


def reason(reasons: Sequence[Reason]) -> str | None:
    """One sentence for all models if they share their reason, else one for each; None if there is no reason."""
    if not reasons:
        return None
    first, *others = reasons
    if not others or any(_without_model(reason) != _without_model(first) or not reason.flips for reason in reasons):
        return " ".join(_reason(reason) for reason in reasons)
    least = min(reason.confidence for reason in reasons)
    amount = _amount(least)
    if any(_amount(reason.confidence) != amount for reason in reasons):
        amount = _("at least {amount}").format(amount=amount)
    sentence = _("Both are {amount} sure of the {digit} because of {part}; without it, both say {other}.")
    return sentence.format(amount=amount, digit=first.digit, part=part(first.part), other=first.digit_without)


def _without_model(one: Reason) -> tuple[int, Part, int]:
    return one.digit, one.part, one.digit_without


def _reason(one: Reason) -> str:
    sentence = _("The {model} is {amount} sure of the {digit} because of {part}; without it, only {left}.")
    if one.flips:
        sentence = _("The {model} is {amount} sure of the {digit} because of {part}; without it, it says {other}.")
    return sentence.format(
        model=one.name.upper(), amount=_amount(one.confidence), digit=one.digit, part=part(one.part),
        other=one.digit_without, left=numeral(one.confidence_without, ".0%"),
    )  # fmt: skip


def _amount(confidence: float) -> str:
    if confidence < 0.995:
        return numeral(confidence, ".0%")
    return _("over {amount}").format(amount=numeral(0.99, ".0%"))


def part(of: Part) -> str:
    """A part of the ink, such as "the bar at the top"."""
    sentence = {
        "bar": _("the bar {place}"),
        "upright": _("the upright stroke {place}"),
        "slanted": _("the slanted stroke {place}"),
        "ink": _("the ink {place}"),
    }[of.shape]
    place = {
        ("top", "left"): _("at the top left"),
        ("top", None): _("at the top"),
        ("top", "right"): _("at the top right"),
        (None, "left"): _("on the left"),
        (None, None): _("in the middle"),
        (None, "right"): _("on the right"),
        ("bottom", "left"): _("at the bottom left"),
        ("bottom", None): _("at the bottom"),
        ("bottom", "right"): _("at the bottom right"),
    }[of.row, of.column]
    return sentence.format(place=place)


# ---- what would change the answer


def curve(of: Curve) -> str:
    """Where the answer stays the same and what replaces it: "4, at -66° it flips to 5, at 51° it flips to 9"."""
    text, flips = functools.partial(parts.measured, of.distortion), of.nearest_flips()
    if not flips:
        sentence = _("{digit} from {least} to {most}")
        return sentence.format(digit=of.digit, least=text(of.values[0]), most=text(of.values[-1]))
    first, last = flips[0], flips[-1]
    sentence = _("{digit}, at {value} it flips to {other}")
    if len(flips) > 1:
        sentence = _("{digit}, at {value} it flips to {other}, at {last_value} it flips to {last_other}")
    return sentence.format(
        digit=of.digit, value=text(first.value), other=first.after, last_value=text(last.value), last_other=last.after
    )


def fewest_pixels(found: Counterfactual | None) -> str:
    """The smallest change that flips an answer."""
    if found is None:
        return _("No {count} pixels were found that change its answer.").format(count=MOST_PIXELS)
    sentence = ngettext(
        "With {count} pixel changed, it says {after} instead of {before}.",
        "With {count} pixels changed, it says {after} instead of {before}.",
        found.count,
    )
    return sentence.format(count=found.count, after=found.after, before=found.before)


def which(number: int) -> str:
    """The choice of what is explained of a drawing of several digits: one of them, or with 0 all of it."""
    return _("digit {number}").format(number=number) if number else _("all of it")


# ---- what speaks for and against a digit, and what it reminds of


def speaks_for(name: str, digit: int, answer: int) -> str:
    """The title of a model's attribution map of a digit."""
    sentence = _("{model}: what speaks for {digit}")
    if digit != answer:
        sentence = _("{model}: what speaks for {digit} (it says {answer})")
    return sentence.format(model=name.upper(), digit=digit, answer=answer)


def strongest_ink(title: str, digit_map: np.ndarray) -> str:
    """An attribution map for screen readers, after its title."""
    row, column = _place(np.abs(digit_map))
    sentence = _("{title}: most of all the ink around row {row}, column {column}, without which its odds rise")
    if digit_map[row - 1, column - 1] > 0:
        sentence = _("{title}: most of all the ink around row {row}, column {column}, without which its odds fall")
    return sentence.format(title=title, row=row, column=column)


def full_colour(digit: int, digit_map: np.ndarray) -> str:
    """What the full colour of an attribution map means."""
    strongest = float(digit_map.ravel()[np.abs(digit_map).argmax()])
    times = _("over a million")
    if abs(strongest) < math.log(MOST_TIMES):
        times = numeral(float(f"{math.exp(abs(strongest)):.2g}"), ",.6g")
    sentence = _("Full colour: without this ink, the odds of {digit} rise by a factor of {times}.")
    if strongest > 0:
        sentence = _("Full colour: without this ink, the odds of {digit} fall by a factor of {times}.")
    return sentence.format(digit=digit, times=times)


def scale(digit: int) -> tuple[str, str]:
    """The two ends of an attribution map's scale."""
    return _("against {digit}").format(digit=digit), _("for {digit}").format(digit=digit)


def _place(values: np.ndarray) -> tuple[int, int]:
    """Row and column of the largest value, counted from 1."""
    row, column = np.unravel_index(values.argmax(), values.shape)
    return int(row) + 1, int(column) + 1


def reminds(neighbours: Sequence[Neighbour]) -> str:
    """Which digits are nearest to a drawing, the most frequent first."""
    labels = Counter(neighbour.label for neighbour in neighbours).most_common()
    if len(labels) == 1:
        ((label, _count),) = labels
        return _("the {total} nearest are all labelled {label}").format(total=len(neighbours), label=label)
    counts = ", ".join(_("{count} labelled {label}").format(count=some, label=other) for other, some in labels)
    return _("among the {total} nearest: {counts}").format(total=len(neighbours), counts=counts)


def among(index: Index, *, is_going_on: bool) -> str:
    """Which digits the nearest were looked for among, and whether more are being prepared."""
    if index.split == "train":
        sentence = _("The nearest first, among {count:,} training digits, by distance in its last hidden layer.")
        return sentence.format(count=len(index))
    shipped = _(
        "The nearest first, among the {count:,} digits that ship with digitlab, by distance in its last hidden layer."
    ).format(count=len(index))
    if not is_going_on:
        return shipped
    return " ".join([shipped, _("The 55,000 training digits are being prepared; they will appear here.")])


def no_neighbours(name: str, *, is_going_on: bool) -> str:
    """Why a model has no nearest digits yet."""
    if is_going_on:
        return _("It is looking at the digits that ship with digitlab. One moment.")
    sentence = _("Nothing could be prepared. In a terminal, `python -m digitlab neighbours {model}` says why.")
    return sentence.format(model=name)


# ---- on the command line


def lines(of: Explanation) -> list[str]:
    """Everything that explains an answer, as lines of text."""
    verdict = of.verdict
    said = answers.in_full(verdict.digit, verdict.confidence, is_digit=verdict.is_digit)
    told = [said if verdict.doubt is None else f"{said}  {doubts.reason(verdict.doubt)}"]
    if verdict.doubt is not None:
        told.append(doubts.explained_line())
    if of.reason is not None:
        told.append(_reason(of.reason))
    for speaks, sentence in (
        (of.attribution, _("most for {digit}: the ink around row {row}, column {column}")),
        (-of.attribution, _("most against {digit}: the ink around row {row}, column {column}")),
    ):
        if speaks.max() > 0:
            row, column = _place(speaks)
            told.append(sentence.format(digit=of.digit, row=row, column=column))
    told += [f"{_(name)}: {curve(one)}" for name, one in of.curves.items()]
    near = _("a {label} ({digit})")
    labels = ", ".join(
        near.format(label=neighbour.label, digit=parts.digit_of(neighbour.split, str(neighbour.index)))
        for neighbour in of.nearest
    )
    return [*told, _("nearest: {digits}").format(digits=labels)]


def how_to_read_curves(found: Mapping[str, Mapping[str, Curve]]) -> str:
    """How sure models stay of their own answer; curves by model and distortion."""
    lines = _(
        "Each chart changes one thing about the drawing; the dotted upright line is the drawing as it is. The higher "
        "a line, the surer the model still is of its own answer, and an arrow with a digit says where it flips to "
        "which."
    )
    told = []
    for name, curves in found.items():
        holds = sum(not curve.flips for curve in curves.values())
        sentence = ngettext(
            "**{model}** keeps to its {digit} throughout {holds} of {count} changes.",
            "**{model}** keeps to its {digit} throughout {holds} of {count} changes.",
            holds,
        )
        digit = next(iter(curves.values())).digit
        told.append(sentence.format(model=name, digit=digit, holds=holds, count=len(curves)))
    return parts.sentences(lines, *told)
