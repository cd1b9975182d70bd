"""Every figure as a table: whoever cannot see it reads the same numbers."""

import numpy as np
import plotly.graph_objects as go
import pytest

from digitlab.analysis import calibration
from digitlab.charts import as_table, style, trials
from digitlab.charts import calibration as charts


def test_lines_that_share_their_places_have_a_column_each():
    figure = go.Figure()
    figure.add_scatter(x=[3, 1], y=[0.5, 0.25], name="dnn")
    figure.add_scatter(x=np.array([1, 2, 3]), y=np.array([1234, 0.123456, 2]), name="cnn")
    figure.update_xaxes(title="epoch")
    assert as_table.rows(style.framed(figure)) == [
        ["epoch", "dnn", "cnn"], ["1", "0.25", "1,234"], ["2", "", "0.1235"], ["3", "0.5", "2"],
    ]  # fmt: skip


def test_points_with_places_of_their_own_have_a_row_each():
    figure = go.Figure()
    for name, at in (("dnn", [0.1, 0.2]), ("cnn", [0.3, 0.4])):
        figure.add_scatter(x=at, y=[1, 0.99], name=name)
    figure.add_scatter(x=[0, 1], y=[0, 1], hoverinfo="skip")
    figure.update_xaxes(title="share", tickformat=".0%").update_yaxes(title="accuracy", tickformat=".2~%")
    assert as_table.rows(figure)[:2] == [["Series", "share", "accuracy"], ["dnn", "10.00%", "100.00%"]]
    assert len(as_table.rows(figure)) == 5


def test_a_long_curve_is_told_from_its_beginning_to_its_end():
    rows = as_table.rows(go.Figure(go.Scatter(x=np.arange(2000), y=np.arange(2000))))
    assert (len(rows), rows[1][0], rows[-1][0]) == (as_table.MOST_ROWS + 1, "0", "1,999")


def test_bars_that_lie_are_named_by_their_side():
    rows = as_table.rows(trials.importance({"batch_size": 0.75, "epochs": 0.25}))
    assert rows[0] == ["", "share of the difference between trials"]
    assert [row[1] for row in rows[1:]] == ["75.00%", "25.00%"]  # from the top


@pytest.mark.parametrize("by", calibration.BINNINGS)
def test_a_place_on_an_axis_of_nines_is_told_as_a_share(by):
    confidence, right = np.array([0.95, 0.999, 0.99999] * 20), np.arange(60) % 4 > 0
    probabilities = np.zeros((60, 10), np.float32)
    probabilities[:, 0], probabilities[:, 1] = confidence, 1 - confidence
    found = {"cnn": calibration.reliability(probabilities, np.where(right, 0, 1), by=by)}
    rows = as_table.rows(charts.reliability_diagram(found, {"cnn": 0.1}, {"cnn": "CNN"}, by))
    assert len(rows) > 1
    assert all("%" in cell for row in rows[1:] for cell in row if cell)


def test_what_has_no_points_has_no_table():
    assert as_table.rows(go.Figure()) == []
    assert as_table.rows(trials.choices([], {})) == []
