"""The Embedding map page: a model's learned space as a map of the held-out digits."""

import numpy as np
import streamlit as st

from digitlab.ui import boundary, choice, digit_map, fetch, models
from digitlab.ui.explore import detail, digits, embedding_map
from digitlab.wording import digits as words

SHOWN = 300

st.title("Embedding map")
st.html('<p class="lead">What a model finds alike lies close together. Click a digit, or lasso some, to see them.</p>')
fetch.note()

with st.container(horizontal=True, vertical_alignment="bottom"):
    left = models.pick("Left model", "dnn", "left")
    right = models.pick("Right model", "cnn", "right", none="nothing")
    split = models.split()
    layer = choice.one_of("Layer", embedding_map.LAYERS, default=embedding_map.LAYERS[0], key="layer")
    colouring = choice.one_of("Colour", digit_map.COLOURINGS, default=digit_map.COLOURINGS[0], key="colour")
with st.container(horizontal=True, vertical_alignment="bottom"):
    only = st.multiselect("Only digits", list(range(10)), key="only", bind="query-params", width=300)
    drag = choice.one_of(
        "Dragging", ["moves", "lassoes"], default="moves", key="drag",
        help="Moves the map, or lassoes digits. A click selects a digit, the wheel zooms, a double click resets it",
    )  # fmt: skip
    drawing = embedding_map.drawing()
    wrong = st.toggle("Only mistakes", key="wrong", bind="query-params", help="Of any of the models shown")
    mine = st.toggle(
        "My last drawing", key="mine", bind="query-params", disabled=drawing is None,
        help="What you drew on the Draw page, placed among the digits nearest to it",
    )  # fmt: skip

names = [left] if right in (None, left) else [left, right]
with boundary.or_stop():
    held_out = models.read(split, *names)
mask = np.isin(held_out.labels, only or range(10))
if wrong:
    mask &= np.any([held_out.answers(name) != held_out.labels for name in names], axis=0)
passing = mask.nonzero()[0]
placed = drawing if mine else None
places = st.columns(2) if len(names) > 1 else [st.container()]
for place, name, side in zip(places, names, ("left", "right"), strict=False):
    with place:
        embedding_map.show(held_out, name, layer, colouring, passing, f"map_{side}", placed, lasso=drag == "lassoes")

chosen = embedding_map.selected(split)
found = passing[np.isin(held_out.indices[passing], chosen)]
if len(chosen) == 0:
    st.info("Nothing is selected. Click a point, or draw a lasso; both maps then show the same digits.")
else:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {words.selected(len(found), len(chosen), SHOWN)}")
        st.button("Select nothing", icon=":material/close:", on_click=embedding_map.clear)
    digits.show(held_out, found[:SHOWN], names, key="selected_digits")
detail.show(held_out, names)
