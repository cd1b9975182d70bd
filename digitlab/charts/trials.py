"""A sweep as figures: which values were chosen, how each trial went, and which hyperparameters mattered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from digitlab.charts.style import COLOURS, framed
from digitlab.sweeps import Choice, Space
from digitlab.sweeps.study import Trial, best
from digitlab.wording.language import N_, numeral
from digitlab.wording.language import gettext as _
from digitlab.wording.sweeps import hyperparameter

HEIGHT = 340
BEST, GREY = COLOURS[2], COLOURS[6]  # no model's colour: all trials are of one network


def choices(trials: Sequence[Trial], space: Space) -> go.Figure:
    """Parallel coordinates: every trial is a line through its chosen values to its loss.

    Args:
        trials: of the sweep; those that have reported a loss are drawn, unfinished ones with the last loss reported.
        space: the space of the sweep.
    """
    shown = [trial for trial in trials if trial.losses and set(space) <= set(trial.values)]
    losses = [math.log10(_last(trial)) for trial in shown]
    dimensions = [_dimension(name, space[name], [trial.values[name] for trial in shown]) for name in space]
    ends = tuple(map(_, ("finished", "pruned", "failed", "running")))
    dimensions.append(_coded(_("ended"), ends, [_(_ended(trial)) for trial in shown]))
    dimensions.append({"label": _("validation loss"), "values": losses, **_log_ticks(losses)})
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": losses, "colorscale": [[0, BEST], [0.35, GREY], [1, "#c8c8c8"]]},
            labelangle=-15,
        )
    )
    framed(figure)
    figure.update_layout(height=HEIGHT, margin={"l": 60, "r": 60, "t": 70, "b": 20})
    return figure


def curves(trials: Sequence[Trial]) -> go.Figure:
    """Validation loss by epoch, one line per trial; those of pruned trials end early and are pale and dotted."""
    figure = go.Figure()
    top = best(trials)
    kinds = {
        N_("pruned"): {"color": "#9a9a9a", "width": 1, "dash": "dot"},
        N_("finished"): {"color": GREY, "width": 1.5},
        N_("failed"): {"color": "#9a9a9a", "width": 1},
        N_("running"): {"color": GREY, "width": 1.5, "dash": "longdash"},
        N_("published settings"): {"color": COLOURS[3], "width": 3, "dash": "dash"},
        N_("lowest loss"): {"color": BEST, "width": 3},
    }
    in_legend: set[str] = set()
    hover = _("trial {number}, epoch %{x}: %{y:.4f}<extra></extra>")
    for trial in trials:
        if not trial.losses:
            continue
        kind = _ended(trial)
        if trial.number == 0:
            kind = "published settings"
        elif top is not None and trial.number == top.number:
            kind = "lowest loss"
        figure.add_scatter(
            x=list(trial.losses),
            y=list(trial.losses.values()),
            name=_(kind),
            legendgroup=kind,
            showlegend=kind not in in_legend,
            mode="lines+markers",
            line=kinds[kind],
            marker={"size": 4 if trial.state != "pruned" else 3},
            hovertemplate=hover.replace("{number}", str(trial.number)),
        )
        in_legend.add(kind)
    longest = max((len(trial.losses) for trial in trials), default=1)
    figure.update_xaxes(title=_("epoch"), dtick=-(-longest // 15))
    figure.update_yaxes(title=_("validation loss (nats)"), type="log")
    framed(figure)
    figure.update_layout(height=HEIGHT)
    return figure


def importance(shares: Mapping[str, float]) -> go.Figure:
    """A bar for each hyperparameter: the share of the difference between trials that it explains."""
    names = list(shares)[::-1]
    figure = go.Figure(
        go.Bar(
            x=[shares[name] for name in names],
            y=[hyperparameter(name) for name in names],
            orientation="h",
            marker={"color": GREY},
            hovertemplate="%{y}: %{x:.0%}<extra></extra>",
        )
    )
    figure.update_xaxes(title=_("share of the difference between trials"), tickformat=".0%", rangemode="tozero")
    framed(figure)
    figure.update_layout(height=HEIGHT)
    return figure


def table(trials: Sequence[Trial], space: Space) -> list[dict[str, Any]]:
    """A row for each trial, by loss; trials without one come last."""
    ranked = sorted(trials, key=lambda trial: (trial.loss is None, trial.loss or 0.0, trial.number))
    return [
        {
            _("trial"): trial.number,
            _("ended"): _(_ended(trial)) if trial.state != "waiting" else _("waiting"),
            _("validation loss"): trial.loss,
            _("epochs"): len(trial.losses),
            _("seconds"): round(trial.seconds, 1) if trial.seconds else None,
            **{hyperparameter(name): trial.values.get(name) for name in space},
            **({_("problem"): trial.problem} if any(other.problem for other in trials) else {}),
        }
        for trial in ranked
    ]


def _dimension(name: str, dimension: Any, values: Sequence[Any]) -> dict[str, Any]:
    if isinstance(dimension, Choice):
        return _coded(hyperparameter(name), dimension.choices, values)
    if dimension.log:
        exponents = [math.log10(value) for value in values]
        return {"label": hyperparameter(name), "values": exponents, **_log_ticks(exponents)}
    return {"label": hyperparameter(name), "values": list(values)}


def _coded(label: str, among: Sequence[Any], values: Sequence[Any]) -> dict[str, Any]:
    """A dimension for values that are not on a scale: they are evenly spaced, in the given order."""
    places = list(among)
    return {
        "label": label,
        "values": [places.index(value) for value in values],
        "tickvals": list(range(len(places))),
        "ticktext": [str(place) for place in places],
        "range": [-0.1, max(len(places) - 0.9, 0.9)],
    }


def _log_ticks(exponents: Sequence[float]) -> dict[str, Any]:
    """Five evenly spaced ticks from the lowest to the highest of some logarithms; one tick if these are equal."""
    if not exponents:
        return {}
    low, high = min(exponents), max(exponents)
    ticks = [low + (high - low) * at / 4 for at in range(5 if high > low else 1)]
    return {"tickvals": ticks, "ticktext": [numeral(10**tick, ".2g") for tick in ticks]}


def _ended(trial: Trial) -> str:
    return "running" if trial.state == "waiting" else trial.state


def _last(trial: Trial) -> float:
    return trial.loss if trial.loss is not None else list(trial.losses.values())[-1]
