"""The explanations below the answers, behind a switch; they cost nothing while it is off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from digitlab.explain import sentence
from digitlab.ink import Ink
from digitlab.serving import Classifier
from digitlab.ui.draw import asked, fewest_pixels, inside, looked_at, reminds, what_if

# Each part is given the drawing's (28, 28) float32 pixels and the models; only the open one is computed.
PARTS: dict[str, Callable[[np.ndarray, Sequence[Classifier]], None]] = {
    "Looked at": looked_at.show,
    "What if": what_if.show,
    "Fewest pixels": fewest_pixels.show,
    "Reminds it of": reminds.show,
    "Inside": inside.show,
}


def show(digit: Ink, models: Sequence[Classifier]) -> None:
    """Show a switch and, while it is on, why the models answer as they do.

    Args:
        digit: the drawing.
        models: the models that answered, each of them once.
    """
    if st.toggle("Why?", key="why", bind="query-params", help="What the models looked at, and what would flip them"):
        _body(digit, models)


@st.fragment  # so that a choice made here does not rerun the answers above
def _body(digit: Ink, models: Sequence[Classifier]) -> None:
    pixels = _one_digit(digit)
    st.html(reason(pixels, models))
    tabs = st.tabs(list(PARTS), key="part", on_change="rerun", bind="query-params")
    for tab, part in zip(tabs, PARTS.values(), strict=True):
        if tab.open:
            with tab:
                part(pixels, models)


def reason(pixels: np.ndarray, models: Sequence[Classifier]) -> str:
    """The reason in a sentence, as HTML; empty where no reason was found."""
    told = sentence.tell([found for model in models if (found := asked.reason(model, pixels)) is not None])
    return f'<p class="why" role="status">{escape(told)}</p>' if told else "<p></p>"


def _one_digit(digit: Ink) -> np.ndarray:
    """The pixels to be explained; where the drawing seems to hold several digits, the user chooses."""
    if not digit.segments:
        return digit.pixels
    choices = ["all of it", *(f"digit {number}" for number in range(1, len(digit.segments) + 1))]
    choice = st.segmented_control("Of the drawing", choices, default=choices[1], required=True, key="why_of")
    return digit.pixels if choice == choices[0] else digit.segments[choices.index(choice) - 1].pixels
