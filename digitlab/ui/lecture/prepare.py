"""The parts of the Present page."""

from __future__ import annotations

from html import escape

import streamlit as st

from digitlab.errors import InvalidValue
from digitlab.ui import presenter
from digitlab.ui.lecture import reach, script
from digitlab.wording.parts import inert


def start() -> None:
    """Show the links to the lecture and to its remote control, and whether phones can reach this server."""
    st.html(
        '<p class="start"><a href="lecture" target="_self">Start the lecture</a>'
        '<a href="lecture/remote" target="_blank">Remote control, on your phone</a></p>'
    )
    if alone := reach.problem():
        st.info(f"{alone}\n\n`{reach.COMMAND}`", icon=":material/wifi_off:")
    else:
        st.html(f"<p>Phones draw on <b>{escape(reach.shown(st.context.url or ''))}</b></p>")


def script_editor() -> None:
    """Show the script, which presenters may change."""
    st.markdown("#### Script")
    st.caption(
        "One step a line: a view, what it is to show, and after the colon what the hall reads. "
        f"Views: {', '.join(script.VIEWS)}."
    )
    state = st.session_state
    state.setdefault("script", script.text())
    st.text_area("Script", key="script", height=330, label_visibility="collapsed", max_chars=script.LONGEST)
    try:
        told = f"{len(script.parse(state['script']))} steps"
    except InvalidValue as error:
        told = f":red[{inert(str(error))}]"
    st.caption(told)
    with st.container(horizontal=True):
        st.button("Save", icon=":material/save:", on_click=_save, key="save_script", disabled=told.startswith(":red"))
        st.button("Bring back the one that ships", on_click=_restore, key="restore_script", type="tertiary")


def _save() -> None:
    given = st.session_state["script"]
    problem = presenter.attempt("change the script", lambda: script.save(given))
    st.toast(problem or "Saved.", icon=":material/error:" if problem else ":material/check:")


def _restore() -> None:
    problem = presenter.attempt("change the script", lambda: script.save(""))
    if problem:
        st.toast(problem, icon=":material/error:")
    else:
        st.session_state["script"] = script.text()
