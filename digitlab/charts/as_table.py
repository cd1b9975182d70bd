"""The points of a figure as rows of text, for those who hear a page and for those who want the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral

MOST_ROWS = 40  # of a curve with more points, only as many are told, evenly spaced


class _Series(NamedTuple):
    """One line or one kind of bars: its name, the titles and values of both axes, and what its points are called."""

    name: str
    titles: tuple[str, str]
    x: list[Any]
    y: list[Any]
    texts: list[str]


def rows(figure: go.Figure) -> list[list[str]]:
    """The points of lines and bars.

    Returns:
        A row of headings, then the points by their place on the horizontal axis: one column for each series where they
        share these places, else one row for each point. Nothing for a figure without such points.
    """
    series = [one for trace in figure.data if (one := _series(trace, figure)) is not None]
    if not series:
        return []
    places = list(dict.fromkeys(place for one in series for place in one.x))
    is_shared = len(places) < 2 * max(len(one.x) for one in series) and not any(one.texts for one in series)
    return _wide(series, places) if is_shared else _long(series)


def _wide(series: Sequence[_Series], places: list[Any]) -> list[list[str]]:
    if not any(isinstance(place, str) for place in places):
        places = sorted(places)
    several = len({one.titles[1] for one in series}) > 1
    heads = [", ".join(filter(None, (one.name, one.titles[1] if several else ""))) for one in series]
    values = [dict(zip(one.x, one.y, strict=True)) for one in series]
    title = next((one.titles[0] for one in series if one.titles[0]), "")
    if len(series) == 1:
        heads = [series[0].titles[1] or series[0].name]
    body = [[_text(place), *(_text(of.get(place, "")) for of in values)] for place in _thinned(places)]
    return [[title, *heads], *body]


def _long(series: Sequence[_Series]) -> list[list[str]]:
    has_texts = any(one.texts for one in series)
    heads = [_("Series"), *([_("Point")] if has_texts else []), *series[0].titles]
    body = [
        [one.name, *([text] if has_texts else []), _text(x), _text(y)]
        for one in series
        for x, y, text in _thinned(list(zip(one.x, one.y, one.texts or [""] * len(one.x), strict=True)))
    ]
    return [heads, *body]


def _series(trace: Any, figure: go.Figure) -> _Series | None:
    if trace.type not in ("scatter", "bar") or trace.hoverinfo == "skip" or trace.x is None or not len(trace.x):
        return None
    axes = [figure.layout[f"{kind}axis{(trace[f'{kind}axis'] or kind)[1:]}"] for kind in "xy"]
    titles, (x, y) = [axis.title.text or "" for axis in axes], [_told(trace.x, axes[0]), _told(trace.y, axes[1])]
    texts = [] if trace.text is None or isinstance(trace.text, str) else list(trace.text)
    if axes[0].ticktext is not None:  # its numbers mean something to the axis only
        x, texts = texts, []
    if trace.type == "bar" and trace.orientation == "h":
        titles, x, y = titles[::-1], y[::-1], x[::-1]
    return _Series(trace.name or "", (titles[0], titles[1]), x, y, texts)


def _told(values: Any, axis: Any) -> list[Any]:
    """The values as people read them beside an axis: shares as percentages, numbers as numbers, words as words."""
    if "%" in (axis.tickformat or ""):
        return [numeral(value, ".2%") for value in values]
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return numeral(int(value), ",") if float(value).is_integer() else numeral(value, ",.4g")


def _thinned(all_rows: list[Any]) -> list[Any]:
    if len(all_rows) <= MOST_ROWS:
        return all_rows
    return [all_rows[at] for at in np.linspace(0, len(all_rows) - 1, MOST_ROWS).round().astype(int)]
