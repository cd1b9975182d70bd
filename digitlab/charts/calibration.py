"""Calibration as Plotly figures. Charts know only their data: no Streamlit, no files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from digitlab.analysis.calibration import (
    EQUAL_COUNT,
    EQUAL_WIDTH,
    HISTOGRAM_EDGES,
    WANTED,
    Choice,
    Reliability,
    Selective,
)
from digitlab.charts import style
from digitlab.charts.style import GREY
from digitlab.wording import calibration as words
from digitlab.wording.language import gettext as _

DASHES, PATTERNS = ("solid", "dot"), ("", "/")  # of the first and the second model: they differ in more than colour
NINES = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999)
MOST_NINES = 7  # float32 has hardly any number between 99.99999% and 100%
ROOM = 0.04  # share of an axis beyond the outermost value, so that no symbol is cut off


def reliability_diagram(
    bins_of: Mapping[str, Reliability], errors: Mapping[str, float], families: Mapping[str, str], by: str
) -> go.Figure:
    """Accuracy against confidence with Wilson's 95% intervals, and the line of a model with honest confidence.

    The more answers a symbol stands for, the larger it is. In bins of equal count, most confidences crowd just below
    100%, so there the horizontal axis counts nines.

    Args:
        found: by the models' names.
        errors: expected calibration errors in [0, 1], by the same names, for the legend.
        families: "DNN" or "CNN", by the same names.
        by: the binning of `found`, one of `calibration.BINNINGS`.
    """
    figure = go.Figure()
    scale = _nines if by == EQUAL_COUNT else np.asarray
    word = 1 - np.geomspace(1, 10.0**-MOST_NINES, 200)  # from 0 to almost 1, with ever smaller steps
    figure.add_scatter(
        x=scale(word), y=word, name=words.perfect(), mode="lines", hoverinfo="skip",
        line={"color": GREY, "dash": "dash", "width": 2},
    )  # fmt: skip
    places, heights = [], []
    for (name, (colour, symbol)), dash in zip(style.looks(families).items(), DASHES, strict=False):
        filled = bins_of[name].count > 0
        count, confidence, accuracy, low, high = (
            getattr(bins_of[name], column)[filled] for column in ("count", "confidence", "accuracy", "low", "high")
        )
        figure.add_scatter(
            x=scale(confidence), y=accuracy, customdata=np.column_stack([count, 100 * confidence]),
            text=[words.least(sure) for sure in confidence] if by == EQUAL_COUNT else None,
            name=words.with_error(name, errors[name]),
            error_y={"array": high - accuracy, "arrayminus": accuracy - low, "thickness": 1.5, "width": 4},
            mode="lines+markers", line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 7 + 3 * np.log10(count), "opacity": 1},
            hovertemplate=words.on_point(),
        )  # fmt: skip
        places += list(scale(confidence))
        heights += [*low, *confidence]
    if by != EQUAL_COUNT:
        places = [min(bins.edges[np.flatnonzero(bins.count)[0]] for bins in bins_of.values()), 1]
        figure.update_xaxes(tickformat=".0%")
    else:
        figure.update_xaxes(tickvals=_nines(np.array(NINES)), ticktext=list(map(words.least, NINES)))
    figure.update_xaxes(title=_("how sure: mean confidence"), range=_with_room(places))
    bottom = 0 if by == EQUAL_WIDTH else min(heights, default=0)
    figure.update_yaxes(title=_("how often right: accuracy"), tickformat=".2~%", range=_with_room([bottom, 1]))
    return _framed(figure)


def histograms(counted: Mapping[str, tuple[np.ndarray, np.ndarray]], families: Mapping[str, str], by: str) -> go.Figure:
    """Right answers above, wrong ones below, by confidence; on log scales, as there are 100 times as many right ones.

    Args:
        counted: right and wrong answers, (k,) int each, in the bins of `calibration.HISTOGRAM_EDGES[by]`, by the
            models' names.
        families: "DNN" or "CNN", by the same names.
        by: one of `calibration.BINNINGS`.
    """
    figure = make_subplots(2, 1, shared_xaxes=True, vertical_spacing=0.08)
    edges = HISTOGRAM_EDGES[by]
    between = [words.between(low, high) for low, high in pairwise(edges)]
    # Bins that count nines have very different widths, so they are placed side by side, like categories.
    x = list(map(words.least, edges[:-1])) if by == EQUAL_COUNT else (edges[:-1] + edges[1:]) / 2
    on_bar = (_("%{y:,} right, %{customdata} sure"), _("%{y:,} wrong, %{customdata} sure"))
    for (name, (colour, _symbol)), pattern in zip(style.looks(families).items(), PATTERNS, strict=False):
        for row, (hover, count) in enumerate(zip(on_bar, counted[name], strict=True), start=1):
            figure.add_bar(
                x=x, y=count, name=name, legendgroup=name, showlegend=row == 1, customdata=between, row=row, col=1,
                marker={"color": colour, "pattern": {"shape": pattern, "bgcolor": colour, "fgcolor": "white"}},
                hovertemplate=hover,
            )  # fmt: skip
    for row, title in enumerate((_("right answers"), _("wrong answers")), start=1):
        most = max(int(counts[row - 1].max()) for counts in counted.values())
        # The axis starts below 1, so that a single answer has a visible bar.
        figure.update_yaxes(
            type="log", range=[math.log10(0.6), math.log10(2 * max(most, 5))], dtick=1, tickformat=",", row=row, col=1
        )
        figure.update_yaxes(title=title, row=row, col=1)
    if by == EQUAL_COUNT:
        figure.update_xaxes(type="category")
    else:
        figure.update_xaxes(tickformat=".0%", range=_with_room(edges.tolist()), tickvals=np.linspace(edges[0], 1, 6))
    figure.update_xaxes(title=_("at least this sure") if by == EQUAL_COUNT else _("how sure"), row=2, col=1)
    figure.update_layout(barmode="group", bargap=0.15)
    return _framed(figure)


def trade(curves: Mapping[str, Selective], choices: Mapping[str, Choice], families: Mapping[str, str]) -> go.Figure:
    """Accuracy against the share of digits answered, with each model's chosen point on its curve.

    The axis of shares begins shortly before the first mistake; to the left of that, all given answers are right.

    Args:
        curves: by the models' names.
        choices: the points to mark, by the same names.
        families: "DNN" or "CNN", by the same names.
    """
    figure = go.Figure()
    begins, lowest = [], [WANTED]
    for (name, (colour, symbol)), dash in zip(style.looks(families).items(), DASHES, strict=False):
        curve, choice = curves[name], choices[name]
        kept = _thinned(curve.wrong)
        figure.add_scatter(
            x=curve.share[kept], y=curve.accuracy[kept], customdata=100 * curve.least[kept], name=name, mode="lines",
            line={"color": colour, "dash": dash, "width": 3},
            hovertemplate=_("%{x:.1%} answered, %{y:.2%} right<br>at least %{customdata:.6~f}% sure"),
        )  # fmt: skip
        flawless = curve.share[curve.wrong == 0]
        begins.append(flawless[-1] if len(flawless) else 0)
        lowest.append(curve.accuracy[-1])
        if choice.answered:
            begins.append(choice.share)
            lowest.append(choice.accuracy)
            figure.add_scatter(
                x=[choice.share], y=[choice.accuracy], name=_("{model}, as chosen").format(model=name), mode="markers",
                marker={"size": 18, "symbol": symbol, "color": colour, "line": {"width": 2, "color": "white"}},
                hovertemplate=_("%{x:.1%} answered, %{y:.2%} right"),
            )  # fmt: skip
    figure.add_hline(
        y=WANTED,
        line={"color": GREY, "dash": "dash"},
        annotation_font_size=14,
        annotation_text=_("{share:.1%} right").format(share=WANTED),
        annotation_position="bottom left",
    )
    start = math.floor(10 * min([*begins, 0.95])) / 10
    figure.update_xaxes(title=_("share answered"), tickformat=".0%", range=_with_room([start, 1]))
    figure.update_yaxes(title=_("right among answered"), tickformat=".2~%", range=_with_room([min(lowest), 1]))
    return _framed(figure)


def _framed(figure: go.Figure) -> go.Figure:
    """Framed like all charts, but a little less tall, so that both fit on a projector, and with larger letters."""
    figure.update_xaxes(tickfont_size=14, title_font_size=15)
    figure.update_yaxes(tickfont_size=14, title_font_size=15)
    return style.framed(figure).update_layout(height=420, legend_itemsizing="constant")


def _nines(confidence: np.ndarray) -> np.ndarray:
    """0 for 0%, 1 for 90%, 2 for 99% and so on, up to 7."""
    return -np.log10(np.maximum(1 - confidence, 10.0**-MOST_NINES))


def _with_room(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 0.1
    return [low - room, high + room]


def _thinned(wrong: np.ndarray) -> np.ndarray:
    """(m,) int: which points of a curve to draw: a thousand, and those before and after each mistake."""
    steps = np.flatnonzero(np.diff(wrong))
    return np.unique([*np.linspace(0, len(wrong) - 1, 1000).astype(int), *steps, *(steps + 1)])
