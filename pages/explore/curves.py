"""The Curves page: training curves of any models in one figure."""

import streamlit as st

from digitlab.analysis import history
from digitlab.charts import training as charts
from digitlab.models import store
from digitlab.ui import boundary, choice, style
from digitlab.wording import history as words

st.title("Training curves")
st.html(
    '<p class="lead">How each model learned, epoch by epoch. Where training loss goes on falling and validation loss '
    "does not, it learns its training digits by heart.</p>"
)

names = store.names()
chosen = st.multiselect("Models", names, default=names[:2], key="models", bind="query-params")
with st.container(horizontal=True, gap="medium"):
    quantity = choice.one_of("Quantity", ["loss", "accuracy"], default="loss", key="quantity")
    axis = choice.one_of("Against", ["epoch", "seconds"], default="epoch", key="against")
    scale = choice.one_of("Scale", ["linear", "log"], default="log", key="scale")
if not chosen:
    st.info("Choose one model or more.")
    st.stop()

histories = {}
for name in chosen:
    with boundary.in_place(st.warning):
        histories[name] = history.read(store.read(name).run)
if not histories:
    st.stop()
figure = charts.curves(histories, quantity, by_seconds=axis == "seconds", log=scale == "log")
st.plotly_chart(
    style.themed(figure),
    key="curves",
    alt=f"{quantity} of {', '.join(histories)} on training and on validation digits, by {axis}",
)
for name, read in histories.items():
    st.markdown(f"**{name}.** {words.explain(read)}")
st.caption("Dotted: training digits. Solid: validation digits. Star: the epoch whose weights were kept.")
