"""How much a network still reads when units are pruned, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from digitlab.charts.style import COLOURS, GREY, framed


def pruned(units: Sequence[int], shares: Mapping[str, Sequence[float]], axes: tuple[str, str]) -> go.Figure:
    """The share of digits that are read right, by the number of units that are left, most of them at the left.

    Args:
        units: how many are left at each point.
        shares: in [0, 1] at each point, by the name of the order in which units went.
        axes: the titles of the two axes.
    """
    figure = go.Figure()
    for at, ((name, each), colour) in enumerate(zip(shares.items(), (COLOURS[2], GREY), strict=True)):
        figure.add_scatter(
            x=units, y=each, name=name, mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": "dot" if at else "solid"},
            marker={"symbol": "diamond" if at else "circle", "size": 9},
            hovertemplate="%{x:,}: %{y:.1%}",
        )  # fmt: skip
    figure.update_xaxes(title=axes[0], range=[1.03 * units[0], 0], tickfont_size=14, title_font_size=15)
    figure.update_yaxes(title=axes[1], tickformat=".0%", range=[0, 1.04], tickfont_size=14, title_font_size=15)
    return framed(figure).update_layout(height=320)
