"""The Mistakes page: digits that one model or either of two models got wrong."""

import streamlit as st

from digitlab.analysis import hints as rules
from digitlab.analysis import mistakes
from digitlab.charts import exports
from digitlab.ui import choice, hints, models, share
from digitlab.ui.explore import detail, digits, page, selection
from digitlab.ui.learn import companion
from digitlab.wording import digits as words
from digitlab.wording.language import gettext as _

SHOWN = 300  # tiles at a time

top = page.begin(_("Mistakes"), _("The digits that models read wrong. Open one to see why."))
with choice.bar():
    choice.fold()
    names = models.pick_two()
    split = models.split()
    chosen_slice = selection.pick_slice()
    group = selection.pick_group(len(names), everything=chosen_slice is not None)
    order = choice.one_of(
        _("Sort by"), mistakes.ORDERS, default="loss", key="order",
        help=_("Loss: the largest first. Margin: the smallest difference between the two likeliest digits first. "
               "Disagreement: where the two models differ most. Index: as in MNIST"),
    )  # fmt: skip
    wanted = selection.pick_filter(group, names[0])
if chosen_slice is not None:
    split = chosen_slice.split
held_out = models.read_or_stop(split, *names)

places = mistakes.select(held_out, wanted)
if chosen_slice is not None:
    places = selection.within(held_out, places, chosen_slice)
places = mistakes.sort(held_out, places, order)
pages = max(1, -(-len(places) // SHOWN))
if st.session_state.get("page", 1) > pages:
    st.session_state["page"] = pages
with st.container(horizontal=True, vertical_alignment="center"):
    page.part(words.pages(len(places), SHOWN))
    st.caption(words.filters(wanted, names[0]) or words.groups(held_out), width="stretch")
    number = 1
    if pages > 1:
        number = st.number_input(
            _("Page of {pages}").format(pages=pages), 1, pages, key="page", bind="query-params", width=130,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption(_("of {pages} pages").format(pages=pages), width="content")
    selection.save(held_out, places)
    shown = places[(number - 1) * SHOWN : number * SHOWN]
    if len(places):
        st.download_button(
            "CSV", lambda: exports.selection(held_out, places), file_name=f"{split}-digits.csv", mime="text/csv",
            icon=":material/download:", help=_("Every selected digit: index, label, answers, confidence, loss"),
        )  # fmt: skip
        st.download_button(
            "PNG", lambda: exports.sheet(held_out.images[shown], digits.captions(held_out, shown, names)),
            file_name=f"{split}-digits.png", mime="image/png", icon=":material/download:",
            help=_("The digits shown, as one picture"),
        )  # fmt: skip
digits.show(held_out, shown, names, key="mistakes")
for name in names:
    st.markdown(words.score(held_out, name))
    hints.show([rules.too_few(int((held_out.answers(name) == held_out.labels).sum()), len(held_out.labels))])
detail.show(held_out, names)
with top:
    share.copy_link()
companion.saw("split", held_out, names, group)
companion.saw("digit", held_out, names, st.query_params.get("digit"))
