"""Which digit is taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digitlab.analysis.confusion import Pair, worst_pairs
from digitlab.analysis.held_out import HeldOut
from digitlab.wording import parts
from digitlab.wording.language import gettext, ngettext


def names() -> tuple[str, ...]:
    """What several examples of each digit are called."""
    return (
        gettext("zeros"), gettext("ones"), gettext("twos"), gettext("threes"), gettext("fours"), gettext("fives"),
        gettext("sixes"), gettext("sevens"), gettext("eights"), gettext("nines"),
    )  # fmt: skip


def pair(mistake: Pair) -> str:
    """A mistake: "a 4 taken for a 9: 3 times, 0.3% of all fours"."""
    return ngettext(
        "a {true} taken for a {given}: once, {share:.1%} of all {digits}",
        "a {true} taken for a {given}: {count} times, {share:.1%} of all {digits}",
        mistake.count,
    ).format(
        true=mistake.true, given=mistake.given, count=mistake.count, share=mistake.share, digits=names()[mistake.true]
    )


def pairs(mistakes: Sequence[Pair]) -> str:
    """Several kinds of mistakes as a list, or that there is none."""
    return "; ".join(map(pair, mistakes)) or gettext("no mistake at all")


def worst(model: str, mistakes: Sequence[Pair]) -> str:
    """A model's commonest mistakes, as Markdown."""
    return gettext("**{model}.** Worst: {mistakes}.").format(model=model, mistakes=pairs(mistakes))


def cell(counts: np.ndarray, true: int, given: int) -> str:
    """One cell of a (10, 10) matrix: "fours read as nines: 2 of 982, 0.2%"."""
    total, count = counts[true].sum(), int(counts[true, given])
    return gettext("{digits} read as {answers}: {count:,} of {total:,}, {share:.1%}").format(
        digits=names()[true], answers=names()[given], count=count, total=total, share=count / max(total, 1)
    )


def both(models: Sequence[str], left: np.ndarray, right: np.ndarray, true: int, given: int) -> str:
    """One cell of two models' (10, 10) matrices."""
    return gettext("{digits} read as {answers}: {left:,} by {models[0]}, {right:,} by {models[1]}").format(
        digits=names()[true], answers=names()[given], left=left[true, given], right=right[true, given], models=models
    )


def accuracy(held_out: HeldOut, name: str) -> str:
    """How often a model is right, above its matrix, as Markdown."""
    return gettext("**{model}** is right on {share:.2%} of {count:,} {digits}").format(
        model=name, share=(held_out.answers(name) == held_out.labels).mean(), count=len(held_out.labels),
        digits=parts.digits_of(held_out.split),
    )  # fmt: skip


def name(model: str) -> str:
    """A model's matrix, for screen readers."""
    return gettext("Confusion matrix of {model}").format(model=model)


def difference(left: str, right: str) -> str:
    """The difference between two models' matrices."""
    return gettext("{right} minus {left}").format(left=left, right=right)


def better(left: str, right: str) -> str:
    """What the colours of the difference mean."""
    return gettext("orange where {right} does better, blue where {left} does").format(left=left, right=right)


def more(shown: int) -> str:
    """Below the first digits of a cell: the link to all of them."""
    return gettext("These are the first {shown}. Show all on the Mistakes page").format(shown=shown)


def corner() -> str:
    """In the corner between a matrix's rows and columns."""
    return gettext("true ↓\nanswer →")


def _in_general() -> str:
    """What a confusion matrix shows, as Markdown."""
    return gettext(
        """
Every row is what the digits really are, every column what the model answered. A digit that is read correctly falls on
the diagonal, from the upper left to the lower right; everything beside it is a mistake.

- **Along a row:** what happens to the fours? The few that are not on the diagonal are in the columns of the digits
  they were taken for. The share on the diagonal is the digit's *recall*.
- **Down a column:** when the model says "nine", what was it really? The share on the diagonal is the *precision*.
- **Pairs:** if fours are taken for nines *and* nines for fours, the two look alike to the model. If only one of the two
  happens, the model leans towards one answer.
- **Colours:** a good model has so many digits on the diagonal that you would see nothing else. So the colours cover
  the mistakes only, unless you switch that off.
"""
    )


def how_to_read(counts: Mapping[str, np.ndarray]) -> str:
    """Confusion matrices, (10, 10) by the models' names, true digit by answer."""
    found = []
    for name, matrix in counts.items():
        total, right = int(matrix.sum()), int(np.trace(matrix))
        worst = worst_pairs(matrix, 1)
        if not worst:
            sentence = gettext("**{model}**: all {total:,} digits are on the diagonal.")
            found.append(sentence.format(model=name, total=total))
            continue
        digits = names()
        sentence = gettext(
            "**{model}**: {right:,} of {total:,} digits are on the diagonal. Its largest mistake is {count:,} of the "
            "{digits} read as {answers}; the other way round it is {back:,}."
        )
        found.append(
            sentence.format(
                model=name, right=right, total=total, count=worst[0].count, digits=digits[worst[0].true],
                answers=digits[worst[0].given], back=int(matrix[worst[0].given, worst[0].true]),
            )
        )  # fmt: skip
    return "\n\n".join([parts.sentences(*found), _in_general()])
