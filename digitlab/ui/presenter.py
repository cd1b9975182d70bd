"""Who is asking: the session's visitor told to `access`, and the slim line where the presenter's password is given."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from digitlab import settings
from digitlab.access import Guard, Visitor
from digitlab.errors import DigitlabError


def require(action: str) -> None:
    """To be called right before a presenter-only action; what it refuses and allows is logged.

    Args:
        action: in the infinitive, such as "retrain".

    Raises:
        NotAllowed: the session is no presenter's.
    """
    _guard().require(visitor(), action)


def attempt(action: str, change: Callable[[], object]) -> str | None:
    """Do what only presenters may; None, or in words why it was not done.

    Args:
        action: as `require`.
        change: what to do.
    """
    try:
        require(action)
        change()
    except (DigitlabError, OSError) as error:
        return str(error)
    return None


def is_presenter() -> bool:
    """Whether this session may do what only presenters may."""
    return _guard().is_presenter(visitor())


def visitor() -> Visitor:
    """Who this session is, by the request that opened its connection."""
    run = get_script_run_ctx()
    headers = {name: st.context.headers[name] for name in st.context.headers}
    # Streamlit says None for this machine, and also once the connection is gone; then there are no headers either.
    address = st.context.ip_address or ("127.0.0.1" if headers else None)
    return Visitor(run.session_id if run else "", address, headers)


def door() -> None:
    """One slim line on pages where something can be changed: why not now, and where to give the password."""
    guard = _guard()
    if said := st.session_state.pop("_presenter_said", None):
        st.toast(said, icon=":material/lock:")
    if is_presenter():
        if guard.has_password:
            st.button("Lock again", icon=":material/lock_open:", type="tertiary", on_click=_lock, key="presenter_lock")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="presenter_door"):
        st.caption(f"Read-only for you. {guard.remedy()}", width="content")
        if guard.has_password:
            with (
                st.popover("Presenter", icon=":material/lock:", type="tertiary"),
                st.form("presenter", clear_on_submit=True, border=False),
            ):
                st.text_input("Password", type="password", key="presenter_password")
                st.form_submit_button("Unlock", on_click=_unlock)


def _unlock() -> None:
    try:
        right = _guard().unlock(visitor(), st.session_state.get("presenter_password", ""))
        st.session_state["_presenter_said"] = None if right else "That is not the password."
    except DigitlabError as error:
        st.session_state["_presenter_said"] = str(error)


def _lock() -> None:
    _guard().lock(visitor())


def _guard() -> Guard:
    return _guard_of(settings.load().password, st.get_option("server.address"))


@functools.lru_cache(maxsize=4)
def _guard_of(secret: str | None, listens_on: str | None) -> Guard:
    return Guard(secret, listens_on)
