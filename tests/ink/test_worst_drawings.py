"""What any drawing that is not refused may cost: processor time and memory."""

import time
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import ink
from digitlab.errors import InkError
from tests import worst_drawings
from tests.worst_drawings import Fields, fields

MOST_S, MOST_BYTES = 0.05, 20_000_000  # for any drawing, by itself on a machine of two cores
BUSY = 8  # times as long may it take where other tests compete for the processor's caches
WORST = worst_drawings.all_of_them()


def read(drawing: Fields) -> ink.Ink | None:
    with suppress(InkError):
        return ink.read(ink.strokes_from_json(drawing))
    return None


def seconds(drawing: Fields, tries: int, enough: float = 0) -> float:
    """Of processor time, at best; tried again while it is more than `enough`."""
    best = np.inf
    for _ in range(tries):
        began = time.thread_time()
        read(drawing)
        best = min(best, time.thread_time() - began)
        if best <= enough:
            break
    return best


def peak_bytes(drawing: Fields) -> int:
    tracemalloc.start()
    try:
        read(drawing)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", [kind for kind in WORST if kind.startswith("512 ")])
def test_no_drawing_takes_long_or_much_memory(kind):
    assert peak_bytes(WORST[kind]) <= MOST_BYTES
    assert seconds(WORST[kind], 2) <= BUSY * MOST_S


@pytest.mark.attack
def test_no_drawing_takes_more_than_50_ms_and_20_mb():
    read(WORST["280 px: 24 rings"])
    costs = {}
    for kind, drawing in WORST.items():
        pace = worst_drawings.pace()
        costs[kind] = seconds(drawing, 5, MOST_S * pace) / pace, peak_bytes(drawing)
    assert [(kind, cost) for kind, cost in costs.items() if cost[0] > MOST_S or cost[1] > MOST_BYTES] == []


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 15_000), st.integers(1, 50),
    st.sampled_from([1, 30, 280, 600, 10_000]), st.floats(0.001, 1), st.sampled_from(["anywhere", "walk"]),
)  # fmt: skip
def test_no_random_drawing_takes_long_or_much_memory(seed, strokes, points, widths, side, share, kind):
    generator = np.random.default_rng(seed)
    steps = generator.normal(0, share * side / 9, (max(points, strokes), 2))
    places = np.cumsum(steps, axis=0) % (share * side) if kind == "walk" else steps + side / 2
    brushes = generator.uniform(0.1, side, widths)[np.arange(strokes) % widths].tolist()
    drawing = fields(np.array_split(places, strokes), brushes, side)
    assert peak_bytes(drawing) <= MOST_BYTES
    assert seconds(drawing, 1) <= BUSY * MOST_S


@pytest.mark.parametrize("strokes", [1, 100])
@pytest.mark.parametrize("a_second", [120, 240])
def test_a_pen_that_never_pauses_for_a_minute_is_read(strokes, a_second):
    at = np.linspace(0, 60, 60 * a_second)  # s
    place = np.stack([np.sin(17 * at) + 0.2 * np.cos(3 * at), np.sin(13 * at + 1)], axis=1)  # 1,700 px a second
    scribble = fields(np.array_split(140 + 100 * place, strokes), 6)
    assert read(scribble).pixels.max() > 0.9


def test_many_brushes_change_little():
    turns = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([140 + 80 * np.cos(turns), 140 + 100 * np.sin(turns)], axis=1)
    parts = [ring[at : at + 6] for at in range(0, 200, 5)]
    one, many = (read(fields(parts, brushes)) for brushes in (20, np.linspace(18, 22, 40).tolist()))
    assert np.abs(one.pixels - many.pixels).max() < 0.3
    assert np.allclose(one.box, many.box, atol=6)


def test_more_digits_than_anyone_reads_one_by_one_are_one_drawing():
    assert len(read(fields(worst_drawings.rings(7, 2, 280, 20), 5)).segments) == 14
    whole = read(fields(worst_drawings.rings(6, 5, 280, 20), 4))
    assert whole.segments == ()
    assert whole.box.width > 240
