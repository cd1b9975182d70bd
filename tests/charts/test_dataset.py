"""MNIST as figures."""

import pytest

from digitlab.analysis import dataset
from digitlab.charts import dataset as charts
from digitlab.data import mnist
from tests.digits import tiny


@pytest.fixture(scope="module")
def packaged() -> dataset.Summary:
    return dataset.summarise(mnist.packaged())


def test_chart_of_the_classes(packaged):
    figure = charts.classes({"validation": packaged, "test": dataset.summarise(tiny())})
    assert [(bars.name, list(bars.y)) for bars in figure.data] == [
        ("validation (5,000)", [500] * 10),
        ("test (20)", [2] * 10),
    ]
    assert figure.data[0].marker.color != figure.data[1].marker.color
    assert figure.layout.barmode == "group"


def test_chart_of_the_pixel_values(packaged):
    figure = charts.pixels({"validation": packaged})
    ends, between = figure.data
    assert (list(ends.x), list(between.x)) == ([0, 255], list(range(1, 255)))
    assert sum(ends.y) + sum(between.y) == pytest.approx(100)
    assert ends.y[0] == pytest.approx(100 * (mnist.packaged().images == 0).mean())
    assert figure.layout.yaxis.type == "log"
