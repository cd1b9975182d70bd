"""What distortions do to answers, as Plotly figures: for one drawing, and for a thousand digits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from digitlab.charts.style import GREY, framed, looks
from digitlab.explain import Distortion
from digitlab.explain.curves import Curve
from digitlab.explain.robustness import Crossing
from digitlab.wording.language import gettext as _

ROOM = 0.06  # share of the vertical axis beyond the outermost points


def one_drawing(curves: Mapping[str, Curve], families: Mapping[str, str]) -> go.Figure:
    """How sure models stay of their own answer over the range of a distortion, and where they flip to another digit.

    Args:
        curves: of one distortion, by the models' names.
        families: "DNN" or "CNN", by the same names.
    """
    figure, some = go.Figure(), next(iter(curves.values())).distortion
    for at, (name, (colour, symbol)) in enumerate(looks(families).items()):
        curve = curves[name]
        kept = curve.probabilities[:, curve.digit]
        figure.add_scatter(
            x=curve.values, y=kept, customdata=curve.answers, name=name, mode="lines",
            line={"color": colour, "width": 2.5},
            hovertemplate=_plotly(
                _("%{x} {unit}: %{y:.1%} for {digit}, says %{customdata}"), unit=some.unit, digit=curve.digit
            ),
        )  # fmt: skip
        places = [flip.value for flip in curve.flips]
        figure.add_scatter(
            x=places, y=np.interp(places, curve.values, kept), text=[f"→{flip.after}" for flip in curve.flips],
            name=_("{model} flips").format(model=name), mode="markers+text",
            textposition="bottom center" if at % 2 else "top center",
            textfont={"size": 14, "color": colour}, marker={"symbol": symbol, "size": 9, "color": colour},
            hovertemplate=_plotly(
                _("{model} flips at %{x} {unit} %{text}<extra></extra>"), model=name, unit=some.unit
            ),
        )  # fmt: skip
    figure.add_vline(x=some.neutral, line={"color": GREY, "dash": "dot"})
    figure.update_xaxes(title=_axis(some))
    figure.update_yaxes(range=[-0.25, 1.25], tickformat=".0%", tickvals=[0, 0.5, 1])
    return framed(figure).update_layout(height=230, showlegend=False)


def a_thousand(
    values: np.ndarray, shares: Mapping[str, np.ndarray], families: Mapping[str, str], distortion: Distortion,
    quantity: str, crossings: Sequence[Crossing] = (), chosen: tuple[str, int] | None = None,
) -> go.Figure:  # fmt: skip
    """How well models withstand a distortion, with a line for each; every point can be clicked.

    Args:
        values: (k,) values of the distortion.
        shares: (k,) in [0, 1] by the models' names, such as their accuracy.
        families: "DNN" or "CNN", by the same names.
        distortion: the distortion.
        quantity: what the shares are, as the title of their axis.
        crossings: crossings of the lines to mark.
        chosen: the model and the position on its curve of the open point, if any.
    """
    figure = go.Figure()
    for name, (colour, symbol) in looks(families).items():
        figure.add_scatter(
            x=values, y=shares[name], customdata=[[name, at] for at in range(len(values))], name=name,
            mode="lines+markers", line={"color": colour, "width": 2.5},
            marker={"symbol": symbol, "size": 12, "color": colour},
            hovertemplate=f"{name}, %{{x}} {distortion.unit}: %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    if chosen is not None:
        name, at = chosen
        figure.add_scatter(
            x=[values[at]], y=[shares[name][at]], mode="markers", showlegend=False, hoverinfo="skip",
            cliponaxis=False,
            marker={"symbol": "circle-open", "size": 24, "color": GREY, "line": {"width": 3}},
        )  # fmt: skip
    for crossing in crossings:
        figure.add_vline(
            x=crossing.value, line={"color": GREY, "dash": "dash"}, annotation_font_size=14,
            annotation_text=_("{model} leads further out").format(model=crossing.leader), annotation_position="bottom",
            annotation_yanchor="bottom",
        )  # fmt: skip
    room = 0.04 * (values[-1] - values[0])
    figure.update_xaxes(
        title=_axis(distortion), range=[values[0] - room, values[-1] + room], tickfont_size=14, title_font_size=15
    )
    lowest = min(float(np.min(share)) for share in shares.values())
    figure.update_yaxes(title=quantity, tickformat=".3~%", tickfont_size=14, title_font_size=15)
    figure.update_yaxes(range=[max(0, lowest - ROOM * (1 - lowest)) - 1e-3, 1 + ROOM * (1 - lowest)])
    return framed(figure).update_layout(height=420, clickmode="event+select")


def _axis(distortion: Distortion) -> str:
    name = _(distortion.name)
    return f"{name}, {distortion.unit}" if distortion.unit else name


def _plotly(template: str, **values: object) -> str:
    """Plotly's template with our placeholders filled in, which look like its own without a per cent sign."""
    return re.sub(r"(?<!%)\{(\w+)\}", lambda name: str(values[name[1]]), template)
