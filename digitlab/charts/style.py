"""What all figures share: their frame, and colours that people with any colour vision can tell apart."""

from __future__ import annotations

import re
from collections.abc import Mapping

import plotly.graph_objects as go

from digitlab import language

# After Okabe and Ito's palette, which suits every kind of colour vision; the first two are also in the style sheet.
FAMILY_COLOURS = {"DNN": "#0068a3", "CNN": "#b34a00"}
FAMILY_SYMBOLS = {"DNN": "circle", "CNN": "diamond"}
COLOURS = ("#0068a3", "#b34a00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")
_ON_DARK = {"#0068a3": "#56b4e9", "#b34a00": "#ff9d5c", "#56B4E9": "#c3e6fa"}


SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star", "cross")
GREY = "#8C8C8C"
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font_size": 15}


def looks(families: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """A colour and a symbol for each model: its family's colour, or another one if that is taken.

    Args:
        families: "DNN" or "CNN", by the models' names.
    """
    chosen: dict[str, tuple[str, str]] = {}
    for at, (name, family) in enumerate(families.items()):
        taken = {colour for colour, _symbol in chosen.values()}
        free = [colour for colour in (FAMILY_COLOURS.get(family, GREY), *COLOURS[2:]) if colour not in taken]
        chosen[name] = (free[0] if free else GREY, SYMBOLS[at % len(SYMBOLS)])
    return chosen


def framed(figure: go.Figure) -> go.Figure:
    """Give the figure the size, margins and legend that all figures have."""
    figure.update_layout(
        height=460,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend=LEGEND,
        hovermode="closest",
        separators=language.separators(),
    )
    return figure


def on_dark(specification: str) -> str:
    """The JSON of a Plotly or Vega figure with the colours for dark pages."""
    return re.sub("|".join(_ON_DARK), lambda match: _ON_DARK[match.group()], specification)
