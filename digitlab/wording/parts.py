"""What sentences about different subjects have in common: shares, lengths of time, lists."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.wording.language import gettext


def share(part: float) -> str:
    """A share in [0, 1] as text, to three digits: "12.5%"."""
    return f"{100 * part:.3g}%"


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
