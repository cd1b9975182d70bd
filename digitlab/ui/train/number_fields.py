"""Fields for numbers that say what is wrong with what was typed, so that nothing starts with another value.

Streamlit's `number_input` turns red for a number out of range, but keeps that from the server, which goes on with the
number before it. So these are fields for text.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import streamlit as st

from digitlab import language
from digitlab.networks import short
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral

Number = TypeVar("Number", int, float)

LONGEST = 20  # characters of what was typed that a sentence repeats


def shown(number: float) -> str:
    """A number as people type it who read the page's language."""
    return numeral(short(number))


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
            st.session_state[key] = shown(value)  # a preset may know better by now
        typed = st.text_input(
            label, key=key, help=help, persist_state="session", on_change=_remember, args=(key,)
        ).strip()  # fmt: skip
        with suppress(ValueError):
            # Who writes numbers with a comma may type one.
            number = kind(typed if kind is int or language.separators()[0] == "." else typed.replace(",", "."))
            if least <= number <= most:
                return number
        bounds = {"least": shown(least), "most": shown(most)}
        if not typed and kind is int:
            problem = _("{field} must be a whole number from {least} to {most}, the field is empty.")
        elif not typed:
            problem = _("{field} must be a number from {least} to {most}, the field is empty.")
        elif kind is int:
            problem = _("{field} must be a whole number from {least} to {most}, got {typed}.")
        else:
            problem = _("{field} must be a number from {least} to {most}, got {typed}.")
        self.problems.append(problem.format(field=label, typed=repr(typed[:LONGEST]), **bounds))
        allowed = _("From {least} to {most}").format(**bounds)
        st.markdown(f":small[:red[{allowed}]]")
        return value
