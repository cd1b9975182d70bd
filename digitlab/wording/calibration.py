"""Whether a model's confidence can be trusted, and what it costs to let it say "not sure"."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from digitlab.analysis.calibration import WANTED, Balance, Choice, Reliability, Selective
from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext


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
        certainty=parts.certainty(choice.least),
    )  # fmt: skip


def outcome(choice: Choice) -> str:
    """The outcome of a threshold: how many wrong answers are left, and how many right ones are refused."""
    if not choice.answered:
        return gettext("It refuses all {digits:,} digits.").format(digits=choice.digits)
    wrong = choice.wrong + choice.wrong_refused
    return gettext(
        "Wrong answers left: {left:,} of {wrong:,}. Right answers refused: {refused:,} of {right:,}."
    ).format(left=choice.wrong, wrong=wrong, refused=choice.right_refused, right=choice.digits - wrong)


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


def _about_reliability() -> str:
    return gettext(
        "All answers with about the same confidence make one point. On the dashed line, a model is right as often as "
        "it says; below it claims too much, above it too little. Larger symbols stand for more answers, and the bars "
        "are 95% intervals: with few answers, chance can move a point far."
    )


def _about_histogram() -> str:
    return gettext(
        "One step on the scale is ten times as many answers. Good confidence keeps the wrong answers away from the "
        "right end."
    )


def _about_trade() -> str:
    return gettext(
        "Refusing the least sure answers trades answers for accuracy; the best curve lies furthest up and to the "
        "right. The figures hold for these digits, on which the limit was also chosen: on new digits, expect a little "
        "less."
    )


def _about_error() -> str:
    return gettext(
        "The expected calibration error is the distance of the points from the dashed line, in percentage points, "
        "weighted by how many answers each stands for. Nearly all answers are surer than 99%, so it is small for "
        "every good model."
    )


def how_to_read_reliability(found: Mapping[str, Reliability]) -> str:
    """Accuracy against confidence, by the models' names."""
    told = []
    for name, bins in found.items():
        if not bins.count.sum():
            continue
        at = int(bins.count.argmax())
        sentence = gettext(
            "The largest symbol of **{model}** stands for {count:,} answers: {confidence} sure on average, "
            "{accuracy:.2%} right."
        )
        told.append(
            sentence.format(
                model=name, count=int(bins.count[at]), accuracy=float(bins.accuracy[at]),
                confidence=parts.certainty(float(bins.confidence[at])),
            )
        )  # fmt: skip
    return parts.sentences(_about_reliability(), *told, _about_error())


def how_to_read_histogram(edges: np.ndarray, counts: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> str:
    """Right and wrong answers by confidence; arguments as for `charts.calibration.histograms`."""
    told = [f"**{name}**: {surest(edges, *counted)}" for name, counted in counts.items()]
    return parts.sentences(_about_histogram(), *told)


def how_to_read_trade(curves: Mapping[str, Selective], choices: Mapping[str, Choice]) -> str:
    """Accuracy against the share answered; arguments as for `charts.calibration.trade`."""
    told = []
    for name, choice in choices.items():
        if not choice.answered:
            continue
        sentence = gettext(
            "At the large symbol **{model}** answers {share:.1%} of the digits and is right on {accuracy:.2%} of "
            "these, instead of on {all:.2%} of all."
        )
        told.append(
            sentence.format(
                model=name, share=choice.share, accuracy=choice.accuracy, all=float(curves[name].accuracy[-1])
            )
        )
    return parts.sentences(_about_trade(), *told)
