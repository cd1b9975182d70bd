"""The look of every page: the style sheets, one icon."""

import functools
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io
import streamlit as st

from digitlab import ink
from digitlab.charts import as_table
from digitlab.charts.style import on_dark
from digitlab.wording import parts
from digitlab.wording.language import gettext as _

# A file, because Streamlit would fetch a named icon for the browser's tab from the internet.
ICON = str(Path(__file__).with_name("icon.png"))
_SHEETS = [Path(__file__).parent / name for name in ("style.css", "draw/draw.css", "streamlit_inside.css")]


def apply() -> None:
    """Put the style sheets into the page; call once per run of `app.py`."""
    # Dialogs are outside the element that Streamlit marks as dark, and need the colours of the sheet as well.
    scheme = f"color-scheme: {st.context.theme.type};" if st.context.theme.type else ""
    groups = {"understand": _("Understand"), "training": _("Data and training"), "room": _("Room")}
    named = " ".join(f"--{group}: {json.dumps(name, ensure_ascii=False)};" for group, name in groups.items())
    st.html(f"<style>{_sheets()}:root {{ --canvas: {ink.CANVAS_PX}px; {scheme} {named} }}</style>")


@functools.cache  # in one piece: Streamlit sends what is large only once, and each element takes a browser milliseconds
def _sheets() -> str:
    return "".join(sheet.read_text(encoding="utf-8") for sheet in _SHEETS)


def themed(figure: go.Figure) -> go.Figure:
    """A Plotly figure in the colours of the page, light or dark."""
    return plotly.io.from_json(on_dark(figure.to_json())) if _is_dark() else figure


def chart(figure: go.Figure, *, key: str, alt: str, how: str | None, has_table: bool = True, **more: Any) -> Any:
    """Show a Plotly figure in the colours of the page, without Plotly's toolbar, which would cover its legend; and
    below it, folded, its points as a table and how to read it.

    Args:
        figure: the figure.
        key: of the chart in the page.
        alt: what the chart shows, for screen readers.
        how: for `how_to_read`; None where that is called once for several charts.
        has_table: False where words beside the chart say as much.
        more: passed on to `st.plotly_chart`.
    """
    shown = st.plotly_chart(themed(figure), key=key, alt=alt, config={"displayModeBar": False}, **more)
    if has_table:
        table(as_table.rows(figure), key=key, alt=alt)
    if how is not None:
        how_to_read(how, key=key)
    return shown


def how_to_read(told: str, *, key: str) -> None:
    """Show folded, below a chart, how to read it.

    Args:
        told: Markdown.
        key: of the chart in the page.
    """
    with st.container(key=f"how_to_read_{key}"), st.expander(parts.how_to_read()):
        st.markdown(told)


def table(rows: Sequence[Sequence[str]], *, key: str, alt: str) -> None:
    """Show folded what a picture shows, as a table.

    Args:
        rows: the headings, then what stands below them; the first of each row names it. Nothing is shown without any.
        key: of the picture in the page.
        alt: what the table shows, for screen readers.
    """
    if not rows:
        return
    head, *body = ([escape(cell) for cell in row] for row in rows)
    lines = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in body
    )
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    with st.container(key=f"table_of_{key}"), st.expander(_("As a table")):
        st.html(
            f'<div class="as-table" role="region" aria-label="{escape(alt)}" tabindex="0"><table><thead><tr>{columns}'
            f"</tr></thead><tbody>{lines}</tbody></table></div>"
        )


def themed_vega(specification: dict[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification in the colours of the page, light or dark."""
    return json.loads(on_dark(json.dumps(specification))) if _is_dark() else specification


def _is_dark() -> bool:
    return st.context.theme.type == "dark"
