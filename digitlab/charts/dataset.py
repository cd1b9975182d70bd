"""Counts of MNIST's digits and pixels as Plotly figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from digitlab.analysis.dataset import Summary
from digitlab.charts.style import COLOURS, GREY, framed
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral


def classes(summaries: Mapping[str, Summary]) -> go.Figure:
    """How often each digit occurs, with a bar for each split.

    Args:
        summaries: by the splits' names.
    """
    figure = go.Figure()
    for (name, split), colour in zip(summaries.items(), (*COLOURS[2:4], GREY), strict=False):
        figure.add_bar(
            x=list(range(10)),
            y=split.classes.tolist(),
            name=f"{_(name)} ({numeral(split.classes.sum(), ',')})",
            marker_color=colour,
            hovertemplate=_("%{x}: %{y:,} digits<extra></extra>"),
        )
    figure.update_xaxes(dtick=1, fixedrange=True)
    figure.update_yaxes(title=_("digits"), tickformat=",", fixedrange=True)
    return framed(figure).update_layout(barmode="group", height=330, showlegend=True)


def pixels(summaries: Mapping[str, Summary]) -> go.Figure:
    """How often each pixel value occurs in all splits together, in % on a log scale.

    The bars of 0 and 255 extend outwards, so that they are wide enough to see and hide nothing.

    Args:
        summaries: by the splits' names.
    """
    counts = np.sum([split.pixels for split in summaries.values()], axis=0)
    percent = 100 * counts / counts.sum()
    figure = go.Figure()
    for name, values, colour, width, offset in (
        (_("exactly 0 or 255"), [0, 255], COLOURS[3], 3, [-2.5, -0.5]),
        (_("between"), list(range(1, 255)), COLOURS[2], 1, -0.5),
    ):
        figure.add_bar(
            x=values,
            y=percent[values].tolist(),
            name=name,
            width=width,
            offset=offset,
            marker_color=colour,
            marker_line_width=0,
            hovertemplate=_("value %{x}: %{y:.3f}% of all pixels<extra></extra>"),
        )
    figure.update_xaxes(
        title=_("pixel value (0 black, 255 white)"), tickvals=[0, 64, 128, 192, 255], range=[-4, 259], fixedrange=True
    )
    figure.update_yaxes(title=_("share of all pixels, %"), type="log", dtick=1, tickformat="~g", fixedrange=True)
    return framed(figure).update_layout(height=330)
