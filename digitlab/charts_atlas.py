"""A map of held-out digits as a Plotly figure."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

# Ten hues told apart as well as ten can be (Petroff, "Accessible color sequences for data visualization", 2021); each
# digit's number stands on the map as well.
DIGIT_COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
RIGHT, WRONG = "#8C8C8C", "#D55E00"
COLOURINGS = ("true digit", "answer", "right or wrong")
HEIGHT_PX = 470
LABEL = {"font": {"size": 17, "color": "#111"}, "bgcolor": "rgba(255, 255, 255, 0.8)", "borderpad": 1}


def atlas(
    places: np.ndarray, indices: np.ndarray, labels: np.ndarray, answers: np.ndarray, colouring: str,
    marked: np.ndarray, drawing: np.ndarray | None = None, *, lasso: bool = False,
) -> go.Figure:  # fmt: skip
    """Every digit as a point. A selected point's `customdata` is its index, label and answer.

    Args:
        places: (n, 2) in [0, 1].
        indices: (n,) by which digits are cited.
        labels, answers: (n,) in 0..9.
        colouring: one of `COLOURINGS`.
        marked: (n,) bool: points to be ringed.
        drawing: (2,) place of the user's own drawing, or None.
        lasso: whether dragging selects; else it moves the map, and a click selects one point.
    """
    figure = go.Figure()
    places = np.asarray(places, dtype=np.float32)
    data = np.stack([indices, labels, answers], axis=1)  # goes as lists: typed arrays come back as mappings
    right = labels == answers
    if colouring == "right or wrong":
        kinds = [("right", right, RIGHT, "circle", 4), ("wrong", ~right, WRONG, "x", 9)]
    else:
        by = labels if colouring == "true digit" else answers
        kinds = [(str(digit), by == digit, DIGIT_COLOURS[digit], "circle", 5) for digit in range(10)]
    for name, mask, colour, symbol, size in kinds:
        figure.add_scattergl(
            x=places[mask, 0], y=places[mask, 1], customdata=data[mask].tolist(), name=name, mode="markers",
            marker={"color": colour, "symbol": symbol, "size": size},
            hovertemplate="digit %{customdata[0]}<br>label %{customdata[1]}, answer %{customdata[2]}<extra></extra>",
        )  # fmt: skip
    if marked.any():
        figure.add_scattergl(
            x=places[marked, 0], y=places[marked, 1], customdata=data[marked].tolist(), name="selected", mode="markers",
            marker={"symbol": "circle-open", "size": 13, "color": "#009E73", "line": {"width": 2.5}},
            hovertemplate="digit %{customdata[0]}<br>label %{customdata[1]}, answer %{customdata[2]}<extra></extra>",
        )  # fmt: skip
    if drawing is not None:
        figure.add_scatter(
            x=[drawing[0]], y=[drawing[1]], name="my drawing", mode="markers+text", text=["my drawing"],
            textposition="top center", hoverinfo="skip",
            marker={"symbol": "star", "size": 20, "color": "#009E73", "line": {"width": 1.5, "color": "white"}},
        )  # fmt: skip
    for digit in np.unique(labels):
        x, y = np.median(places[labels == digit], axis=0)
        figure.add_annotation(x=x, y=y, text=f"<b>{digit}</b>", showarrow=False, **LABEL)
    figure.update_xaxes(visible=False, range=[-0.02, 1.02])
    figure.update_yaxes(visible=False, range=[-0.02, 1.02])
    figure.update_layout(
        height=HEIGHT_PX, margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode="lasso" if lasso else "pan", hovermode="closest",
        legend={"orientation": "h", "y": -0.02}, uirevision="atlas",
    )  # fmt: skip
    return figure
