"""The Learn page: lessons that are walked in the app itself."""

import streamlit as st

from digitlab.ui import share
from digitlab.ui.learn import listing, panel
from digitlab.wording.language import gettext as _

st.html(panel.SHEET)
top = share.heading(
    _("Learn"), _("Six lessons of ten minutes. Each walks with you through the app and explains what your drawings do.")
)
listing.open_linked()
listing.show()
listing.own()
with top:
    share.copy_link(**listing.opened())
