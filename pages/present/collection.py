"""The Collection page: browse, relabel, delete and export the kept drawings."""

import streamlit as st

from digitlab.ui import boundary, choice, presenter, share
from digitlab.ui.present import collected
from digitlab.wording import room

top = share.heading("Collection", "What this room has drawn and allowed to be kept, and what it really was.")
presenter.door()
with boundary.in_place():
    with choice.bar():
        which = choice.one_of("Show", collected.GROUPS, default="all", key="which")
        digit = st.pills("Labelled", collected.LABELS, key="labelled", bind="query-params", format_func=room.label)
        collected.keeping()
    found = collected.select(which, digit)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {len(found):,} drawing{'' if len(found) == 1 else 's'}")
        if found:
            collected.exports(found)
    if found:
        collected.show(found)
    else:
        st.info("Nothing here yet. Drawings come from the audience's page: the lecture shows its address as a QR code.")
with top:
    share.copy_link()
