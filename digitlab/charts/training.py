"""Trainings as figures: their curves, the training that is running, and accuracy against number of parameters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from digitlab.analysis.history import History
from digitlab.charts.style import FAMILY_COLOURS, FAMILY_SYMBOLS, framed, looks
from digitlab.jobs import Change
from digitlab.language import separators
from digitlab.wording import knobs as words
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral

EARLY = 8  # on a linear scale, the axis fits all but the first eighth of the epochs


def curves(
    histories: Mapping[str, History], families: Mapping[str, str], quantity: str, *, by_seconds: bool, log: bool,
    changes: Mapping[str, Sequence[Change]] | None = None,
) -> go.Figure:  # fmt: skip
    """Training curves of any models in one figure: training dotted, validation solid, a star at the best epoch.

    With one model, the gap between the two is shaded. A linear axis fits what comes after the first epochs.

    Args:
        histories: by the models' names.
        families: "DNN" or "CNN", by the same names.
        quantity: "loss" or "accuracy"; accuracy is drawn as the error (1 - accuracy) on a log scale.
        by_seconds: whether the horizontal axis shows seconds of training instead of epochs.
        log: whether the vertical axis is logarithmic.
        changes: what was changed in each training while it ran, by the models' names.
    """
    figure = go.Figure()
    as_error = quantity == "accuracy" and log
    drawn: list[float] = []
    later: list[float] = []
    for name, (colour, _symbol) in looks(families).items():
        history = histories[name]
        x = history.elapsed_s if by_seconds else history.epochs
        lines = []
        for prefix in ("", "val_"):
            values = getattr(history, prefix + quantity)
            lines.append([1 - value for value in values] if as_error else list(values))
        drawn += [value for values in lines for value in values]
        later += [value for values in lines for value in values[len(values) // EARLY :]]
        names = (_("{model}, training"), _("{model}, validation"))
        for values, part, dash in zip(lines, names, ("dot", "solid"), strict=True):
            shaded = dash == "solid" and len(histories) == 1
            figure.add_scatter(
                x=x,
                y=values,
                name=part.format(model=name),
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2.5},
                marker={"size": 5},
                fill="tonexty" if shaded else None,
                fillcolor="rgba(128, 128, 128, 0.2)" if shaded else None,
            )
        figure.add_scatter(
            x=[x[history.best]],
            y=[lines[1][history.best]],
            name=_("{model}, best epoch").format(model=name),
            mode="markers",
            marker={"symbol": "star", "size": 16, "color": colour, "line": {"width": 1, "color": "white"}},
        )
        marks = words.marks((changes or {}).get(name, ()), by_seconds=by_seconds)
        for number, (at, label) in enumerate(marks):
            figure.add_vline(
                at, line={"color": colour, "dash": "dash", "width": 1.5},
                annotation={"text": label, "font": {"color": colour, "size": 13}, "xanchor": "left", "yanchor": "top",
                            "yshift": -16 * (number % MARK_ROWS)},
            )  # fmt: skip
    title = _("error (1 - accuracy)") if as_error else {"loss": _("loss (nats)")}.get(quantity, _(quantity))
    figure.update_yaxes(title=title, type="log" if log else "linear")
    if log:
        above_0 = [value for value in drawn if value > 0] or [1]
        powers = range(math.floor(math.log10(min(above_0))), math.ceil(math.log10(max(above_0))) + 1)
        figure.update_yaxes(tickvals=[step * 10.0**power for power in powers for step in (1, 2, 5)])
        figure.update_yaxes(tickformat="~g")
    else:
        # The first epochs are so far off that nobody would see what differs later.
        low, high = min(later), max(later)
        room = 0.06 * (high - low) or 0.01
        figure.update_yaxes(range=[max(low - room, 0), high + room])
        if min(drawn) < low - room or max(drawn) > high + room:
            figure.update_yaxes(title=_("{quantity}, without the first epochs").format(quantity=title))
    if quantity == "accuracy":
        figure.update_yaxes(tickformat=".3~%")
    figure.update_xaxes(title=_("seconds of training") if by_seconds else _("epoch"), rangemode="tozero")
    return framed(figure)


MARK_ROWS = 3  # of the labels of changes, so that neighbours do not cover each other


def live(
    curve: Sequence[Sequence[float]], history: Sequence[Mapping[str, float]], quantity: str, epochs: int, family: str,
    changes: Sequence[Change] = (),
) -> tuple[dict[str, list[Any]], dict[str, Any]]:  # fmt: skip
    """One quantity of a running training: a thin line by batch, and lines by epoch for training and validation digits.

    The figure is for Vega-Lite, which comes with Streamlit and adds new points in place. A Plotly chart would be
    mounted again whenever its data change, and so flicker once a second.

    Args:
        curve: [epochs done, loss, accuracy] points by batch.
        history: epochs done, as in `run.json`.
        quantity: "loss" or "accuracy".
        epochs: how many there will be; the axis covers all of them from the beginning, so that nothing jumps.
        family: "DNN" or "CNN", for the colour.
        changes: what was changed while the network learned.

    Returns:
        The points as columns, and the specification, which does not change while a training runs.
    """
    series_names = by_batch, *by_epoch = (
        _("training, by batch"), _("training, by epoch"), _("validation, by epoch"),
    )  # fmt: skip
    column = {"loss": 1, "accuracy": 2}[quantity]
    points: list[tuple[float, float | None, str]] = [(point[0], point[column], by_batch) for point in curve]
    for series, key in zip(by_epoch, (quantity, f"val_{quantity}"), strict=True):
        points += [(epoch["number"], epoch[key], series) for epoch in history]
    if quantity == "loss":
        points = [(at, value, series) for at, value, series in points if value]  # a logarithm has no 0
    marks = words.marks(changes)
    rows = [""] * len(points) + [
        f"{number % MARK_ROWS}{at > epochs / 2:d}" for number, (at, _label) in enumerate(marks)
    ]
    points += [(at, None, label) for at, label in marks]
    names = ("epoch", "value", "series")
    data: dict[str, list[Any]] = {name: [point[at] for point in points] for at, name in enumerate(names)} | {
        "row": rows
    }
    if quantity == "accuracy":
        y = {"title": _("accuracy"), "scale": {"domain": [0, 1]}, "axis": {"format": ".0%"}}
    else:
        # From 2.3 to some hundredths: on a linear axis, all but the first batches would be one flat line.
        y = {"title": _("loss (nats)"), "scale": {"type": "log"}, "axis": {"format": "~g", "tickCount": 6}}
    colours = {"domain": series_names, "range": ["#8C8C8C", FAMILY_COLOURS[family], FAMILY_COLOURS[family]]}
    dashes = {"domain": series_names, "range": [[1, 0], [3, 3], [1, 0]]}
    is_batch = f"datum.series == {json.dumps(by_batch)}"
    signs = dict(zip(("decimal", "thousands"), separators(), strict=True))
    numbers = {**signs, "grouping": [3], "currency": ["", ""]}
    is_mark = "datum.value == null"
    grey: dict[str, Any] = {"color": {"value": "#8C8C8C"}, "strokeDash": {"value": [2, 3]}}
    # Labels of changes, below each other; those in the second half of the axis are to the left of their lines.
    labels = [
        {
            "mark": {"type": "text", "align": "right" if late else "left", "dx": -4 if late else 4, "fontSize": 12},
            "transform": [{"filter": f"datum.row == '{row}{late:d}'"}],
            "encoding": grey | {"y": {"value": 7 + 14 * row}, "text": {"field": "series"}},
        }
        for row in range(MARK_ROWS)
        for late in (False, True)
    ]
    return data, {
        "height": 300,
        "config": {"locale": {"number": numbers}},
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "scale": {"domain": [0, epochs]}, "title": _("epoch")},
            "y": {"field": "value", "type": "quantitative", **y},
            "color": {"field": "series", "scale": colours, "title": None, "legend": {"orient": "top"}},
            "strokeDash": {"field": "series", "scale": dashes, "title": None, "legend": {"orient": "top"}},
            "tooltip": [
                {"field": "series", "title": _("series")},
                {"field": "epoch", "title": _("epoch")},
                {"field": "value", "title": _("value")},
            ],
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 1.5}, "transform": [{"filter": is_batch}]},
            {
                "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 60}},
                "transform": [{"filter": f"!({is_batch} || {is_mark})"}],
            },
            {
                "mark": {"type": "rule", "strokeWidth": 1.5},
                "transform": [{"filter": is_mark}],
                "encoding": grey | {"y": {"value": 0}, "y2": {"value": "height"}},
            },
            *labels,
        ],
    }


def _beside(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Where a model's name stands: on the side that is turned away from the model nearest to it in size."""
    others = [one for one in rows if one is not row]
    if not others:
        return "top center"
    nearest = min(others, key=lambda one: abs(math.log(one["parameters"] / row["parameters"])))
    return "top center" if row["accuracy"] >= nearest["accuracy"] else "bottom center"


