"""The look of every page: one style sheet, one icon."""

import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io
import streamlit as st

from digitlab.charts.style import on_dark

# A file, because Streamlit would fetch a named icon for the browser's tab from the internet.
ICON = str(Path(__file__).with_name("icon.png"))
_SHEET = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the style sheet into the page; call once per run of `app.py`."""
    st.html(_SHEET)
    # Dialogs are outside the element that Streamlit marks as dark, and need the colours of the sheet as well.
    if st.context.theme.type:
        st.html(f"<style>:root {{ color-scheme: {st.context.theme.type}; }}</style>")


def themed(figure: go.Figure) -> go.Figure:
    """A Plotly figure in the colours of the page, light or dark."""
    return plotly.io.from_json(on_dark(figure.to_json())) if _is_dark() else figure


def themed_vega(specification: dict[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification in the colours of the page, light or dark."""
    return json.loads(on_dark(json.dumps(specification))) if _is_dark() else specification


def _is_dark() -> bool:
    return st.context.theme.type == "dark"
