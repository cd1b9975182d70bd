"""Reading in other processes: the same answers to the last bit, whatever becomes of a process."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from digitlab import serving, settings
from digitlab.errors import NothingDrawn, OnlyADot, UnreadablePicture
from digitlab.models import store
from digitlab.serving import readers
from digitlab.serving.readers import Readers
from tests import drawings
from tests.patience import PATIENCE_S, until


def fields(*lines, brush: float = 16) -> dict:
    return {"width": 280, "height": 280, "brush": brush, "strokes": [np.round(line, 1).tolist() for line in lines]}


DIGITS = [fields(*drawings.strokes(digit)) for digit in range(10)]
ROW = fields(*(line for at, digit in enumerate((4, 2)) for line in drawings.strokes(digit, 20 + 135 * at, 80, 100)))
CROSS = fields([[60, 60], [220, 220]], [[220, 60], [60, 220]])


@pytest.fixture(scope="module")
def models() -> list[serving.Classifier]:
    return [serving.load(name) for name in store.FLAGSHIPS]


@pytest.fixture(scope="module")
def started(models) -> Iterator[Readers]:
    """One process beside this one, which is ready."""
    pool = crowded(1)
    pool.ask(readers._read, models, CROSS, 1)
    until(lambda: pool._idle)
    yield pool
    for reader in pool._idle:
        reader.end()


def crowded(most: int) -> Readers:
    pool = Readers(most)
    pool._crowded = time.monotonic() + PATIENCE_S
    return pool


def only(pool: Readers) -> psutil.Process:
    (reader,) = pool._idle
    return psutil.Process(reader._child.pid)


@pytest.mark.parametrize("drawing", [*DIGITS, ROW, CROSS])
def test_another_process_answers_to_the_last_bit_the_same(started, models, drawing):
    for share in (0.4, 1):
        (seen, reading), (here, own) = (
            started.ask(readers._read, models, drawing, share),
            readers._read(models, drawing, share),
        )
        np.testing.assert_array_equal(seen.pixels, here.pixels)
        assert (seen.box, seen.size, [part.box for part in seen.segments]) == (
            here.box, here.size, [part.box for part in here.segments],
        )  # fmt: skip
        np.testing.assert_array_equal(seen.steps[0].image, here.steps[0].image)
        assert len(reading.digits) == len(own.digits)
        for digit, own_digit in zip(reading.digits, own.digits, strict=True):
            assert_alike(digit.verdicts, own_digit.verdicts)
        assert_alike(reading.whole, own.whole)
    assert len(started._idle) == 1


def test_what_is_nested_too_deep_to_be_sent_is_refused_here_and_the_process_goes_on(started, models):
    nested: list = []
    for _ in range(900):
        nested = [nested]
    process = only(started)
    with pytest.raises(UnreadablePicture):
        started.ask(readers._read, models, {**CROSS, "strokes": nested}, 1)
    assert only(started) == process
    started.ask(readers._read, models, CROSS, 1)
    assert only(started) == process


def assert_alike(one, other) -> None:
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_array_equal(one[name].probabilities, other[name].probabilities)
        assert (one[name].digit, one[name].doubt) == (other[name].digit, other[name].doubt)


def test_a_timeline_of_another_process_is_the_same(started, models):
    there, here = started.ask(readers._read_along, models, ROW, 5), readers._read_along(models, ROW, 5)
    for (shares, is_digit), (own, own_is_digit) in zip(there, here, strict=True):
        np.testing.assert_array_equal(shares, own)
        assert is_digit == own_is_digit


@pytest.mark.parametrize(
    ("drawing", "error"),
    [(fields(), NothingDrawn), (fields([[140, 140]]), OnlyADot), ({**CROSS, "strokes": 4}, UnreadablePicture)],
)
def test_what_cannot_be_read_is_told_as_here(started, models, drawing, error):
    with pytest.raises(error) as there:
        started.ask(readers._read, models, drawing, 1)
    with pytest.raises(error) as here:
        readers._read(models, drawing, 1)
    assert str(there.value) == str(here.value)
    assert len(started._idle) == 1


def test_what_another_process_takes_counts_as_work(started, models):
    before, here = readers.processor_s(), time.thread_time()
    for _ in range(20):
        started.ask(readers._read_along, models, ROW, 20)
    assert readers.processor_s() - before > 2 * (time.thread_time() - here)


def test_a_process_that_was_killed_costs_nobody_an_answer_and_another_one_starts(started, models):
    killed = only(started)
    killed.kill()
    killed.wait(PATIENCE_S)
    assert started.ask(readers._read, models, CROSS, 1)[0].box.width > 100
    assert started._idle == []
    started.ask(readers._read, models, CROSS, 1)
    until(lambda: started._idle)
    assert only(started).pid != killed.pid


def test_a_model_that_only_this_process_has_in_memory_answers_here(started, models, monkeypatch):
    gone = serving.Classifier(store.read("softmax"))
    monkeypatch.setattr(gone, "name", "gone")
    assert list(started.ask(readers._read, [gone], CROSS, 1)[1].whole) == ["gone"]


def test_a_model_that_is_replaced_answers_at_once(started, tmp_path, monkeypatch):
    models = settings.load().models_dir
    shutil.copytree(models / "softmax", tmp_path / "one")
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))

    def answered() -> tuple[np.ndarray, np.ndarray]:
        model = serving.load("one")
        there = started.ask(readers._read, [model], DIGITS[4], 1)
        return there[1].whole["one"].probabilities, readers._read([model], DIGITS[4], 1)[1].whole["one"].probabilities

    before, here = answered()
    np.testing.assert_array_equal(before, here)
    shutil.rmtree(tmp_path / "one")
    shutil.copytree(models / "ann-hidden", tmp_path / "one")
    after, here = answered()
    np.testing.assert_array_equal(after, here)
    assert not np.array_equal(before, after)


def test_whoever_draws_alone_needs_no_process(models):
    pool = Readers(1)
    for _ in range(3):
        pool.ask(readers._read, models, CROSS, 1)
    assert (pool._started, pool._idle) == (0, [])


def test_questions_that_come_together_start_a_process_which_ends_when_they_do_not_any_more(models, monkeypatch):
    pool, together = Readers(1), threading.Barrier(2)

    def wait(_: object) -> None:
        together.wait(PATIENCE_S)

    both = [threading.Thread(target=pool.ask, args=(wait, models)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(PATIENCE_S)
    until(lambda: pool._idle)
    process = only(pool)
    monkeypatch.setattr(readers, "CROWD_S", 0.0)
    pool.ask(readers._read, models, CROSS, 1)
    assert not process.is_running()
    assert (pool._started, pool._idle) == (0, [])


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_server_that_is_killed_leaves_no_process():
    code = "from digitlab.serving.readers import _Reader; print(_Reader()._child.pid, flush=True); input()"
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=settings.REPOSITORY,
    )  # fmt: skip
    reader = psutil.Process(int(server.stdout.readline()))
    server.send_signal(signal.SIGKILL)
    server.communicate()
    reader.wait(PATIENCE_S)
