import plotly.graph_objects as go
import pytest

from digitlab import language
from digitlab.charts import style, training
from digitlab.jobs import Change
from digitlab.wording import knobs


@pytest.mark.parametrize(("spoken", "signs"), [("en", ".,"), ("de", ",."), ("es", ",."), ("it", ",.")])
def test_numbers_in_charts_are_written_as_the_page_s_language_has_them(spoken, signs):
    rate = Change("learning_rate", 0.005, 9, 0.5, 1.0)
    with language.speaking(spoken):
        assert style.framed(go.Figure()).layout.separators == signs
        _, live = training.live([], [], "loss", 5, "DNN", [rate])
        assert knobs.changed(rate).endswith(f" 0{signs[0]}005")
    number = live["config"]["locale"]["number"]
    assert number["decimal"] + number["thousands"] == signs


def test_dark_pages_have_the_style_sheets_dark_colours():
    light = f'{{"range": ["{style.FAMILY_COLOURS["DNN"]}", "{style.FAMILY_COLOURS["CNN"]}", "#8C8C8C"]}}'
    assert style.on_dark(light) == '{"range": ["#56b4e9", "#ff9d5c", "#8C8C8C"]}'


def test_no_two_colours_become_one_on_dark_pages():
    dark = style.on_dark(" ".join(style.COLOURS)).split()
    assert len({colour.lower() for colour in dark}) == len(style.COLOURS)
