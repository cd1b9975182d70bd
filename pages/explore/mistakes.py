"""The Mistakes page: digits that one model or either of two models got wrong."""

import streamlit as st

from digitlab.analysis import mistakes
from digitlab.analysis.mistakes import Filter
from digitlab.charts import exports
from digitlab.ui import boundary, choice, fetch, models
from digitlab.ui.explore import detail, digits, selection
from digitlab.wording import digits as words

PAGE = 300  # tiles at a time

st.title("Mistakes")
st.html('<p class="lead">The digits that models get wrong. Open one to see why, or to change it with the pen.</p>')
fetch.note()

with st.container(horizontal=True, vertical_alignment="bottom"):
    left = models.pick("Left model", "dnn", "left")
    right = models.pick("Right model", "cnn", "right", none="nothing")
    split = models.split()
    chosen_slice = selection.pick_slice()
names = [left] if right in (None, left) else [left, right]
with boundary.or_stop():
    if chosen_slice is not None:
        split = chosen_slice.split
    held_out = models.read(split, *names)
selection.score(held_out)

with st.container(horizontal=True, vertical_alignment="bottom"):
    group = selection.pick_group(held_out, everything=chosen_slice is not None)
    order = choice.one_of(
        "First", mistakes.ORDERS, default="loss", key="order",
        help="Loss: the largest first. Margin: the smallest difference between the two likeliest digits first. "
        "Disagreement: where the two models differ most",
    )  # fmt: skip
with st.container(horizontal=True, vertical_alignment="bottom"):
    label = selection.pick_digit("True digit", "label")
    given = selection.pick_digit("Answer", "given")
    least, most = st.slider(
        f"Confidence of {left}", 0, 100, (0, 100), format="%d%%", key="confidence", bind="query-params", width=260
    )
    contested = st.toggle("Contested labels too", value=True, key="contested", bind="query-params") or split != "test"

places = mistakes.select(held_out, Filter(group, label, given, least / 100, most / 100, contested))
if chosen_slice is not None:
    places = selection.within(held_out, places, chosen_slice)
places = mistakes.sort(held_out, places, order)
pages = max(1, -(-len(places) // PAGE))
if st.session_state.get("page", 1) > pages:
    st.session_state["page"] = pages
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.markdown(f"## {words.pages(len(places), PAGE)}")
    page = 1
    if pages > 1:
        page = st.number_input(f"Page of {pages}", 1, pages, key="page", bind="query-params", width=130)
    selection.save(held_out, places)
    if len(places):
        shown = places[(page - 1) * PAGE : page * PAGE]
        st.download_button(
            "CSV", lambda: exports.selection(held_out, places), file_name=f"{split}-digits.csv", mime="text/csv",
            icon=":material/download:", help="Every selected digit: index, label, answers, confidence, loss",
        )  # fmt: skip
        st.download_button(
            "PNG sheet", lambda: exports.sheet(held_out.images[shown], digits.captions(held_out, shown, names)),
            file_name=f"{split}-digits.png", mime="image/png", icon=":material/download:", help="The digits shown",
        )  # fmt: skip
digits.show(held_out, places[(page - 1) * PAGE : page * PAGE], names, key="mistakes")
detail.show(held_out, names)
