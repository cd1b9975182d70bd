"""The part "For and against": an attribution map for each model, for its answer or for any other digit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from digitlab.serving import Classifier
from digitlab.ui import choice
from digitlab.ui.draw import asked, overlays
from digitlab.wording import explanations
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

ANSWER = N_("its answer")


def show(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    """Show the models' maps over the ink, with a legend and a choice of the digit that they are about."""
    asked_for = choice.one_of(
        _("What speaks for …"), [ANSWER, *map(str, range(10))], default=ANSWER, key="why_digit",
        help=_("Why not 7? Choose the 7: what is pink speaks against it."),
    )  # fmt: skip
    st.html(figures(pixels, models, None if asked_for == ANSWER else int(asked_for)))
    st.caption(
        _(
            "Each patch of 4 × 4 pixels was erased, one at a time. Where that makes the digit less likely, the ink "
            "speaks for it; where it makes it likelier, against it."
        )
    )


def figures(pixels: np.ndarray, models: Sequence[Classifier], about: int | None = None) -> str:
    """The models' maps as HTML.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        models: the models that answered.
        about: the digit that the maps are about; None for each model's answer.
    """
    made = []
    for model in models:
        answer = int(model.answer_one(pixels).probabilities[0].argmax())
        digit = answer if about is None else about
        made.append(_figure(model, pixels, asked.maps(model, pixels)[digit], digit, answer))
    return f'<div class="looks">{"".join(made)}</div>'


def _figure(model: Classifier, pixels: np.ndarray, digit_map: np.ndarray, digit: int, answer: int) -> str:
    title = explanations.speaks_for(model.name, digit, answer)
    picture = overlays.attribution(pixels, digit_map, explanations.strongest_ink(title, digit_map))
    against, in_favour = explanations.scale(digit)
    return (
        f'<figure class="look">{picture}<figcaption><b>{escape(title)}</b>'
        f'<span class="scale"><i></i><span>{against}</span><span>{in_favour}</span>'
        f"</span>{explanations.full_colour(digit, digit_map)}</figcaption></figure>"
    )
