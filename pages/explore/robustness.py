"""The Robustness page: curves of how well models withstand distortions, and the digits behind each point."""

import streamlit as st

from digitlab.explain import DISTORTIONS
from digitlab.ui import choice, models
from digitlab.ui.explore import robustness

st.title("Robustness")
st.html('<p class="lead">1,000 held-out digits, distorted more and more: click a point to see the ones it costs.</p>')

names = models.existing()
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.multiselect("Models", names, default=names[:2], key="models", bind="query-params", width=300)
    quantity = choice.one_of("Curves of", robustness.QUANTITIES, default=robustness.QUANTITIES[0], key="quantity")
distortion = choice.one_of("Distortion", DISTORTIONS, default=next(iter(DISTORTIONS)), key="distortion")
if not chosen:
    st.info("Choose one model or more.")
    st.stop()
found = robustness.measured(chosen)
if found is None:
    st.stop()
chosen = list(found)

board, words = st.columns([2, 1], gap="medium")
with words:
    with st.container(horizontal=True):
        of, at = robustness.pick_point(chosen, distortion)
    robustness.in_words(found, distortion)
with board:
    robustness.chart(found, distortion, quantity, (of, at))
robustness.behind(found, distortion, of, at)
