"""Drawings thinned to a few kB, as they are stored."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import ink
from digitlab.errors import UnreadablePicture
from digitlab.ink import thinning
from tests import drawings


def fields(lines, brush=20, side: float = 280) -> dict:
    return {"width": side, "height": side, "brush": brush, "strokes": [np.round(line, 2).tolist() for line in lines]}


def reported(digit: int, apart_px: float) -> list[np.ndarray]:
    """A digit by a pen that is seen every so many px."""
    lines = []
    for line in drawings.strokes(digit):
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        places = np.arange(0, along[-1], apart_px)
        lines.append(np.stack([np.interp(places, along, axis) for axis in line.T], axis=1))
    return lines


def size(found: dict) -> int:
    return len(json.dumps(found))


@pytest.mark.parametrize("digit", range(10))
def test_an_ordinary_drawing_stays_as_it_is(digit):
    drawing = fields(reported(digit, 6), 20.0)
    assert ink.thinned({**drawing, "token": "0"}) == drawing


@pytest.mark.parametrize("digit", range(10))
def test_a_slow_pen_is_read_as_before(digit):
    drawing = fields(reported(digit, 0.5))
    thin = ink.thinned(drawing)
    assert size(thin) <= thinning.LARGEST_BYTES < size(drawing)
    before, after = (ink.read(ink.strokes_from_json(one)).pixels for one in (drawing, thin))
    assert np.abs(before - after).max() < 0.25
    assert ink.thinned(thin) == thin


def test_brushes_stay_with_their_strokes():
    drawing = fields([*reported(4, 0.3), [[20, 20]]], [20, 6.5, 9])
    thin = ink.thinned(drawing)
    assert thin["brush"] == [20, 6.5, 9]
    assert [len(line) for line in thin["strokes"]][2:] == [1]


def test_a_shaded_area_stays_one():
    across = np.tile([[40.0], [240.0]], (150, 2))
    across[:, 1] = np.linspace(40, 240, 300)
    hatched = fields(np.split(np.concatenate([across, across + 0.1]), 6), 6)
    thin = ink.thinned(hatched)
    assert size(thin) <= thinning.LARGEST_BYTES
    before, after = (ink.as_drawn(ink.strokes_from_json(one)) >= 0.5 for one in (hatched, thin))
    assert (before & after).sum() > 0.6 * before.sum()


WORST = {
    "a walk": [np.cumsum(np.random.default_rng(0).normal(0, 2, (15_000, 2)), axis=0) + 140],
    "dots": list(np.random.default_rng(1).uniform(0, 280, (200, 1, 2))),
    "dots far away": list(np.random.default_rng(2).uniform(-9999, 9999, (200, 1, 2))),
    "a pen that rests": [np.full((15_000, 2), 140.0)],
    "pens that rest": list(np.full((200, 20, 2), 140.0)),
    "nothing": [],
}


@pytest.mark.parametrize("kind", WORST)
@pytest.mark.parametrize("side", [100, 10_000])
def test_the_worst_drawings_are_thinned_to_a_few_kilobytes(kind, side):
    thin = ink.thinned(fields(WORST[kind], [6 + at % 40 for at in range(len(WORST[kind]))], side))
    assert size(thin) <= thinning.LARGEST_BYTES
    ink.strokes_from_json(thin)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.floats(1, 3000), st.floats(0.1, 500))
def test_any_drawing_is_thinned_to_a_few_kilobytes(seed, strokes, points, side, spread):
    lines = np.random.default_rng(seed).normal(0, spread, (strokes, points, 2))
    try:
        thin = ink.thinned(fields(lines, side, side))
    except UnreadablePicture:  # the pen goes too far for the canvas
        return
    assert size(thin) <= thinning.LARGEST_BYTES
    ink.strokes_from_json(thin)
