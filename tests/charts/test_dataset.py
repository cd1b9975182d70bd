"""MNIST as figures, a table and a drawing."""

import base64
import re

import numpy as np
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


def test_table_of_numbers():
    image = np.zeros((28, 28), np.uint8)
    image[2, :4] = [1, 117, 118, 255]
    html = charts.numbers(image, unit=False, row=2)
    assert html.count("<td") == 784
    marked = re.search(r"<tr class=marked>(.*?)</tr>", html).group(1)
    assert re.findall(r"<td style=\"--v:(\d+)\"( class=bright)?>([^<]*)<", marked)[:5] == [
        ("1", "", "1"),
        ("117", "", "117"),
        ("118", " class=bright", "118"),
        ("255", " class=bright", "255"),
        ("0", "", "0"),
    ]
    unit = re.search(r"<tr class=marked>(.*?)</tr>", charts.numbers(image, unit=True, row=2)).group(1)
    assert re.findall(r">([\d.]+)</td>", unit)[:5] == ["0.00", "0.46", "0.46", "1", "0"]


@pytest.mark.parametrize("row", [0, 5, 27])
def test_drawing_marks_the_row_in_the_picture_and_in_the_strip(row):
    image = np.zeros((28, 28), np.uint8)
    image[3, 4] = 200
    html = charts.flattening(image, row, 'a "4"')
    assert 'alt="a &quot;4&quot;"' in html
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", html).group(1)).decode()
    assert svg.count('fill="#c8c8c8"') == 2  # once in each
    assert f'<rect x="{28 * 3 + 4}"' in svg
    in_picture, in_strip = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)"', svg)[-2:]
    assert int(in_picture[1]) * 28 == row * int(in_picture[2])
    assert (int(in_strip[0]), int(in_strip[2])) == (28 * row, 28)
