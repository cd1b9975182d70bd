"""The look of every page: the style sheets, one icon."""

import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io
import streamlit as st

from digitlab import ink
from digitlab.charts.style import on_dark
from digitlab.wording.language import gettext as _

# A file, because Streamlit would fetch a named icon for the browser's tab from the internet.
ICON = str(Path(__file__).with_name("icon.png"))
_SHEETS = [Path(__file__).parent / name for name in ("style.css", "draw/draw.css", "streamlit_inside.css")]


def apply() -> None:
    """Put the style sheets into the page; call once per run of `app.py`."""
    for sheet in _SHEETS:
        st.html(sheet)
    # Dialogs are outside the element that Streamlit marks as dark, and need the colours of the sheet as well.
    scheme = f"color-scheme: {st.context.theme.type};" if st.context.theme.type else ""
    groups = {"understand": _("Understand"), "training": _("Data and training"), "room": _("Room")}
    named = " ".join(f"--{group}: {json.dumps(name, ensure_ascii=False)};" for group, name in groups.items())
    st.html(f"<style>:root {{ --canvas: {ink.CANVAS_PX}px; {scheme} {named} }}</style>")


def themed(figure: go.Figure) -> go.Figure:
    """A Plotly figure in the colours of the page, light or dark."""
    return plotly.io.from_json(on_dark(figure.to_json())) if _is_dark() else figure


def chart(figure: go.Figure, *, key: str, alt: str, **more: Any) -> Any:
    """Show a Plotly figure in the colours of the page, without Plotly's toolbar, which would cover its legend.

    Args:
        figure: the figure.
        key: of the chart in the page.
        alt: what the chart shows, for screen readers.
        more: passed on to `st.plotly_chart`.
    """
    return st.plotly_chart(themed(figure), key=key, alt=alt, config={"displayModeBar": False}, **more)


def themed_vega(specification: dict[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification in the colours of the page, light or dark."""
    return json.loads(on_dark(json.dumps(specification))) if _is_dark() else specification


def _is_dark() -> bool:
    return st.context.theme.type == "dark"
