"""The one training's lock, status and requests: in files and in PostgreSQL alike."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitlab import jobs, settings
from digitlab.errors import InvalidValue, TrainingRunning
from digitlab.jobs import Job, Knobs
from digitlab.networks import Recipe
from digitlab.training.worker import Worker
from tests.jobs import stand_in
from tests.jobs.conftest import ended, wait_for
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("board")
LONG = Recipe(epochs=500)


def test_one_has_the_lock():
    assert not jobs.is_running()
    one, other = jobs.lock(), jobs.lock()
    assert one.take()
    assert one.take()  # has it already
    assert one.is_held()
    assert not other.take(0.1)
    assert not other.is_held()
    assert jobs.is_running()
    one.release()
    assert not one.is_held()
    assert not jobs.is_running()
    with other:
        assert jobs.is_running()
    assert not jobs.is_running()


def test_watched_paused_resumed_and_stopped():
    assert jobs.status() is None
    started = jobs.start(Job("train", "dnn-100", LONG.with_changes(epochs=400)))
    assert (started.network, started.origin) == ("dnn-100", "page")
    with pytest.raises(TrainingRunning, match=r"dnn-100 has been training since \d\d:\d\d, started from a page \(proc"):
        jobs.start(Job("train", "softmax", LONG))
    wait_for(lambda found: found.history)
    with ThreadPoolExecutor(2) as pool:  # two windows at once
        for _ in pool.map(lambda values: jobs.turn(started.id, **values), [{"noise": 0.2}, {"rotation": 10.0}] * 4):
            pass
    for _ in range(2):
        jobs.add_epoch(started.id)
    assert jobs.asked(started.id) == ("train", Knobs(noise=0.2, rotation=10.0, more=2))
    jobs.pause()
    paused = wait_for(lambda found: found.state == "paused")
    again = wait_for(lambda found: found.updated_at > paused.updated_at + 0.5)
    assert len(again.history) <= len(paused.history) + 1
    jobs.resume()
    wait_for(lambda found: len(found.history) > len(again.history) + 1)
    terminal = subprocess.run(
        stand_in.command("train", "cnn"), capture_output=True, text=True, check=False, cwd=settings.REPOSITORY
    )
    assert terminal.returncode == 1
    assert "One training at a time: dnn-100 has been training since" in terminal.stderr
    jobs.stop(keep=True)
    done = wait_for(ended)
    assert (done.state, done.message) == ("done", "Stopped on request.")
    with pytest.raises(InvalidValue, match="training is over"):
        jobs.turn(started.id, noise=0.1)
    lock = jobs.lock()
    assert lock.take(PATIENCE_S)  # the worker gives it back a moment after its last word
    lock.release()


def test_a_killed_worker_is_told_and_the_next_one_discarded():
    started = jobs.start(Job("train", "dnn-100", LONG))
    wait_for(lambda found: found.history)
    os.kill(started.pid, signal.SIGKILL)
    found = wait_for(ended)
    assert (found.id, found.state) == (started.id, "killed")
    assert "was killed" in found.message
    seen = [sys.executable, "-c", "from digitlab import jobs; print(jobs.status().state, jobs.status().id)"]
    again = subprocess.run(seen, capture_output=True, text=True, check=True, cwd=settings.REPOSITORY)
    assert again.stdout.split() == ["killed", started.id]  # another process, as after a restart, sees the same
    again = jobs.start(Job("train", "cnn", LONG))
    with pytest.raises(InvalidValue, match="first epoch is not done"):
        jobs.stop(keep=True)
    jobs.stop(keep=False)
    found = wait_for(ended)
    assert (found.id, found.network, found.state) == (again.id, "cnn", "discarded")


def test_of_two_starts_at_once_one_wins_and_the_other_is_told():
    def start(network):
        try:
            return jobs.start(Job("train", network, LONG))
        except TrainingRunning as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(start, ["dnn", "cnn"]))
    (winner,) = [one for one in told if isinstance(one, jobs.Status)]
    (refusal,) = [one for one in told if isinstance(one, str)]
    assert f"{winner.network} has been training since" in refusal
    assert jobs.status().id == winner.id


def test_last_word_stands_however_busy_the_worker_was_writing(monkeypatch):
    monkeypatch.setattr("digitlab.training.worker.TICK_S", 0.001)
    monkeypatch.setattr("digitlab.training.worker.WRITE_S", 0.0)
    for _ in range(30):
        with Worker(Job("train", "dnn-100", LONG)) as one:
            one.phase("Evaluating")
            one._end("done", "Done.")
        assert jobs.status().state == "done"
