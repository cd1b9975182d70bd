"""What sentences about different subjects have in common: shares, lengths of time, lists."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from digitlab.explain import Distortion
from digitlab.wording.language import gettext, numeral

# Whatever begins a mark of Markdown, of its tables and formulas, or of Streamlit's colours and icons.
_MARKUP = re.compile(r"[\\`*\[\]<>$~&|]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)|^[-+#=]|^\d+[.)]")

NO_BREAK = "\u00a0"  # between a number and its unit

# Where an invisible character keeps an address from becoming a link.
_ADDRESS, _JOINER = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE), "\u2060"


def share(part: float) -> str:
    """A share in [0, 1] as text, to three digits: "12.5%"."""
    return gettext("{percent:.3g}%").format(percent=100 * part)


def measured(distortion: Distortion, value: float) -> str:
    """A value of a distortion with its unit: "38°", "-1.5\u00a0px"."""
    number = numeral(value, f".{distortion.decimals}f")
    return f"{number}{'' if distortion.unit in {'°', '%'} else NO_BREAK}{distortion.unit}".rstrip()


def digits_of(split: str) -> str:
    """The digits of a split, as part of a sentence and without an article: "validation digits"."""
    return {
        "train": gettext("training digits"),
        "validation": gettext("validation digits"),
        "test": gettext("test digits"),
        "room": gettext("digits of the room"),
    }[split]


def digit_of(split: str, number: str) -> str:
    """One digit of a split, likewise: "validation digit 12"."""
    return {
        "train": gettext("training digit {number}"),
        "validation": gettext("validation digit {number}"),
        "test": gettext("test digit {number}"),
        "room": gettext("digit {number} of the room"),
    }[split].format(number=number)


def certainty(confidence: float) -> str:
    """A confidence in [0, 1] in per cent, with enough decimals to distinguish it from 100%."""
    doubt = 1 - confidence
    if doubt < 1e-8:
        return numeral(1, ".0%")
    return numeral(confidence, f".{max(1, math.ceil(-math.log10(doubt)) - 2)}%")


def duration(seconds: float) -> str:
    """A length of time as text."""
    if seconds < 90:
        return gettext("{seconds:.0f} s").format(seconds=seconds)
    return gettext("{minutes:.0f} minutes").format(minutes=seconds / 60)


def names(several: Sequence[str]) -> str:
    """One name or more as a list in a sentence: "a, b and c"."""
    *first, last = several
    return gettext("{names} and {last}").format(names=", ".join(first), last=last) if first else last


def clauses(several: Sequence[str]) -> str:
    """One clause or more as a list in a sentence: "a, b, and c"."""
    *first, last = several
    return gettext("{clauses}, and {last}").format(clauses=", ".join(first), last=last) if first else last


def how_to_read() -> str:
    """What is folded away beside a chart: how to read it."""
    return gettext("How to read this")


def sentences(*several: str) -> str:
    """Several sentences, one after the other, without those that are empty."""
    return " ".join(filter(None, several))


def inert(text: str) -> str:
    """A text that may come from a stranger as Markdown that shows it as it is, in one line: no picture that a browser
    would load, no link, no HTML. Only what stands in `backticks` is code."""
    pieces = re.split("(`[^`]+`)", " ".join(text.split()))
    for at in range(0, len(pieces), 2):
        unlinked = _ADDRESS.sub(_JOINER, pieces[at])
        pieces[at] = _MARKUP.sub(lambda sign: f"{sign[0][:-1]}\\{sign[0][-1]}", unlinked)
    return "".join(pieces)
