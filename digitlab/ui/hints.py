"""Shows what the rules of `analysis/hints.py` have found, small, where it belongs."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from digitlab.analysis.hints import Hint
from digitlab.wording import hints as words


def show(found: Iterable[Hint | None]) -> None:
    """Show the hints among what some rules have found, each in a line of its own."""
    for hint in found:
        if hint is not None:
            st.caption(f":material/lightbulb: {words.said(hint)}")
