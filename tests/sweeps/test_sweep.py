"""Whole sweeps, with workers that are real processes and trials that take no time."""

import dataclasses
import itertools
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

pytest.importorskip("optuna")

from digitlab import __main__ as command_line
from digitlab import jobs, networks, sweeps
from digitlab.data import mnist
from digitlab.errors import InvalidValue, StudyUnavailable, TrainingUnavailable
from digitlab.models import store
from digitlab.settings import REPOSITORY
from digitlab.sweeps import study
from digitlab.sweeps.study import Study, Sweep
from digitlab.training import dispatch
from digitlab.training import trial as training
from digitlab.training.dispatch import Cluster, Limits, Pool, Workers
from digitlab.wording import sweeps as words
from tests.patience import PATIENCE_S, until
from tests.sweeps import tasks

NETWORK = networks.get("cnn-32-64")
BASE = NETWORK.recipe.with_changes(epochs=9)


class Threads(Workers):
    """Workers of this process, for what does not need others."""

    count = 2

    def renew(self) -> None:
        self.executor = ThreadPoolExecutor(self.count)


@pytest.fixture
def sweep(tmp_path, monkeypatch) -> Sweep:
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    return Sweep(NETWORK, BASE, sweeps.default_space(NETWORK, BASE))


def run(sweep, count, workers=None, task=tasks.quick, seconds=PATIENCE_S):
    lines = []
    limits = Limits(count, time.time() + seconds)
    trials = dispatch.run(sweep, limits, workers or Threads(), tell=lines.append, task=task)
    return trials, lines


def test_the_published_settings_come_first_the_best_is_found_and_what_falls_behind_is_pruned(sweep):
    trials, lines = run(sweep, 24)
    assert len(trials) == 24
    published, found = trials[0], study.best(trials)
    assert published.values["learning_rate"] == BASE.learning_rate
    assert published.values["dropout"] == NETWORK.dropout
    finished = [trial for trial in trials if trial.state == "finished"]
    pruned = [trial for trial in trials if trial.state == "pruned"]
    assert len(finished) + len(pruned) == 24
    assert found.loss == min(trial.loss for trial in finished)
    assert lines[-1].startswith("24 of 24 trials; lowest validation loss")
    assert words.verdict(trials).startswith(f"Trial {found.number} ")
    assert sum(study.importance(Study(sweep)).values()) == pytest.approx(1)

    assert all(len(trial.losses) < BASE.epochs for trial in pruned)
    assert all(len(trial.losses) == BASE.epochs for trial in finished)
    off = [np.mean([abs(one.values["learning_rate"] - 0.003) for one in some]) for some in (finished, pruned)]
    assert off[0] < off[1]  # and not just any


def test_a_sweep_goes_on_where_it_was_or_begins_anew(sweep):
    first, _ = run(sweep, 4)
    assert study.continued(sweep, anew=False) == sweep
    second, _ = run(sweep, 7)
    assert second[:4] == first
    assert len(second) == 7
    assert len({tuple(trial.values.items()) for trial in second}) == 7  # chance does not repeat itself
    other = study.continued(sweep, anew=True)
    assert other.name != sweep.name
    run(other, 1)
    assert [one.name for one in study.known()] == [other.name, sweep.name]
    assert study.continued(sweep, anew=False) == other


def test_trials_on_other_digits_are_another_study_which_goes_on_with_them(models_dir, monkeypatch):
    asked = []

    def stand_in(sweep, *_, **__):
        asked.append(sweep)
        return Study(sweep).trials()

    monkeypatch.setattr(dispatch, "run", stand_in)
    few = mnist.packaged_splits()
    for source in ("full", "packaged", "packaged"):
        data = dataclasses.replace(few, source=source)
        monkeypatch.setattr(mnist, "load_or_packaged", lambda data=data, **_: data)
        assert command_line.main(["sweep", "dnn-100", "--epochs", "1", "--no-challenger"]) == 0
    assert [one.source for one in asked] == ["full", "packaged", "packaged"]
    assert asked[0].name != asked[1].name == asked[2].name
    assert jobs.status().study == asked[2].name
    assert {one.name: one.source for one in study.known()} == {one.name: one.source for one in asked}


def test_a_killed_worker_loses_no_trial_and_counts_none_twice(sweep, tmp_path):
    trials, _ = run(sweep, 6, Pool(2), tasks.mortal)
    assert len(list((tmp_path / "models").glob("killed-*"))) == 2
    assert [trial.number for trial in trials] == list(range(6))
    assert all(trial.state in ("finished", "pruned") for trial in trials)


def test_a_trial_that_takes_every_worker_with_it_is_given_up(sweep, monkeypatch):
    monkeypatch.setattr(study, "ATTEMPTS", 2)
    trials, _ = run(sweep, 3, Pool(1), tasks.deadly)
    assert [trial.state == "failed" for trial in trials] == [False, True, False]
    assert "worker was lost 2 times" in trials[1].problem


