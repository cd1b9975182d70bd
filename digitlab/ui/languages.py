"""In which language a page speaks: the one that its address, its session, a cookie or the browser asks for."""

from __future__ import annotations

import streamlit as st

from digitlab import language
from digitlab.access import languages

_KEPT = "_language"


def begin_run(query: str) -> None:
    """Let a script run speak its visitor's language, which stays the same for the session unless `?lang=` changes it.

    Args:
        query: the query string of the page's address.
    """
    asked = languages.by_query(query) or st.session_state.get(_KEPT)
    chosen = asked or languages.choose(None, st.context.cookies, {k.lower(): v for k, v in st.context.headers.items()})
    if chosen != st.session_state.get(_KEPT):
        st.session_state[_KEPT] = chosen
    language.speak(chosen)