def accuracy_against_parameters(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Every model as a point; colour and symbol show its family. The axis counts mistakes on a log scale, since nearly
    all models are close to 100%.

    Args:
        rows: mappings with `name`, `family`, `parameters` and `accuracy` (share in [0, 1]).
    """
    figure = go.Figure()
    least = min((1 - row["accuracy"] for row in rows if row["accuracy"] < 1), default=0.001)
    for family, colour in FAMILY_COLOURS.items():
        members = [row for row in rows if row["family"] == family]
        figure.add_scatter(
            x=[row["parameters"] for row in members],
            y=[max(1 - row["accuracy"], least / 2) for row in members],
            customdata=[row["accuracy"] for row in members],
            text=[row["name"] for row in members],
            name=family,
            mode="markers+text",
            textposition=[_beside(row, rows) for row in members],
            marker={"color": colour, "symbol": FAMILY_SYMBOLS[family], "size": 13},
            hovertemplate=_("%{text}<br>%{x:,} parameters<br>%{customdata:.2%}<extra></extra>"),
        )
    figure.update_xaxes(title=_("parameters"), type="log")
    ticks = [step * 10.0**power for power in (-4, -3, -2, -1) for step in (1, 2, 5)]
    figure.update_yaxes(
        title=_("accuracy"), type="log", autorange="reversed", tickvals=ticks,
        ticktext=[numeral(1 - error, f".{max(0, -2 - math.floor(math.log10(error)))}%") for error in ticks],
    )  # fmt: skip
    return framed(figure)