def test_when_the_time_is_over_nothing_begins_and_what_runs_is_taken_up_another_time(sweep, monkeypatch):
    now, is_over = [time.time()], Event()

    def late(sweep, number, until):
        """Trials 2 and 3 are not done when the time is over, and are left where they are."""
        if number < 2:
            tasks.quick(sweep, number, until)
        elif number == 2:
            assert is_over.wait(PATIENCE_S)
        else:
            now[0] = until
            is_over.set()

    with monkeypatch.context() as patched:
        patched.setattr(dispatch, "time", SimpleNamespace(time=lambda: now[0]))
        trials, _ = run(sweep, 50, task=late)
    cut_off = [trial.number for trial in trials if trial.state == "running"]
    assert cut_off == [2, 3]
    assert len(trials) == 4
    again, _ = run(sweep, len(trials))
    assert len(again) == len(trials)
    assert all(again[number].state in study.DONE for number in cut_off)


def test_a_sweep_without_a_budget_waits_for_as_long_as_its_trials_take(sweep, monkeypatch):
    trials, _ = run(sweep, 2, seconds=float("inf"))
    assert all(trial.state in study.DONE for trial in trials)
    monkeypatch.setattr(dispatch, "LOOK_S", 0.2)  # it looks again and again while a trial takes its time
    trials, _ = run(sweep, 3, task=tasks.slow, seconds=float("inf"))
    assert len(trials) == 3


class Mute(Workers):
    """Workers that take every trial and never answer."""

    count = 1

    def renew(self) -> None:
        self.executor = SimpleNamespace(submit=lambda *_: Future(), shutdown=lambda **_: None)


def test_workers_that_do_not_answer_after_the_end_are_told(sweep, monkeypatch):
    clock = itertools.count(time.time(), 0.25)  # a second later with every fourth question, however busy the machine
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(time=lambda: next(clock)))
    monkeypatch.setattr(dispatch, "LATE_S", 0.1)
    monkeypatch.setattr(dispatch, "LOOK_S", 0.2)  # the first look is too early to say so
    with pytest.raises(TrainingUnavailable, match="no worker answers any more"):
        run(sweep, 1, workers=Mute(), seconds=1.0)


class Forgetful(Threads):
    """Workers whose first executor is lost with all that it was given, and never says so."""

    def renew(self) -> None:
        if not hasattr(self, "executor"):
            self.executor = SimpleNamespace(submit=lambda *_: Future())
        else:
            super().renew()

    def are_lost(self) -> bool:
        return isinstance(self.executor, SimpleNamespace)


def test_trials_of_workers_that_are_lost_without_a_word_are_started_again(sweep):
    trials, _ = run(sweep, 3, Forgetful())
    assert [trial.number for trial in trials] == [0, 1, 2]
    assert all(trial.state in study.DONE for trial in trials)


SCHEDULER = """
import sys, time
from digitlab import networks, sweeps
from digitlab.sweeps.study import Sweep
from digitlab.training.dispatch import Limits, Pool, run
from tests.sweeps import tasks
if __name__ == "__main__":
    network = networks.get("cnn-32-64")
    base = network.recipe.with_changes(epochs=9)
    sweep = Sweep(network, base, sweeps.default_space(network, base))
    run(sweep, Limits(50, time.time() + 600), Pool(2), tell=lambda line: print(line, flush=True), task=tasks.slow)
"""


def test_a_killed_scheduler_leaves_its_finished_trials_and_no_worker(sweep, tmp_path):
    script = tmp_path / "scheduler.py"
    script.write_text(SCHEDULER)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as scheduler:
        for line in scheduler.stdout:
            if not line.startswith("0 of"):
                break
        children = [child.pid for child in psutil.Process(scheduler.pid).children()]
        os.kill(scheduler.pid, signal.SIGKILL)
    before = [trial for trial in Study(sweep).trials() if trial.state in study.DONE]
    assert before
    assert len(children) >= 2
    until(lambda: not any(psutil.pid_exists(pid) for pid in children))
    trials, _ = run(sweep, len(before) + 3)
    assert len(trials) == len(before) + 3
    assert all(trial.state in study.DONE for trial in trials)
    assert [trials[one.number] for one in before] == before


EARLY = """
import multiprocessing, os, time
from digitlab.training import trial

def work():
    trial.begin_worker()
    time.sleep(600)

if __name__ == "__main__":
    os.environ["PARENT"] = str(os.getpid())
    child = multiprocessing.get_context("spawn").Process(target=work)
    child.start()
    print(child.pid, flush=True)
    time.sleep(600)
else:  # the child still imports what it needs while its parent is killed
    while os.getppid() == int(os.environ["PARENT"]):
        time.sleep(0.05)
"""


