"""The look of every page: one style sheet, one icon."""

from pathlib import Path

import streamlit as st

# A file, because Streamlit fetches named icons from the internet for the browser's tab.
ICON = str(Path(__file__).with_name("icon.png"))
_SHEET = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the style sheet into the page; call once per run of `app.py`."""
    st.html(_SHEET)
