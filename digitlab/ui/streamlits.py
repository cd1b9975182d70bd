"""Streamlit's own words in the reader's language: it has them in English only, and `streamlits.js` writes them anew."""

from __future__ import annotations

import functools

import streamlit as st

from digitlab import language
from digitlab.ui import streamlit_inside
from digitlab.ui.component import component
from digitlab.wording import streamlits as words

_component = component(__file__, "streamlits", streamlit_inside.SCRIPT)


def translate() -> None:
    """Translate them on the page that is shown; pages in English need nothing."""
    if language.current() == "en":
        return
    with st.container(key="streamlits"):
        _component(key="streamlits_words", data=_phrases(language.current()))


@functools.cache  # every run of a page needs it
def _phrases(_spoken: str) -> dict[str, str]:
    return words.phrases()
