import pytest

from digitlab.analysis import history
from digitlab.charts import training as charts
from digitlab.charts.style import FAMILY_COLOURS
from digitlab.models import store

FAMILIES = {"dnn": "DNN", "cnn": "CNN"}


@pytest.fixture
def histories():
    return {name: history.read(store.read(name).run) for name in ("dnn", "cnn")}


def test_curves_show_both_parts_and_the_best_epoch(histories):
    figure = charts.curves(histories, FAMILIES, "loss", by_seconds=False, log=False)
    assert [trace.name for trace in figure.data[:3]] == ["dnn, training", "dnn, validation", "dnn, best epoch"]
    assert list(figure.data[1].y) == list(histories["dnn"].val_loss)
    star = figure.data[2]
    assert star.x[0] == histories["dnn"].epochs[histories["dnn"].best]
    assert not any(trace.fill for trace in figure.data)  # shading two gaps at once shows neither


def test_one_models_gap_is_shaded(histories):
    figure = charts.curves({"cnn": histories["cnn"]}, {"cnn": "CNN"}, "accuracy", by_seconds=True, log=False)
    assert figure.data[1].fill == "tonexty"
    assert list(figure.data[0].x) == list(histories["cnn"].elapsed_s)


def test_accuracy_on_a_log_scale_is_drawn_as_error(histories):
    figure = charts.curves({"cnn": histories["cnn"]}, {"cnn": "CNN"}, "accuracy", by_seconds=False, log=True)
    assert list(figure.data[1].y) == pytest.approx([1 - value for value in histories["cnn"].val_accuracy])
    assert figure.layout.yaxis.type == "log"


def test_families_are_told_apart_by_colour_and_symbol():
    rows = [
        {"name": "a", "family": "DNN", "parameters": 10, "accuracy": 0.9},
        {"name": "b", "family": "CNN", "parameters": 20, "accuracy": 0.95},
    ]
    one, other = charts.accuracy_against_parameters(rows).data
    assert one.marker.color != other.marker.color
    assert one.marker.symbol != other.marker.symbol
    assert (list(one.x), list(other.customdata), list(other.y)) == ([10], [0.95], [pytest.approx(0.05)])


def test_a_model_keeps_the_colour_of_its_family_and_the_axis_fits_what_differs(histories):
    figure = charts.curves({"cnn": histories["cnn"]}, {"cnn": "CNN"}, "accuracy", by_seconds=False, log=False)
    assert figure.data[0].line.color == FAMILY_COLOURS["CNN"]
    low, high = figure.layout.yaxis.range
    assert low > min(histories["cnn"].accuracy)  # of the first epoch
    assert low < min(histories["cnn"].val_accuracy[-10:]) < high
