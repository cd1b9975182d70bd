"""Calibration as figures."""

import pytest

from digitlab.analysis import calibration, held_out
from digitlab.analysis.calibration import BINNINGS, HISTOGRAM_EDGES
from digitlab.charts import calibration as charts
from digitlab.charts import style


@pytest.fixture(scope="module")
def validation():
    return held_out.read("validation", ["dnn", "cnn"])


@pytest.mark.parametrize("by", BINNINGS)
def test_charts_tell_models_apart_without_colour(validation, by):
    families = {"dnn": "DNN", "cnn": "CNN"}
    answers = {name: (validation.probabilities[name], validation.labels) for name in families}
    found = {name: calibration.reliability(*answers[name], by=by) for name in families}
    figure = charts.reliability_diagram(found, dict.fromkeys(families, 0.0019), families, by)
    _, one, other = figure.data
    assert one.name == "dnn: calibration error 0.19 points"
    assert one.marker.symbol != other.marker.symbol
    assert one.line.dash != other.line.dash
    filled = found["cnn"].count > 0
    assert list(other.y) == list(found["cnn"].accuracy[filled])
    assert list(other.y + other.error_y.array) == pytest.approx(list(found["cnn"].high[filled]))
    low, high = figure.layout.xaxis.range
    assert all(low <= x <= high for x in [*one.x, *other.x])
    low, high = figure.layout.yaxis.range
    assert all(low <= y <= high for y in [*one.y, *other.y])
    counts = {name: calibration.confidence_histogram(*answers[name], HISTOGRAM_EDGES[by]) for name in families}
    bars = charts.histograms(counts, families, by)
    assert [list(bar.y) for bar in bars.data] == [list(count) for name in families for count in counts[name]]
    assert bars.data[0].marker.pattern.shape != bars.data[2].marker.pattern.shape
    assert bars.layout.yaxis.type == bars.layout.yaxis2.type == "log"


def test_curves_keep_every_mistake_and_show_the_choice(validation):
    curves = {name: calibration.selective(validation.probabilities[name], validation.labels) for name in ("dnn", "cnn")}
    choices = {"dnn": curves["dnn"].at(0.9), "cnn": curves["cnn"].at(2)}
    figure = charts.trade(curves, choices, {"dnn": "DNN", "cnn": "CNN"})
    line, mark, other = figure.data  # one that answers nothing stands nowhere
    assert set(line.y) >= {curves["dnn"].accuracy[-1], curves["dnn"].accuracy[curves["dnn"].wrong > 0][0]}
    assert (mark.x[0], mark.y[0]) == (choices["dnn"].share, choices["dnn"].accuracy)
    assert line.line.dash != other.line.dash
    left, _ = figure.layout.xaxis.range
    assert left < min(curve.share[curve.wrong == 0][-1] for curve in curves.values())


def test_two_of_a_family_get_two_colours():
    assert len(set(style.looks({"a": "DNN", "b": "DNN"}).values())) == 2