def test_a_worker_whose_scheduler_was_killed_while_it_started_ends_too(tmp_path):
    script = tmp_path / "early.py"
    script.write_text(EARLY)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as scheduler:
        child = psutil.Process(int(scheduler.stdout.readline()))
        scheduler.kill()
    try:
        child.wait(PATIENCE_S)
    finally:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def test_a_trial_that_two_workers_took_up_counts_once(sweep):
    one, other = Study(sweep), Study(sweep)
    number = one.ask().number
    assert one.tell(number, "finished", loss=0.5)
    assert not other.tell(number, "finished", loss=0.1)
    assert one.trial(number).loss == 0.5


def test_a_full_disk_is_told_and_loses_nothing(sweep, tmp_path):
    trials, _ = run(sweep, 3)
    file = tmp_path / "models" / ".sweeps.sqlite"
    with sqlite3.connect(file) as stored:
        stored.execute("create trigger full before insert on trials begin select raise(abort, 'disk is full'); end")
    with pytest.raises(StudyUnavailable, match=r"disk is full.*goes on where it was"):
        run(sweep, 5)
    with sqlite3.connect(file) as stored:
        stored.execute("drop trigger full")
    assert run(sweep, 5)[0][:3] == trials


@pytest.mark.training
def test_a_trial_is_a_real_training(models_dir):
    base = networks.get("dnn-100").recipe.with_changes(epochs=2, examples=300)
    space = {"batch_size": sweeps.Choice((base.batch_size, 16))}
    small = Sweep(networks.get("dnn-100"), base, space, source="packaged")
    trials, _ = run(small, 2, Pool(1), training.run)
    assert all(sorted(trial.losses) == [1, 2][: len(trial.losses)] for trial in trials)
    assert trials[0].state == "finished"
    assert trials[0].loss in trials[0].losses.values()


@pytest.mark.training
def test_the_command_ends_with_a_challenger_and_prints_json_and_nothing_else(models_dir, capsys, monkeypatch):
    monkeypatch.setattr(mnist, "load_or_packaged", lambda **_: mnist.packaged_splits())
    better = study.Trial(1, "finished", {"batch_size": 16}, {1: 0.4}, 0.4, 1.0, None)
    ended = [study.Trial(0, "finished", {"batch_size": 32}, {1: 0.5}, 0.5, 1.0, None), better]
    monkeypatch.setattr(dispatch, "run", lambda *_, **__: ended)
    assert command_line.main(["sweep", "dnn-100", "--epochs", "1", "--examples", "200", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [trial["loss"] for trial in told["trials"]] == [0.5, 0.4]
    assert store.read_challenger("dnn-100").run["recipe"]["batch_size"] == 16
    status = jobs.status()
    assert (status.state, status.study) == ("done", told["study"])
    assert "20.0% below" in status.message
    assert "waits as a challenger" in status.message


def test_dask_workers_do_as_the_pool_does_and_a_killed_scheduler_is_waited_for(sweep, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    from tests.sweeps.cluster import dask

    with dask(tmp_path, workers=2) as cluster:

        def kill() -> None:
            until(lambda: sum(one.state == "finished" for one in Study(sweep).trials()) >= 2)
            cluster.scheduler.kill()
            cluster.scheduler.wait()
            cluster.restart()
            cluster.add_worker()  # those of before end with their scheduler

        monkeypatch.setattr(dispatch, "ANSWER_S", PATIENCE_S)
        monkeypatch.setattr(dispatch, "RETURN_S", PATIENCE_S)
        killer = Thread(target=kill)
        killer.start()
        workers = Cluster(cluster.address)
        assert workers.count == 2
        trials, _ = run(sweep, 5, workers, tasks.slow)
        killer.join()
    assert [trial.number for trial in trials] == [0, 1, 2, 3, 4]
    assert all(trial.state in study.DONE for trial in trials)


def test_a_scheduler_that_does_not_come_back_is_told(sweep, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(dispatch, "ANSWER_S", PATIENCE_S)
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        workers = Cluster(cluster.scheduler_address)
    monkeypatch.setattr(dispatch, "ANSWER_S", 1)
    monkeypatch.setattr(dispatch, "RETURN_S", 1)
    with pytest.raises(TrainingUnavailable, match="the same command goes on where it was"):
        run(sweep, 2, workers)


def test_a_cluster_that_is_not_there(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(dispatch, "ANSWER_S", 1)
    with pytest.raises(InvalidValue, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_processes_that_open_a_new_study_at_once_share_it(sweep, where, request, monkeypatch):
    if where == "postgresql":
        monkeypatch.setenv("DIGITLAB_DATABASE", request.getfixturevalue("postgresql"))
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        asked = list(pool.map(tasks.ask, [sweep] * 3))
    assert sorted(asked) == [0, 1, 2]
    trials, _ = run(sweep, 5)
    assert [trial.state in study.DONE for trial in trials[3:]] == [True, True]
    assert sweep in study.known()


def test_a_worker_that_reads_another_study_is_told(sweep, monkeypatch, tmp_path):
    number = Study(sweep).ask().number
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "elsewhere"))
    with pytest.raises(StudyUnavailable, match="Name the same DIGITLAB_DATABASE"):
        training.run(sweep, number, time.time() + PATIENCE_S)
