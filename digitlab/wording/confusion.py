"""Which digit is taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitlab.analysis.confusion import Pair
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


def cell(counts: np.ndarray, true: int, given: int) -> str:
    """One cell of a (10, 10) matrix: "fours read as fours: 980 of 982, 99.8%"."""
    total, count = counts[true].sum(), int(counts[true, given])
    share = count / max(total, 1)
    if true == given:
        return gettext("{digits} read as {digits}: {count:,} of {total:,}, {share:.1%}").format(
            digits=names()[true], count=count, total=total, share=share
        )
    if count:
        return pair(Pair(true, given, count, share))
    return gettext("a {true} is never taken for a {given}").format(true=true, given=given)


def how_to_read() -> str:
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
