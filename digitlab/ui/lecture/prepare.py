"""The parts of the Present page."""

from __future__ import annotations

from html import escape

import streamlit as st

from digitlab.access import PLAY
from digitlab.errors import InvalidValue
from digitlab.ui import presenter
from digitlab.ui.lecture import reach, script
from digitlab.wording import lecture as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import inert


def start() -> None:
    """Show the links to the lecture and to its remote control, and whether phones can reach this server."""
    base = (st.context.url or "").rpartition("/")[0]
    begin = _("Start the lecture")
    st.html(f'<p class="start"><a href="lecture" target="_self">{begin}</a></p>')
    if alone := reach.problem(base):
        st.info(f"{alone}\n\n`{reach.COMMAND}`", icon=":material/wifi_off:")
        return
    for said, path in (
        (_("The audience draws on"), PLAY), (_("Your phone is a remote control on"), "/lecture/remote"),
    ):  # fmt: skip
        address = reach.address(base, path)
        st.html(f'<p>{said}<br><b><a href="{escape(address)}">{escape(address.partition("://")[2])}</a></b></p>')


def script_editor() -> None:
    """Show the script, which presenters may change."""
    state = st.session_state
    state.setdefault("script", script.text())
    with st.container(horizontal=True, vertical_alignment="center"):
        title = _("Script")
        st.markdown(f"## {title}", width="stretch")
        try:
            told = words.steps(len(script.parse(state["script"])))
            is_wrong = False
        except InvalidValue as error:
            told, is_wrong = f":red[{inert(str(error))}]", True
        st.button(_("Fetch the one that ships"), on_click=_restore, key="restore_script", type="tertiary")
        st.button(_("Save"), icon=":material/save:", on_click=_save, key="save_script", disabled=is_wrong)
    st.markdown(told)
    st.text_area(_("Script"), key="script", height=380, label_visibility="collapsed", max_chars=script.LONGEST)


def _save() -> None:
    given = st.session_state["script"]
    problem = presenter.attempt(N_("change the script"), lambda: script.save(given))
    st.toast(problem or _("Saved."), icon=":material/error:" if problem else ":material/check:")


def _restore() -> None:
    st.session_state["script"] = script.shipped()
