"""In which language a page speaks: the one that its address, its session, a cookie or the browser asks for."""

from __future__ import annotations

from html import escape

import streamlit as st

from digitlab import language
from digitlab.access import languages
from digitlab.wording.language import gettext as _

_KEPT = "_language"
# Screen readers choose their voice by it. Streamlit's page says that it is in English.
_TELL = """<script>document.documentElement.lang = "{language}";</script>"""


def begin_run(query: str) -> None:
    """Let a script run speak its visitor's language, which stays the same for the session unless `?lang=` changes it.

    Args:
        query: the query string of the page's address.
    """
    asked = languages.by_query(query) or st.session_state.get(_KEPT)
    chosen = asked or languages.choose(
        None, st.context.cookies, {name.lower(): st.context.headers[name] for name in st.context.headers}
    )
    if chosen != st.session_state.get(_KEPT):
        st.session_state[_KEPT] = chosen
    language.speak(chosen)


def foot() -> None:
    """Show the languages at the foot of the page, each a link to the same page."""
    links = languages.links(st.query_params.to_dict())
    tell = "" if language.current() == "en" else _TELL.format(language=language.current())
    label = escape(_("Language"))
    html = f'<nav class="languages" aria-label="{label}">{links}</nav>{tell}'
    st.html(html, unsafe_allow_javascript=bool(tell))
