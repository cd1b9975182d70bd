"""In which language a page speaks: the one that its address, its session, a cookie or the browser asks for."""

from __future__ import annotations

from html import escape

import streamlit as st

from digitlab import language
from digitlab.access import languages
from digitlab.wording.language import gettext as _

_KEPT = "_language"
# Screen readers choose their voice by the language of the document, which Streamlit's page says is English. And what
# people choose may change the address without this part of the page: links name what it is when somebody comes to them.
_TELL = """<script>(() => {{
  document.documentElement.lang = "{language}";
  const name = ({{ target: link }}) => {{
    if (!link.hreflang) return;
    const to = new URL(location.href);
    to.searchParams.set("{parameter}", link.hreflang);
    link.href = to.search + to.hash;
  }};
  for (const nav of document.querySelectorAll("nav.languages")) nav.onpointerover = nav.onclick = name;
}})()</script>"""


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
    links = languages.links({key: st.query_params.get_all(key) for key in st.query_params})
    tell = _TELL.format(language=language.current(), parameter=languages.PARAMETER)
    label = escape(_("Language"))
    st.html(f'<nav class="languages" aria-label="{label}">{links}</nav>{tell}', unsafe_allow_javascript=True)
