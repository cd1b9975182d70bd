"""MNIST in words: how often digits and pixel values occur, what their averages show, what a model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digitlab.analysis.dataset import SIDE, SPLITS, Summary, row_inputs
from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext, numeral


def leads() -> dict[str, str]:
    """The introduction of each section of the page, by the section's name."""
    return {
        "Splits": gettext("One part to learn from, one to choose by, one to report on. No digit is in two of them."),
        "Examples": gettext("64 digits at random, and how a model reads them: ✓ right, ✗ wrong."),
        "Averages": gettext("What all examples of a digit have in common, and where they differ."),
        "One digit": gettext("To a computer this is 784 numbers; a dense network gets them as one long row."),
    }


def overview(summaries: Mapping[str, Summary]) -> list[dict[str, str]]:
    """The splits as rows of a table, those that are not at hand included.

    Args:
        summaries: of the splits at hand, by name.
    """
    purposes = {
        "train": gettext("to learn from"),
        "validation": gettext("to choose models by"),
        "test": gettext("to report on, once"),
    }

    def exactly(name: str, value: int) -> str:
        return _percent(summaries[name].pixels, value) if name in summaries else gettext("not here")

    return [
        {
            gettext("Split"): gettext(name),
            gettext("Digits"): numeral(count, ","),
            gettext("Shape"): f"({count}, {SIDE}, {SIDE})",
            gettext("Type"): "uint8",
            gettext("Range"): gettext("0 to 255"),
            gettext("Exactly 0"): exactly(name, 0),
            gettext("Exactly 255"): exactly(name, 255),
            gettext("What for"): purposes[name],
        }
        for name, count in SPLITS.items()
    ]


def _percent(counts: np.ndarray, value: int) -> str:
    return numeral(counts[value] / counts.sum(), ".1%")


def digits_by_class() -> str:
    """Heading of the chart of `classes`."""
    return gettext("How often each digit occurs")


def pixels_by_value() -> str:
    """Heading of the chart of `pixels`."""
    return gettext("How often each pixel value occurs")


def classes(summaries: Mapping[str, Summary]) -> str:
    """How evenly the ten digits occur in the largest of some splits."""
    name = max(summaries, key=lambda split: summaries[split].classes.sum())
    counts = summaries[name].classes
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] == counts[least]:
        return gettext(
            "Among the {digits}, each occurs {count:,} times: always guessing the same digit would be right for 10% of "
            "them."
        ).format(digits=parts.digits_of(name), count=counts[0])
    return gettext(
        "Among the {digits}, {most} is the most frequent ({most_count:,}) and {least} the rarest ({least_count:,}): "
        "always guessing {most} would be right for {share} of them."
    ).format(
        digits=parts.digits_of(name), most=most, most_count=counts[most], least=least, least_count=counts[least],
        share=_percent(counts, most),
    )  # fmt: skip


def pixels(summaries: Mapping[str, Summary]) -> str:
    """How much of the pictures of some splits is background and how much is full ink."""
    counts = np.sum([split.pixels for split in summaries.values()], axis=0)
    return gettext(
        "{background} of all pixels are exactly 0, background. {ink} are exactly 255, full ink. "
        "The other {between:.1%} lie between: the strokes, and their soft edges."
    ).format(
        background=_percent(counts, 0), ink=_percent(counts, 255), between=counts[1:255].sum() / counts.sum()
    )  # fmt: skip


def averages(summary: Summary) -> list[tuple[str, str, list[str]]]:
    """Title, meaning and ten captions for each of `Summary.pictures`."""

    def numbered(distances: np.ndarray) -> list[str]:
        return [f"{digit}: {numeral(distance, '.1f')}" for digit, distance in enumerate(distances)]

    return [
        (
            gettext("Average"),
            gettext("All examples of a digit laid over each other."),
            [str(digit) for digit in range(10)],
        ),
        (
            gettext("Variation"),
            gettext(
                "White where some examples have ink and some have none. The number says how far an example lies from "
                "the average: subtract the two pixel by pixel (0 to 1), square, add up, take the root."
            ),
            numbered(summary.spreads),
        ),
        (
            gettext("Most typical"),
            gettext("The example nearest to the average."),
            numbered(summary.typical_distances),
        ),
        (gettext("Most unusual"), gettext("The example farthest from it."), numbered(summary.unusual_distances)),
    ]


def score(model: str, right: int, count: int, *, may_know: bool) -> str:
    """How many of some digits a model reads right, as Markdown, with a warning if it may have trained on them."""
    if may_know:
        said = gettext(
            "**{model}** reads **{right} of {count}** right. It may know these from its training: judge it by others."
        )
    else:
        said = gettext("**{model}** reads **{right} of {count}** right.")
    return said.format(model=model, right=right, count=count)


def may_know(models: Sequence[str]) -> str:
    """A warning that some models may have trained on a digit."""
    return ngettext(  # the same in English, whose verb does not change
        "{models} may know this digit from training: judge by others.",
        "{models} may know this digit from training: judge by others.",
        len(models),
    ).format(models=parts.names(models))


def flattening(label: int, row: int) -> str:
    """Which inputs a row's pixels become, as Markdown, and what the digit is."""
    first, last = row_inputs(row)
    return gettext(
        "Labelled **{label}**. **Row {row} becomes inputs {first} to {last}.** The rows are laid end to end, from the "
        "top one to the bottom one, so pixel (row r, column c) becomes input number {side} · r + c, all counted from "
        "0. Here row {row}, column 5 becomes input {side} · {row} + 5 = {fifth}."
    ).format(label=label, row=row, first=first, last=last, side=SIDE, fifth=first + 5)


def how_to_read_classes(summaries: Mapping[str, Summary]) -> str:
    """How often each digit occurs, by the splits' names."""
    bars = gettext("Each group of bars is a digit, each bar one split. Equally high bars mean: no digit is favoured.")
    name = max(summaries, key=lambda split: summaries[split].classes.sum())
    counts = summaries[name].classes
    even = gettext(
        "Among the {digits}, the highest bar is {ratio:.2f} times the lowest, so a share of all digits says nearly the "
        "same as the mean over the ten."
    )
    uneven = gettext(
        "Among the {digits}, the highest bar is {ratio:.2f} times the lowest: what a model reads badly counts more in "
        "the share of all digits if it is frequent."
    )
    ratio = counts.max() / max(int(counts.min()), 1)
    return parts.sentences(bars, (even if ratio < 1.5 else uneven).format(digits=parts.digits_of(name), ratio=ratio))


def how_to_read_pixels(summaries: Mapping[str, Summary]) -> str:
    """How often each pixel value occurs, by the splits' names."""
    counts = np.sum([split.pixels for split in summaries.values()], axis=0)
    axes = gettext(
        "From the left to the right pixels get brighter. One step upwards means ten times as many, so even small bars "
        "are seen."
    )
    times = gettext(
        "Black is {times:,.0f} times as frequent as all values from 1 to 254 together have on average each."
    ).format(times=counts[0] / max(counts[1:255].mean(), 1e-12))
    return parts.sentences(axes, times)
