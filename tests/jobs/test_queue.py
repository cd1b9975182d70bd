"""Trainings that wait for another machine: put, cancelled, taken, killed."""

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
from digitlab.jobs import processes, queue
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
    queued = jobs.start("dnn-100", LONG)
    assert (queued.state, queued.active) == ("queued", True)
    assert jobs.status() == queued
    assert not jobs.is_running()
    with pytest.raises(TrainingRunning, match=r"dnn-100 has waited since \d\d:\d\d for a machine that trains"):
        jobs.start("cnn", LONG)
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
    queued = jobs.start("cnn", LONG, sweep=["--trials", "5", "--budget-s", "60", "--anew"])
    with database.session() as opened:
        arguments = opened.scalar(select(JobRow.arguments).where(JobRow.id == queued.id))
    assert arguments[:7] == ["sweep", "cnn", "--trials", "5", "--budget-s", "60", "--anew"]
    jobs.stop(keep=False)
    assert (jobs.status().id, jobs.status().state) == (queued.id, "discarded")
    assert queue._take() is None
    with pytest.raises(NothingToKeep, match="before it began"), Worker("cnn", LONG, "never", queued.id):
        raise AssertionError  # it was taken a moment before it was cancelled
    assert not jobs.is_running()


@pytest.mark.usefixtures("elsewhere")
def test_of_two_put_at_once_one_waits_and_the_other_is_told():
    def start(network):
        try:
            return jobs.start(network, LONG).network
        except TrainingRunning as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(start, ["dnn", "cnn"] * 2))
    assert sorted(len(one) > 3 for one in told) == [False, True, True, True]


@pytest.mark.usefixtures("elsewhere")
def test_one_machine_takes_a_job_and_another_one_if_the_first_is_lost(monkeypatch):
    queued = jobs.start("dnn-100", LONG)
    with ThreadPoolExecutor(4) as pool:
        taken = [one for one in pool.map(lambda _: queue._take(), range(8)) if one is not None]
    assert taken == [(queued.id, ["train", "dnn-100", "--promote", "never", *processes.options(LONG)])]
    monkeypatch.setattr(queue, "BEGIN_S", 0.0)
    assert queue._take() == taken[0]


@pytest.mark.usefixtures("elsewhere")
def test_a_process_that_does_not_begin_is_told(monkeypatch):
    queued = jobs.start("dnn-100", LONG)
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
    queued = jobs.start("dnn-100", LONG)
    job, _ = queue._take()
    with Worker("cnn", LONG, "never", None) as worker:
        assert jobs.status().id == worker.status.id
        with subprocess.Popen([sys.executable, "-c", ""]) as process:
            process.wait()
        assert queue._watch(job, process, time.monotonic(), print) is None
        worker.done("Enough.", promoted=False)
    assert jobs.status().id == queued.id
    assert queue._take() is not None  # given back


TRAIN = ["train", "cnn"]


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        "train",
        {"train": "cnn"},
        [],
        ["train"],
        ["train", ["cnn"]],
        ["export", "cnn", "/tmp/x.onnx"],
        ["train", "../cnn"],
        ["train", "--help"],
        [*TRAIN, "--job", "1"],
        [*TRAIN, "--seed"],
        [*TRAIN, "--seed", "--cluster"],
        [*TRAIN, "--se", "1"],
        [*TRAIN, "--seed=1", "2"],
        [*TRAIN, "--teacher", "../../elsewhere"],
        [*TRAIN, "--anew"],
        [*TRAIN, "--seed", 1],
        ["sweep", "cnn", "--space", "/etc/passwd"],
        ["sweep", "cnn", "--cluster", "tcp://elsewhere:1"],
    ],
)
def test_nothing_else_is_run_than_trainings(arguments):
    with pytest.raises(InvalidValue, match=r"A job|name of a network"):
        queue.checked(arguments)


def test_what_the_pages_ask_for_is_run():
    for what in (["train", "cnn", "--promote", "if-better"], ["sweep", "cnn", "--trials", "3", "--anew"]):
        arguments = [*what, *processes.options(Recipe(teacher="cnn", start="dnn", examples=100))]
        assert queue.checked(arguments) == arguments


@pytest.mark.usefixtures("elsewhere")
def test_what_somebody_else_wrote_into_the_table_is_refused():
    queued = jobs.start("dnn-100", LONG)
    with database.session() as opened:
        opened.execute(update(JobRow).where(JobRow.id == queued.id).values(arguments=["export", "cnn", "x.onnx"]))
    assert queue._take() is None
    assert jobs.status().state == "failed"
    assert "'export'" in jobs.status().message


def test_without_tensorflow_and_postgresql_nothing_is_queued(light, monkeypatch):
    monkeypatch.setattr(processes, "can_train", lambda: False)
    with pytest.raises(TrainingUnavailable, match="needs TensorFlow"):
        jobs.start("cnn", LONG)
    monkeypatch.setenv("DIGITLAB_TRAIN_ELSEWHERE", "1")
    with pytest.raises(TrainingUnavailable, match="name a PostgreSQL"):
        jobs.start("cnn", LONG)


def test_the_settings_leave_trainings_to_others(monkeypatch):
    monkeypatch.setenv("DIGITLAB_TRAIN_ELSEWHERE", "1")
    assert not processes.can_train()


def test_a_worker_needs_a_postgresql(light, capsys):
    assert command_line.main(["worker"]) == 2
    assert "DIGITLAB_DATABASE" in capsys.readouterr().err
