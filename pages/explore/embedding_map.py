"""The Embedding map page: a model's learned space as a map of the held-out digits."""

import numpy as np
import streamlit as st

from digitlab.ui import choice, digit_map, models, share
from digitlab.ui.explore import detail, digits, embedding_map, page
from digitlab.wording import digits as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

SHOWN = 300

top = page.begin(
    _("Embedding map"), _("Digits that a model finds alike lie close together. Click one, or draw around some.")
)
with choice.bar():
    names = models.pick_two()
    split = models.split()
    colouring = choice.one_of(_("Colour"), digit_map.COLOURINGS, default=digit_map.COLOURINGS[0], key="colour")
    drag = choice.one_of(
        _("Dragging"), [N_("moves the map"), N_("selects")], default="moves the map", key="drag",
        formerly={"moves": "moves the map", "lassoes": "selects"},
        help=_("A click selects a digit, the wheel zooms, a double click shows the whole map again"),
    )  # fmt: skip
    with st.popover(_("Filters"), icon=":material/filter_list:"):
        layer = choice.one_of(_("Layer"), embedding_map.LAYERS, default=embedding_map.LAYERS[0], key="layer")
        only = st.multiselect(_("True digits"), list(range(10)), key="only", bind="query-params")
        wrong = st.toggle(_("Only mistakes"), key="wrong", bind="query-params", help=_("Of any of the models shown"))
        drawing = embedding_map.drawing()
        mine = st.toggle(
            _("My last drawing"), key="mine", bind="query-params", disabled=drawing is None,
            help=_("What you drew on the Draw page, placed among the digits nearest to it"),
        )  # fmt: skip
held_out = models.read_or_stop(split, *names)
mask = np.isin(held_out.labels, only or range(10))
if wrong:
    mask &= np.any([held_out.answers(name) != held_out.labels for name in names], axis=0)
passing = mask.nonzero()[0]
placed = drawing if mine else None


@st.fragment  # so that a click reruns only this function
def board() -> None:
    with page.board(len(names)):
        for side, name in enumerate(names):
            with page.view(side):
                embedding_map.show(held_out, name, layer, colouring, passing, side, placed, lasso=drag == "selects")
        with page.opened(min(embedding_map.side(), len(names) - 1)):
            chosen = embedding_map.selected(split)
            found = passing[np.isin(held_out.indices[passing], chosen)]
            page.part(words.selected(len(found), len(chosen), SHOWN))
            if len(chosen):
                st.button(_("Select none"), icon=":material/close:", on_click=embedding_map.clear, type="tertiary")
                digits.show(held_out, found[:SHOWN], names, key="selected_digits")
            else:
                st.caption(words.nothing_selected(len(names)))
    detail.show(held_out, names)


board()
with top:
    share.copy_link()
