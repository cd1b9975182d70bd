"""What all figures share: colours that every kind of vision tells apart, and their frame."""

from __future__ import annotations

import plotly.graph_objects as go

# Okabe and Ito's palette, told apart by every kind of colour vision; readable on light and on dark.
FAMILY_COLOURS = {"DNN": "#0072B2", "CNN": "#D55E00"}
FAMILY_SYMBOLS = {"DNN": "circle", "CNN": "diamond"}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")


def framed(figure: go.Figure) -> go.Figure:
    """The figure with the size, margins and legend that all of them have."""
    figure.update_layout(
        height=460,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": -0.2},
        hovermode="closest",
    )
    return figure
