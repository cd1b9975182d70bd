"""Whether a model's confidence can be trusted, and what it costs to let it say "not sure"."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from digitlab.analysis.calibration import WANTED, Balance, Choice, Selective
from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext, numeral


def balance(found: Balance) -> str:
    """Whether a model is over- or under-confident, by how much and where most."""
    if found.may_be_even:
        verdict = ngettext(
            "Well calibrated, as far as {found.digits:,} digit can tell: {found.confidence:.2%} sure on average, right "
            "on {found.accuracy:.2%}.",
            "Well calibrated, as far as {found.digits:,} digits can tell: {found.confidence:.2%} sure on average, "
            "right on {found.accuracy:.2%}.",
            found.digits,
        )
    elif found.confidence > found.accuracy:
        verdict = gettext(
            "Over-confident by {points:.2f} points: {found.confidence:.2%} sure on average, right on "
            "{found.accuracy:.2%}."
        )
    else:
        verdict = gettext(
            "Under-confident by {points:.2f} points: {found.confidence:.2%} sure on average, right on "
            "{found.accuracy:.2%}."
        )
    if found.may_be_chance:
        furthest = gettext(
            "Furthest off from {found.low:.0%} to {found.high:.0%} sure: of {found.answers:,} answers there, "
            "{found.expected:,.0f} should be right and {found.right:,.0f} are, which may be chance."
        )
    else:
        furthest = gettext(
            "Furthest off from {found.low:.0%} to {found.high:.0%} sure: of {found.answers:,} answers there, "
            "{found.expected:,.0f} should be right and {found.right:,.0f} are."
        )
    points = 100 * abs(found.confidence - found.accuracy)
    return " ".join(sentence.format(found=found, points=points) for sentence in (verdict, furthest))


def reliability() -> str:
    """Heading of the chart of accuracy against confidence."""
    return gettext("Right as often as it is sure?")


def histogram() -> str:
    """Heading of the chart of how many answers there are by confidence."""
    return gettext("Right and wrong answers by confidence")


def not_sure() -> str:
    """Heading of the part where a model may refuse digits."""
    return gettext("If it may answer “not sure”")


def perfect() -> str:
    """The line of a model whose confidence is its accuracy."""
    return gettext("a perfectly calibrated model")


def with_error(model: str, error: float) -> str:
    """A model in the legend, with its expected calibration error in [0, 1]."""
    return gettext("{model}: calibration error {points:.2f} points").format(model=model, points=100 * error)


def on_point() -> str:
    """Beside a point of the chart of accuracy against confidence, as Plotly's template."""
    return gettext("%{customdata[1]:.6~f}% sure, %{y:.2%} right<br>%{customdata[0]:,} answers")


def least(confidence: float) -> str:
    """The lower end of a bin of confidences."""
    return gettext("{percent:.6g}%").format(percent=100 * confidence)


def between(low: float, high: float) -> str:
    """A bin of confidences."""
    return gettext("{low:.6g} to {high:.6g}%").format(low=100 * low, high=100 * high)


def price(curve: Selective, accuracy: float = WANTED) -> str:
    """How many digits a model must refuse to reach a wanted accuracy in [0, 1]."""
    choice = curve.threshold_for(accuracy)
    if choice is None:
        return gettext("No confidence makes its answers {accuracy:.1%} right: mistakes are among its surest.").format(
            accuracy=accuracy
        )
    refused = choice.digits - choice.answered
    if not refused:
        return gettext("It is {accuracy:.1%} right without refusing a digit.").format(accuracy=accuracy)
    return gettext(
        "To be {accuracy:.1%} right, it has to refuse {refused:,} of {digits:,} digits ({share:.1%}): every one it is "
        "less than {certainty} sure of."
    ).format(
        accuracy=accuracy, refused=refused, digits=choice.digits, share=refused / choice.digits,
        certainty=certainty(choice.least),
    )  # fmt: skip


def outcome(choice: Choice) -> str:
    """The outcome of a threshold: how many wrong answers are left, and how many right ones are refused."""
    if not choice.answered:
        return gettext("It refuses all {digits:,} digits.").format(digits=choice.digits)
    wrong = choice.wrong + choice.wrong_refused
    return gettext(
        "Wrong answers left: {left:,} of {wrong:,}. Right answers refused: {refused:,} of {right:,}."
    ).format(left=choice.wrong, wrong=wrong, refused=choice.right_refused, right=choice.digits - wrong)


def certainty(confidence: float) -> str:
    """A confidence in [0, 1] in per cent, with enough decimals to distinguish it from 100%."""
    doubt = 1 - confidence
    if doubt < 1e-8:
        return numeral(1, ".0%")
    return numeral(confidence, f".{max(1, math.ceil(-math.log10(doubt)) - 2)}%")


def surest(edges: np.ndarray, right: np.ndarray, wrong: np.ndarray) -> str:
    """What a histogram shows of one model, for screen readers: how many answers are in the surest bin."""
    return gettext(
        "{right:,} of {all_right:,} right and {wrong:,} of {all_wrong:,} wrong answers are {least:.6g}% sure or more."
    ).format(right=right[-1], all_right=right.sum(), wrong=wrong[-1], all_wrong=wrong.sum(), least=100 * edges[-2])


def left_out(counts: Mapping[str, int]) -> str:
    """How many answers of each model are too unsure for the close-up, by the models' names."""
    answers = [
        ngettext("{count:,} answer of {model}", "{count:,} answers of {model}", count).format(count=count, model=name)
        for name, count in counts.items()
    ]
    return gettext("Less than 90% sure and not in these two charts: {answers}.").format(answers=parts.names(answers))


def how_to_read() -> str:
    """What the page's charts show, as Markdown."""
    return gettext(
        """\
- **Right as often as it is sure?** All answers with about the same confidence make one point. On the dashed line, the
  model is right as often as it says; below the line it claims too much, above it too little. Larger symbols stand for
  more answers. The bars are 95% intervals: with few answers, chance can move a point far.
- **Expected calibration error.** The distance of the points from that line, in percentage points, weighted by how
  many answers each stands for. Nearly all answers are surer than 99%, so it is small for every good model: look at the
  points as well.
- **Right and wrong answers by confidence.** One step on the scale is ten times as many answers. Good confidence keeps
  the wrong answers away from the right end.
- **“Not sure”.** Refusing the least sure answers trades answers for accuracy; the best curve lies furthest up and to
  the right. The figures hold for these digits, on which the limit was also chosen; on new digits, expect a little less.
"""
    )
