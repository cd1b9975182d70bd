"""The Robustness page: curves of how well models withstand distortions, and the digits behind each point."""

import streamlit as st

from digitlab.explain import DISTORTIONS
from digitlab.ui import choice, models, share
from digitlab.ui.explore import page, robustness
from digitlab.wording.language import gettext as _

top = page.begin(
    _("Robustness"), _("1,000 digits, distorted more and more. Click a point to see the ones read wrong there.")
)
with choice.bar():
    chosen = models.pick_several(models.existing()[:2])
    quantity = choice.one_of(_("Show"), robustness.QUANTITIES, default=robustness.QUANTITIES[0], key="quantity")
    distortion = choice.one_of(_("Distortion"), DISTORTIONS, default=next(iter(DISTORTIONS)), key="distortion")
if not chosen:
    st.info(_("Choose one model or more."))
    st.stop()
found = robustness.measured(chosen)
if found is None:
    st.stop()


@st.fragment  # so that a click reruns only this function
def board() -> None:
    with page.board(1):
        view, opened = page.view(0), page.opened(0)
        with opened, st.container(horizontal=True):
            of, at = robustness.pick_point(list(found), distortion)
        with view:
            robustness.chart(found, distortion, quantity, (of, at))
        with opened:
            robustness.behind(found, distortion, of, at)


board()
robustness.in_words(found, distortion)
with top:
    share.copy_link()
