"""Selections as CSV, sheets as PNG."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digitlab.charts import exports
from tests.analysis.held import DUEL


def test_selection_as_csv():
    rows = list(csv.DictReader(io.StringIO(exports.selection(DUEL, np.array([3, 0])))))
    assert [(row["split"], row["index"], row["label"], row["left_answer"]) for row in rows] == [
        ("validation", "103", "9", "4"), ("validation", "100", "4", "4"),
    ]  # fmt: skip
    assert float(rows[1]["left_loss"]) == pytest.approx(-np.log(0.8), abs=1e-5)


@given(st.integers(1, 130))
def test_sheet_holds_every_digit(count):
    sheet = Image.open(io.BytesIO(exports.sheet(np.full((count, 28, 28), 255, np.uint8), ["7: 1"] * count)))
    rows = -(-count // exports.ACROSS)
    assert sheet.size == (min(count, 20) * exports.TILE_PX, rows * (exports.TILE_PX + exports.CAPTION_PX))
    dark = (np.asarray(sheet) == 0).sum()
    assert dark >= count * exports.TILE_PX**2
