"""Fields for numbers that say what is wrong with what was typed, so that nothing starts with another value.

Streamlit's `number_input` turns red for a number out of range, but keeps that from the server, which goes on with the
number before it. So these are fields for text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

LONGEST = 20  # characters of what was typed that a sentence repeats


class NumberFields:
    """The fields of one form.

    Attributes:
        problems: one sentence for each field that holds no valid number: expected, found.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def whole(self, label: str, least: int, most: int, value: int, *, key: str, help: str | None = None) -> int:
        """Show a field for a whole number; return that or, where what was typed is none in range, `value`.

        Args:
            label, key, help: of the field.
            least, most: the smallest and largest number allowed.
            value: what the field holds at first.
        """
        return self._field(label, int, "a whole number", least, most, value, key, help)

    def number(
        self, label: str, least: float, most: float, value: float, *, key: str, help: str | None = None
    ) -> float:
        """As `whole`, for numbers with a decimal point."""
        return self._field(label, float, "a number", least, most, value, key, help)

    def _field(
        self, label: str, kind: Callable[[str], Any], named: str, least: float, most: float, value: float, key: str,
        help: str | None,
    ) -> Any:  # fmt: skip
        typed = st.text_input(label, text(value), key=key, help=help).strip()
        try:
            number = kind(typed)
            if least <= number <= most:
                return number
        except ValueError:
            pass
        found = f"got {typed[:LONGEST]!r}" if typed else "the field is empty"
        self.problems.append(f"{label} must be {named} from {text(least)} to {text(most)}, {found}.")
        st.markdown(f":small[:red[From {text(least)} to {text(most)}]]")
        return value


def text(number: float) -> str:
    """A number as people type it: 0.001, 1e-08, 55000."""
    return str(number) if isinstance(number, int) else f"{number:.12g}"
