"""Links with values that no control offers: whoever shortened or mistyped one still finds a page."""

import pytest
from streamlit.testing.v1 import AppTest

MODELS = ["left", "right", "split"]
KEYS = {
    "draw/draw": ["source", "left", "right", "why", "part", "inside", "unit", "why_digit", "present"],
    "explore/confusion": [*MODELS, "beside", "shown", "errors", "digit"],
    "explore/mistakes": [*MODELS, "group", "order", "true", "answer", "slice", "digit", "of"],
    "explore/embedding_map": [*MODELS, "layer", "colour", "only", "drag", "wrong", "mine", "selected", "digit"],
    "explore/calibration": [*MODELS, "bins", "sure", "digit"],
    "explore/dataset": ["section", "split", "readers", "row", "digit", "scale", "model", "sheet"],
    "explore/curves": ["models", "quantity", "against", "scale"],
    "train/retrain": ["network", "preset"],
    "train/sweep": ["network", "study", "view"],
    "train/models": ["model"],
    "present/collection": ["which", "labelled", "drawing"],
}


@pytest.mark.parametrize("value", ["", "x", "-1", "99999999999999999999", "a,b", "%00"])
@pytest.mark.parametrize("page", KEYS)
def test_any_value_in_a_link_opens_the_page(page, value, no_mnist):
    app = AppTest.from_file(f"../../pages/{page}.py", default_timeout=180)
    for key in KEYS[page]:
        app.query_params[key] = value
    app.run()
    assert not app.exception


@pytest.mark.parametrize("section", ["Splits", "Examples", "Averages", "One digit"])
def test_any_value_in_a_link_opens_every_section_of_the_dataset(section, no_mnist):
    app = AppTest.from_file("../../pages/explore/dataset.py", default_timeout=180)
    for key in KEYS["explore/dataset"]:
        app.query_params[key] = ""
    app.query_params["section"] = section
    app.run()
    assert not app.exception
