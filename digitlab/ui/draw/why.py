"""The explanations below the answers, behind a switch; they cost nothing while it is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.ink import Ink
from digitlab.serving import Classifier, Reading, Verdict
from digitlab.ui import choice
from digitlab.ui.draw import asked, fewest_pixels, inside, looked_at, reminds, what_if
from digitlab.ui.learn import companion
from digitlab.wording import doubts, explanations
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

# Each part is given the drawing's (28, 28) float32 pixels and the models; only the open one is computed.
PARTS: dict[str, Callable[[np.ndarray, Sequence[Classifier]], None]] = {
    N_("For and against"): looked_at.show,
    N_("Distort it"): what_if.show,
    N_("Fewest pixels"): fewest_pixels.show,
    N_("Similar digits"): reminds.show,
    N_("Inside"): inside.show,
}
FORMERLY = {"Looked at": "For and against", "What if": "Distort it", "Reminds it of": "Similar digits"}


def switch() -> bool:
    """Show the switch; return whether it is on."""
    return st.toggle(
        _("Why?"), key="why", bind="query-params", help=_("What the models looked at, and what would flip them")
    )


def show(
    drawing: Ink, reading: Reading, models: Sequence[Classifier], choices: DeltaGenerator, sentence: DeltaGenerator
) -> None:
    """Show why the models answer as they do.

    Args:
        drawing: what was drawn.
        reading: what the models answer.
        models: the models that answered, each of them once.
        choices: the place where the user chooses one of several digits.
        sentence: the place of the reason in a sentence.
    """
    with choices:
        pixels, verdicts = _one_digit(drawing, reading)
    sentence.html(f'<div class="reason">{said(pixels, verdicts, models)}</div>')
    _parts(pixels, models)


def _one_digit(drawing: Ink, reading: Reading) -> tuple[np.ndarray, Mapping[str, Verdict]]:
    """The pixels to be explained and what the models say of them; of several digits, the user chooses."""
    if not reading.is_several:
        return drawing.pixels, reading.whole
    number = st.segmented_control(
        _("Of the drawing"), range(len(drawing.segments) + 1), default=1, required=True, key="why_of",
        format_func=explanations.which, label_visibility="collapsed",
    )  # fmt: skip
    if not number:
        return drawing.pixels, reading.whole
    return drawing.segments[number - 1].pixels, reading.digits[number - 1].verdicts


@st.fragment  # so that a choice made here does not rerun the answers above
def _parts(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    part, place = choice.tab(PARTS, key="part", formerly=FORMERLY)
    with place:
        PARTS[part](pixels, models)
    companion.saw("reason", part, pixels, models, asked.flips)


def said(pixels: np.ndarray, verdicts: Mapping[str, Verdict], models: Sequence[Classifier]) -> str:
    """Who doubts, and the reason of the others in a sentence, as HTML.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        verdicts: what the models say of them, by name.
        models: the models that answered, each of them once.
    """
    return _doubt(verdicts) + reason(pixels, [model for model in models if verdicts[model.name].is_digit])


def reason(pixels: np.ndarray, models: Sequence[Classifier]) -> str:
    """The reason in a sentence, as HTML; empty where no reason was found."""
    sentence = explanations.reason([why for model in models if (why := asked.reason(model, pixels)) is not None])
    return f'<p class="why" role="status">{escape(sentence)}</p>' if sentence else "<p></p>"


def _doubt(verdicts: Mapping[str, Verdict]) -> str:
    """Who doubts what is explained, as HTML; empty where nobody does."""
    words = doubts.explained([name for name, verdict in verdicts.items() if not verdict.is_digit])
    return f'<p class="why" role="status">{escape(words)}</p>' if words else ""
