"""Trainings that wait for another machine: put, cancelled, taken, killed."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from digitlab import __main__ as command_line
from digitlab import database, jobs, settings
from digitlab.database.tables import JobRow
from digitlab.errors import InvalidValue, NothingToKeep, TrainingRunning, TrainingUnavailable
from digitlab.jobs import Job, processes, queue
from digitlab.networks import Recipe
from digitlab.training.worker import Worker
from tests.jobs import stand_in
from tests.jobs.conftest import ended, wait_for

LONG = Recipe(epochs=500)


@pytest.fixture
def elsewhere(in_database, monkeypatch):
    """An app that leaves trainings to other machines."""
    monkeypatch.setattr(processes, "can_train", lambda: False)


@contextmanager
def machine():
    """`python -m digitlab worker` with workers that train nothing."""
    with subprocess.Popen(
        stand_in.command("worker"), cwd=settings.REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        assert "waiting for trainings" in process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("elsewhere")
def test_queued_taken_up_and_going_on_though_who_took_it_is_killed():
    assert jobs.hindrance() is None
    assert jobs.waits_for_machine()
    queued = jobs.start(Job("train", "dnn-100", LONG))
    assert (queued.state, queued.active) == ("queued", True)
    assert jobs.status() == queued
    assert not jobs.is_running()
    with pytest.raises(TrainingRunning, match=r"dnn-100 has waited since \d\d:\d\d for a machine that trains"):
        jobs.start(Job("train", "cnn", LONG))
    with machine() as process:
        assert process.stdout.readline() == "Taken: train dnn-100.\n"
        found = wait_for(lambda found: found.history)
        assert (found.id, found.state, found.origin) == (queued.id, "training", "page")
        assert not jobs.waits_for_machine()
    later = wait_for(lambda now: len(now.history) > len(found.history) + 2)
    assert jobs.waits_for_machine()
    os.kill(later.pid, signal.SIGKILL)
    assert wait_for(ended).state == "killed"


@pytest.mark.usefixtures("elsewhere")
def test_a_sweep_is_queued_too_and_can_be_cancelled():
    sweep = Job("sweep", "cnn", LONG, trials=5, budget_s=60, anew=True)
    queued = jobs.start(sweep)
    with database.session() as opened:
        row = opened.scalar(select(JobRow.job).where(JobRow.id == queued.id))
    assert queue.checked(row) == sweep.called(queued.id)
    jobs.stop(keep=False)
    assert (jobs.status().id, jobs.status().state) == (queued.id, "discarded")
    assert queue._take() is None
    with pytest.raises(NothingToKeep, match="before it began"), Worker(Job("train", "cnn", LONG, id=queued.id)):
        raise AssertionError  # it was taken a moment before it was cancelled
    assert not jobs.is_running()


@pytest.mark.usefixtures("elsewhere")
def test_of_two_put_at_once_one_waits_and_the_other_is_told():
    def start(network):
        try:
            return jobs.start(Job("train", network, LONG)).network
        except TrainingRunning as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(start, ["dnn", "cnn"] * 2))
    assert sorted(len(one) > 3 for one in told) == [False, True, True, True]


@pytest.mark.usefixtures("elsewhere")
def test_one_machine_takes_a_job_and_another_one_if_the_first_is_lost(monkeypatch):
    queued = jobs.start(Job("train", "dnn-100", LONG))
    with ThreadPoolExecutor(4) as pool:
        taken = [one for one in pool.map(lambda _: queue._take(), range(8)) if one is not None]
    assert taken == [Job("train", "dnn-100", LONG, id=queued.id)]
    monkeypatch.setattr(queue, "BEGIN_S", 0.0)
    assert queue._take() == taken[0]


@pytest.mark.usefixtures("elsewhere")
def test_a_process_that_does_not_begin_is_told(monkeypatch):
    queued = jobs.start(Job("train", "dnn-100", LONG))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    told = []
    assert queue._watch(queued.id, process, time.monotonic(), told.append) is None
    found = jobs.status()
    assert (found.id, found.state) == (queued.id, "failed")
    assert "ended before training began" in found.message
    assert told == [found.message]


@pytest.mark.usefixtures("elsewhere")
def test_a_training_in_a_terminal_goes_first_and_the_queued_one_waits():
    queued = jobs.start(Job("train", "dnn-100", LONG))
    job = queue._take().id
    with Worker(Job("train", "cnn", LONG)) as worker:
        assert jobs.status().id == worker.status.id
        with subprocess.Popen([sys.executable, "-c", ""]) as process:
            process.wait()
        assert queue._watch(job, process, time.monotonic(), print) is None
        worker.done("Enough.", promoted=False)
    assert jobs.status().id == queued.id
    assert queue._take() is not None  # given back


SOUND = Job("train", "cnn", Recipe()).as_data()


@pytest.mark.parametrize(
    "data",
    [
        None,
        "train",
        [],
        {},
        {"kind": "train", "network": "cnn"},
        {**SOUND, "kind": "export"},
        {**SOUND, "kind": "measure"},
        {**SOUND, "network": ["cnn"]},
        {**SOUND, "network": "../cnn"},
        {**SOUND, "network": "--help"},
        {**SOUND, "cluster": "tcp://elsewhere:1"},
        {**SOUND, "space": "/etc/passwd"},
        {**SOUND, "anew": "yes"},
        {**SOUND, "promote": "soon"},
        {**SOUND, "recipe": {"seed": None}},
        {**SOUND, "recipe": {"seed": "1"}},
        {**SOUND, "recipe": {"se": 1}},
        {**SOUND, "recipe": {"teacher": "../../elsewhere"}},
        {**SOUND, "recipe": {"start": "/tmp/x"}},
        ["train", "cnn", "--promote", "never"],  # as earlier versions of digitlab queued it
    ],
)
def test_nothing_else_is_run_than_trainings(data):
    with pytest.raises(InvalidValue, match=r"no job|A job"):
        queue.checked(data)


def test_what_the_pages_ask_for_is_run():
    recipe = Recipe(teacher="cnn", start="dnn", examples=100)
    space = {"ema": {"choices": [0.0, 0.9]}}
    for job in (
        Job("train", "cnn", recipe, "if-better", left_out=(1, 2)),
        Job("sweep", "cnn", recipe, trials=3, space=space),
    ):
        assert queue.checked(json.loads(json.dumps(job.as_data()))) == job


@pytest.mark.usefixtures("elsewhere")
def test_what_an_earlier_version_queued_is_told_to_be_started_again():
    queued = jobs.start(Job("train", "dnn-100", LONG))
    with database.session() as opened:
        line = ["train", "dnn-100", "--promote", "never"]
        opened.execute(update(JobRow).where(JobRow.id == queued.id).values(job=line))
    assert queue._take() is None
    assert jobs.status().state == "failed"
    assert "Start it again" in jobs.status().message


@pytest.mark.usefixtures("elsewhere")
def test_what_somebody_else_wrote_into_the_table_is_refused():
    queued = jobs.start(Job("train", "dnn-100", LONG))
    with database.session() as opened:
        opened.execute(update(JobRow).where(JobRow.id == queued.id).values(job={**SOUND, "kind": "export"}))
    assert queue._take() is None
    assert jobs.status().state == "failed"
    assert "'export'" in jobs.status().message


def test_without_tensorflow_and_postgresql_nothing_is_queued(light, monkeypatch):
    monkeypatch.setattr(processes, "can_train", lambda: False)
    with pytest.raises(TrainingUnavailable, match="needs TensorFlow"):
        jobs.start(Job("train", "cnn", LONG))
    monkeypatch.setenv("DIGITLAB_TRAIN_ELSEWHERE", "1")
    with pytest.raises(TrainingUnavailable, match="name a PostgreSQL"):
        jobs.start(Job("train", "cnn", LONG))


def test_the_settings_leave_trainings_to_others(monkeypatch):
    monkeypatch.setenv("DIGITLAB_TRAIN_ELSEWHERE", "1")
    assert not processes.can_train()


def test_a_worker_needs_a_postgresql(light, capsys):
    assert command_line.main(["worker"]) == 2
    assert "DIGITLAB_DATABASE" in capsys.readouterr().err
