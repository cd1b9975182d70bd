"""What can be asked of a training while it runs, and what of it is refused."""

import dataclasses
import os
import threading
import time

import msgspec
import numpy as np
import pytest

from digitlab import jobs
from digitlab.analysis import film
from digitlab.errors import InvalidValue
from digitlab.jobs import Job, Knobs, on_disk
from digitlab.jobs.knobs import MOST_CHANGES, Change
from digitlab.networks import Recipe
from digitlab.training import worker as worker_module
from digitlab.training.progress import Batch
from digitlab.training.worker import Worker
from tests.patience import PATIENCE_S, until

CHANGE = {"knob": "noise", "value": 0.1, "batch": 3, "at": 0.3, "elapsed_s": 1.0}


@pytest.fixture(autouse=True)
def own_models(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))


def publish(**changes):
    recipe = Recipe(**changes.pop("recipe", {})).as_dict()
    values = {"id": "1", "pid": 1, "origin": "page", "network": "dnn", "recipe": recipe, "promote": "never"}
    jobs.write(jobs.Status(**{**values, "state": "training", **changes}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"learning_rate": 11.0}, "learning_rate must be a number from 1e-08 to 10"),
        ({"learning_rate": float("nan")}, "learning_rate must be"),
        ({"momentum": 1.0}, r"momentum must be a number from 0 to 0\.99"),
        ({"noise": -0.1}, "noise must be"),
        ({"rotation": "45"}, "no knobs"),
        ({"pace": "fast"}, "no knobs"),
        ({"rest_s": 60.0}, "no knobs"),
        ({"colour": 1}, "no knobs"),
    ],
)
def test_values_out_of_range_are_refused(values, said):
    publish()
    with pytest.raises(InvalidValue, match=said):
        jobs.turn("1", **values)
    assert jobs.asked("1")[1] == Knobs()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"id": "2"}, "training is over"),
        ({"state": "done"}, "training is over"),
        ({"state": "finishing"}, "only while it learns"),
        ({"study": "some"}, "This is a sweep"),
        ({"changes": [CHANGE] * MOST_CHANGES}, "at most 200 times"),
        ({"recipe": {"optimizer": "rmsprop"}}, "rmsprop has no momentum"),
        ({"recipe": {"epochs": 500}}, "at most 500 epochs"),
    ],
)
def test_what_cannot_be_changed_is_refused(status, said):
    publish(**status)
    with pytest.raises(InvalidValue, match=said):
        jobs.turn("1", momentum=0.5, more=1)
    assert jobs.asked("1")[1] == Knobs()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"id": "1"}', '{"id": "1", "want": {"noise": 7}}', '{"id": "1", "want": 3}']
)
def test_a_damaged_request_changes_nothing(content):
    publish()
    (on_disk._folder() / "knobs.json").write_text(content)
    assert jobs.asked("1") == ("train", Knobs())


def test_a_worker_goes_by_steps_and_tells_what_it_saw(monkeypatch):
    monkeypatch.setattr(worker_module, "TICK_S", 0.01)
    batch = Batch(4, 50, np.eye(28, dtype=np.float32)[None], np.array([-1]), np.array([3]), 0.5)
    with Worker(Job("train", "dnn", Recipe())) as one:
        one._gallery = np.arange(3)
        one.begin(10, lambda images: np.zeros((len(images), 10)))
        one.batch(1, 1.0, 0.5)
        until(lambda: jobs.status().state == "training", jobs.status)
        number = one.status.id
        jobs.turn(number, pace="step", learning_rate=0.01)
        until(lambda: one.knobs().pace == "step", jobs.status)
        one.changed(Change("learning_rate", 0.01, 1, 0.1, 1.0))
        one.changed(Change("epochs", 11, 1, 0.1, 1.0))
        one.seen(batch)
        jobs.step(number)
        one.batch(2, 1.0, 0.5)  # returns since a step was asked for
        until(lambda: jobs.status().seen is not None, jobs.status)
        seen = msgspec.convert(jobs.status().seen, jobs.Seen)
        assert (seen.batch, seen.labels, seen.answers, seen.images().shape) == (4, [-1], [3], (1, 28, 28))
        assert [change["knob"] for change in jobs.status().changes] == ["learning_rate", "epochs"]
        assert jobs.status().recipe["epochs"] == 11
        jobs.turn(number, pace="full")
        began = time.monotonic()
        one.seen(batch)
        one.batch(3, 1.0, 0.5)  # returns since nobody looks any more
        assert time.monotonic() - began < 30
        until(lambda: jobs.status().seen is None, jobs.status)
        assert one.paused_s > 0 or one._stepped == 1
        one._end("done", "Done.")


def test_a_film_is_as_large_as_it_may_be_and_read_as_it_was_written():
    random = np.random.default_rng(1)
    labels = np.arange(1000) % 10
    digits = film.chosen(labels)
    assert len(digits) == film.POINTS
    epochs = range(film.MOST)
    counts, answers = ([random.integers(0, 10, shape) for _ in epochs] for shape in ((10, 10), (300,)))
    taken = film.developed(digits, counts, answers, [random.normal(size=(300, 64)) for _ in epochs])
    assert len(taken.packed()) < 32_000
    again = film.unpacked(taken.packed())
    for name, array in vars(taken).items():
        np.testing.assert_array_equal(array, getattr(again, name))
    wrong = dataclasses.replace(taken, answers=taken.answers[:, :9])
    assert film.of_arrays(wrong.arrays()) is None
    assert film.of_arrays({**taken.arrays(), "film_counts": np.uint32(1)}) is None
    assert film.unpacked("nonsense") is None
    assert film.of_arrays({}) is None


def test_digits_move_on_a_film_as_far_as_their_embeddings_do():
    start = np.random.default_rng(0).normal(size=(50, 5)) * [5, 4, 0.1, 0.1, 0.1]
    counts, answers = np.zeros((10, 10)), np.zeros(50)
    taken = film.developed(np.arange(50), [counts] * 3, [answers] * 3, [start, start + 7, start * 1.1])
    places = taken.places.astype(int)
    assert np.abs(places[0] - places[1]).max() <= 1  # a cloud that moves as a whole stays
    assert 0 < np.abs(places[0] - places[2]).max() < 20


def test_what_is_left_is_never_written_over_the_end(monkeypatch):
    with Worker(Job("train", "dnn", Recipe())) as one:
        one._over.set()  # so that nothing else writes
        one._update(state="finishing")
        replace, ends = dataclasses.replace, threading.Thread(target=one._end, args=("done", "Done."))

        def replace_slowly(status, **changes):
            if "left_s" in changes and len(changes) == 1:
                ends.start()
                ends.join(0.3)  # it cannot end in between
            return replace(status, **changes)

        monkeypatch.setattr(dataclasses, "replace", replace_slowly)
        one._update(left_s=1.0)
        ends.join(PATIENCE_S)
        assert one.status.state == "done"


def test_two_presenters_may_ask_at_the_same_moment(monkeypatch):
    replace, other = os.replace, threading.Thread(target=jobs.pause)
    publish()

    def replace_late(half, whole):
        if not other.ident:  # the other one writes and is done in between
            other.start()
            other.join(PATIENCE_S)
        replace(half, whole)

    monkeypatch.setattr(os, "replace", replace_late)
    jobs.stop(keep=False)
    assert jobs.asked("1")[0] == "discard"
