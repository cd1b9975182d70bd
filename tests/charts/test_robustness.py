import numpy as np

from digitlab.charts import robustness as charts
from digitlab.charts.style import FAMILY_COLOURS
from digitlab.explain import DISTORTIONS
from digitlab.explain.curves import Curve, Flip
from digitlab.explain.robustness import Crossing

ROTATION = DISTORTIONS["rotation"]
FAMILIES = {"dnn": "DNN", "cnn": "CNN"}


def test_every_model_looks_different():
    families = dict.fromkeys("abcdef", "DNN") | {"cnn": "CNN"}
    looks = charts.looks(families)
    assert len(set(looks.values())) == 7
    assert looks["cnn"][0] == FAMILY_COLOURS["CNN"]


def test_flips_stand_on_the_curve_of_the_first_answer():
    values = ROTATION.values(1)
    probabilities = np.full((3, 10), 0.0, np.float32)
    probabilities[:, 4], probabilities[:, 9] = [0.2, 1.0, 0.4], [0.8, 0.0, 0.6]
    curve = Curve(ROTATION, values, probabilities, (Flip(-45, 4, 9),))
    line, flips, *_ = charts.one_drawing({"dnn": curve, "cnn": curve}, FAMILIES).data
    np.testing.assert_allclose(line.y, [0.2, 1, 0.4])
    assert list(flips.x) == [-45]
    assert flips.text == ("→9",)
    np.testing.assert_allclose(flips.y, [0.6])


def test_every_point_knows_its_model_and_place():
    values = np.array([-90.0, 0, 90])
    shares = {"dnn": np.array([0.2, 1, 0.3]), "cnn": np.array([0.4, 1, 0.2])}
    crossings = [Crossing(45, "dnn")]
    figure = charts.a_thousand(values, shares, FAMILIES, ROTATION, "share right", crossings, ("cnn", 2))
    left, right, ring = figure.data
    assert [list(point) for point in right.customdata] == [["cnn", 0], ["cnn", 1], ["cnn", 2]]
    np.testing.assert_allclose(left.y, shares["dnn"])
    assert (list(ring.x), list(ring.y)) == ([90], [0.2])
    assert figure.layout.annotations[0].text == "dnn leads further out"
