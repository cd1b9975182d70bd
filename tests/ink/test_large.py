"""Large drawings, which another process thins before they are read."""

import json
import os
import signal

import numpy as np
import pytest

from digitlab import ink
from digitlab.errors import Busy, InvalidValue, UnreadablePicture
from digitlab.ink import large
from tests import drawings
from tests.patience import until


@pytest.fixture
def process(monkeypatch):
    started = large._Process()
    monkeypatch.setattr(large, "_process", started)
    yield started
    if started._child is not None:
        started._child.kill()
        started._child.communicate()


def asked(reports: int, **fields) -> bytes:
    """A drawn 4 with so many points a stroke."""
    lines = []
    for line in drawings.strokes(4):
        at = np.linspace(0, len(line) - 1, reports)
        lines.append(np.stack([np.interp(at, range(len(line)), axis) for axis in line.T], axis=1).tolist())
    return json.dumps({"width": 280, "height": 280, "brush": 20, "strokes": lines, **fields}).encode()


def test_a_small_drawing_is_taken_as_it_is(process):
    body = asked(20, models=["dnn"])
    assert ink.decoded(body) == json.loads(body)
    assert process._child is None


def test_a_large_one_comes_back_small_with_what_stands_beside_it_and_looks_alike(process):
    body = asked(2000, models=["dnn", "cnn"], share=0.5, final=True)
    assert len(body) > ink.SMALL_BYTES
    found = ink.decoded(body)
    assert {name: found[name] for name in ("models", "share", "final")} == {
        "models": ["dnn", "cnn"],
        "share": 0.5,
        "final": True,
    }
    assert len(json.dumps(found)) < 5_000
    whole, thin = (ink.read(ink.strokes_from_json(fields)) for fields in (json.loads(body), found))
    assert np.abs(whole.pixels - thin.pixels).max() < 0.1
    assert process._child.poll() is None  # it goes on for the next


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[" * 30_000, InvalidValue),
        (b" " * 30_000, InvalidValue),
        (b'"' + b"x" * 30_000 + b'"', InvalidValue),
        (b"\xff" * 30_000, InvalidValue),
        (b"[]", InvalidValue),
        (b"{", InvalidValue),
        (asked(2000, note="x" * 10_000), InvalidValue),
        (asked(2000, width=-1), UnreadablePicture),
        (asked(20_000), UnreadablePicture),
        (json.dumps({"label": 4, "token": "0" * 30_000}).encode(), UnreadablePicture),
    ],
)
def test_what_is_no_drawing_is_refused_in_words(process, body, error):
    with pytest.raises(error, match="Expected"):
        ink.decoded(body)


def test_one_that_takes_too_long_is_given_up_and_the_next_one_read(process, monkeypatch):
    ink.decoded(asked(2000))
    first = process._child
    os.kill(first.pid, signal.SIGSTOP)
    monkeypatch.setattr(large, "LONGEST_S", 0.1)
    with pytest.raises(Busy):
        ink.decoded(asked(2000))
    monkeypatch.undo()
    monkeypatch.setattr(large, "_process", process)
    assert ink.decoded(asked(2000))["strokes"]
    assert process._child is not first


def test_a_process_that_was_killed_is_started_anew(process):
    ink.decoded(asked(2000))
    first = process._child
    first.kill()
    until(lambda: first.poll() is not None)
    assert ink.decoded(asked(2000))["strokes"]
