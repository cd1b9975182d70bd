"""Colours that mean something stay apart for every kind of colour vision, and those of the models mean nothing else."""

import re

import pytest

from digitlab.charts import style
from digitlab.settings import PACKAGE, REPOSITORY
from digitlab.ui.digit_map import DIGIT_COLOURS, RIGHT_OR_WRONG
from digitlab.ui.draw.overlays import AGAINST, FOR
from tests.colour_vision import SEEN, least

FAMILIES = tuple(style.FAMILY_COLOURS.values())
ON_DARK = tuple(style.on_dark(" ".join(FAMILIES)).split())
SHEETS = [*(PACKAGE / "ui").rglob("*.css"), *(PACKAGE / "audience").rglob("*.css")]


def of_sheet(name: str) -> list[str]:
    """A colour of `style.css` on light and on dark pages."""
    sheet = (PACKAGE / "ui" / "style.css").read_text(encoding="utf-8")
    return re.findall(r"#\w{6}", re.search(rf"--{name}: (.*);", sheet)[1])


APART = 15  # CIE76; 2.3 can just be told apart, and small dots on a map need several times as much
PALETTES = {
    "models": FAMILIES,
    "models on dark": ON_DARK,
    "for and against, on ink": (FOR, AGAINST, (0, 0, 0)),
    "digits": DIGIT_COLOURS,
    "for and against, on light": (of_sheet("for")[0], of_sheet("against")[0], "#ffffff"),
    "for and against, on dark": (of_sheet("for")[1], of_sheet("against")[1], "#171614"),
    "right or wrong": tuple(colour for _, colour, _ in RIGHT_OR_WRONG),
}


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize("palette", PALETTES)
def test_colours_stay_apart_for_every_colour_vision(palette, kind):
    assert least(PALETTES[palette], kind) >= APART


def test_red_and_green_that_many_take_for_each_other_would_fail():
    assert least(("#7a7a00", "#a86a00"), "deuteranopia") < APART < least(("#7a7a00", "#a86a00"), "all cones")


def test_controls_have_no_models_colour():
    theme = (REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8").lower()
    accents = re.findall(r'primarycolor = "(#\w+)"', theme)
    sheet = (PACKAGE / "ui" / "style.css").read_text(encoding="utf-8").lower()
    assert f"--accent: light-dark({', '.join(accents)})" in sheet
    for kind in SEEN:
        assert least((accents[0], *FAMILIES), kind) >= APART
        assert least((accents[1], *ON_DARK), kind) >= APART


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_models_colours_are_of_models_alone(sheet):
    for selector, rule in re.findall(r"([^{}]*)\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
        for family in re.findall(r"var\(--(dnn|cnn)\)", rule):
            assert f".{family}" in selector
        if not selector.rstrip().endswith(":root"):
            assert not re.search("|".join((*FAMILIES, *ON_DARK)), rule, re.IGNORECASE)
