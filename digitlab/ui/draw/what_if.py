"""The part "Distort it": seven sliders that distort the drawing, with live answers, and where each model flips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab import serving
from digitlab.charts import robustness as charts
from digitlab.explain import DISTORTIONS, Distortion, distort
from digitlab.serving import Classifier
from digitlab.ui import style
from digitlab.ui.draw import asked, cards
from digitlab.wording import explanations
from digitlab.wording import robustness as words
from digitlab.wording.language import gettext as _

ACROSS = 4  # curves in a row


def show(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    """Show the sliders, then the curves."""
    _sliders(pixels, models)
    _curves(pixels, models)


@st.fragment  # so that moving a slider reruns only this function
def _sliders(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    picture, left, right, answers = st.columns([150, 190, 190, 620], gap="medium")
    settings = {}
    left, right = left.container(key="what_if_left"), right.container(key="what_if_right")
    for at, (name, distortion) in enumerate(DISTORTIONS.items()):
        with left if at % 2 == 0 else right:
            settings[name] = _slider(distortion)
    is_neutral = all(value == DISTORTIONS[name].neutral for name, value in settings.items())
    right.button(
        _("As drawn"), icon=":material/restart_alt:", on_click=_reset, disabled=is_neutral, key="what_if_reset"
    )
    distorted = distort(pixels, settings)
    with picture:
        st.html(cards.seen(distorted[0]))
    with answers, st.container(key="what_if_answers"):  # one piece of HTML, so that both answers paint at once
        st.html(f'<div class="duel">{"".join(_card(model, distorted[0]) for model in models)}</div>')


def _card(model: Classifier, pixels: np.ndarray) -> str:
    return cards.answer(model, serving.verdict(model, pixels), timed=False)


def _slider(distortion: Distortion) -> float:
    least, most, neutral, step = (
        _number(distortion, value) for value in (distortion.least, distortion.most, distortion.neutral, distortion.step)
    )
    unit = f" {distortion.unit.replace('%', '%%')}" if distortion.unit else ""
    return st.slider(
        words.distortion(distortion).capitalize(),
        least,
        most,
        neutral,
        step,
        format=f"%.{distortion.decimals}f{unit}",
        key=_key(distortion),
        persist_state="session",
    )


def _number(distortion: Distortion, value: float) -> float:
    """The value in the type of its slider, which Streamlit wants to be one and the same for all its numbers."""
    return float(value) if distortion.decimals else int(value)


def _key(distortion: Distortion) -> str:
    return f"what_if_{distortion.name.replace(' ', '_')}"


def _reset() -> None:
    for distortion in DISTORTIONS.values():
        st.session_state[_key(distortion)] = _number(distortion, distortion.neutral)


def _curves(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    st.markdown(_("**How far each model holds**, one distortion at a time: how sure it stays of its answer."))
    found = {model.name: asked.flips(model, pixels) for model in models}
    families = {model.name: model.run["family"] for model in models}
    columns = [column for _row in range(0, len(DISTORTIONS), ACROSS) for column in st.columns(ACROSS)]
    for column, (name, distortion) in zip(columns, DISTORTIONS.items(), strict=False):
        curves_said = {model: explanations.curve(curves[name]) for model, curves in found.items()}
        title = words.distortion(distortion)
        with column:
            st.markdown(f"**{title.capitalize()}**")
            style.chart(
                charts.one_drawing({model: curves[name] for model, curves in found.items()}, families),
                key=f"curve_{_key(distortion)}",
                alt=f"{title}. " + " ".join(f"{model}: {said}." for model, said in curves_said.items()),
                how=None, has_table=False,
            )  # fmt: skip
            st.caption("  \n".join(f"{model}: {said}" for model, said in curves_said.items()))
    style.how_to_read(explanations.how_to_read_curves(found), key="one_drawing")
