"""The Collection page: browse, relabel, delete and export the kept drawings."""

import streamlit as st

from digitlab.ui import boundary, choice, presenter, share
from digitlab.ui.learn import companion
from digitlab.ui.present import collected
from digitlab.wording import room
from digitlab.wording.language import gettext as _

top = share.heading(_("Collection"), _("What this room has drawn and allowed to be kept, and what it really was."))
presenter.door()
with boundary.in_place():
    with choice.bar():
        which = choice.one_of(_("Show"), collected.GROUPS, default="all", key="which", shown=choice.within("drawings"))
        digit = choice.perhaps_one_of(
            _("Labelled"), collected.LABELS, key="labelled", shown=room.label, formerly=collected.FORMERLY
        )
        collected.keeping()
    found = collected.select(which, digit)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"## {room.count(len(found))}")
        if found:
            collected.exports(found)
    if found:
        collected.show(found)
    else:
        st.info(
            _("Nothing here yet. Drawings come from the audience's page: the lecture shows its address as a QR code.")
        )
    companion.saw("collected")
with top:
    share.copy_link()
