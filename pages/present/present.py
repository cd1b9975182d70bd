"""The Present page: how to give a lecture, whether phones can reach it, and its script."""

import streamlit as st

from digitlab.ui import presenter, share
from digitlab.ui.lecture import prepare
from digitlab.wording.language import gettext as _

share.heading(
    _("Present"),
    _(
        "A lecture fills the projector: join, draw, the wall, games, a training, and who has won. The arrow keys walk "
        "through it, and ? shows the keys."
    ),
)
presenter.door()
left, right = st.columns([1, 2], gap="large")
with left:
    prepare.start()
with right:
    prepare.script_editor()
