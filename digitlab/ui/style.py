"""The look of every page: one style sheet, one icon."""

from pathlib import Path

import streamlit as st

# A file, because Streamlit fetches named icons from the internet for the browser's tab.
ICON = str(Path(__file__).with_name("icon.png"))
_SHEET = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the style sheet into the page; call once per run of `app.py`."""
    st.html(_SHEET)
    # Dialogs stand outside the element that Streamlit marks as dark; the colours of the sheet must reach them as well.
    if st.context.theme.type:
        st.html(f"<style>:root {{ color-scheme: {st.context.theme.type}; }}</style>")
