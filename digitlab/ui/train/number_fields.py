"""Fields for numbers that say what is wrong with what was typed, so that nothing starts with another value.

Streamlit's `number_input` turns red for a number out of range, but keeps that from the server, which goes on with the
number before it. So these are fields for text.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import streamlit as st

from digitlab.networks import short

Number = TypeVar("Number", int, float)

LONGEST = 20  # characters of what was typed that a sentence repeats


def _typed(key: str) -> str:
    return f"{key}, typed"


def _remember(key: str) -> None:
    st.session_state[_typed(key)] = True


class NumberFields:
    """The fields of one form.

    Attributes:
        problems: one sentence for each field that holds no valid number: expected, found.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def number(
        self, label: str, kind: type[Number], least: Number, most: Number, value: Number, *, key: str,
        help: str | None = None,
    ) -> Number:  # fmt: skip
        """Show a field for a number; return that or, where what was typed is none in range, `value`.

        Args:
            label, key, help: of the field.
            kind: int for whole numbers, float for others.
            least, most: the smallest and largest number allowed.
            value: what the field holds until somebody types into it; what was typed stays for the session.
        """
        if not st.session_state.get(_typed(key)):
            st.session_state[key] = short(value)  # a preset may know better by now
        typed = st.text_input(
            label, key=key, help=help, persist_state="session", on_change=_remember, args=(key,)
        ).strip()  # fmt: skip
        with suppress(ValueError):
            number = kind(typed)
            if least <= number <= most:
                return number
        named = "a whole number" if kind is int else "a number"
        found = f"got {typed[:LONGEST]!r}" if typed else "the field is empty"
        self.problems.append(f"{label} must be {named} from {short(least)} to {short(most)}, {found}.")
        st.markdown(f":small[:red[From {short(least)} to {short(most)}]]")
        return value
