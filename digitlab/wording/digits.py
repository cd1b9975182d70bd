"""What models say of digits whose label is known."""

from __future__ import annotations

from digitlab.wording.language import gettext


def caption(answer: int, label: int) -> str:
    """A model's answer to a digit in a few characters: "4 ✓" or "4 ✗ is 9"."""
    if answer == label:
        return f"{answer} ✓"
    return gettext("{answer} ✗ is {label}").format(answer=answer, label=label)
