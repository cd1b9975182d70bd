"""The Sweep page without a browser, on studies whose trials take no time."""

import time

import pytest
import streamlit as st

pytest.importorskip("optuna")

from digitlab import jobs, networks, sweeps
from digitlab.sweeps import study
from digitlab.sweeps.study import Sweep
from digitlab.training import dispatch
from digitlab.training.dispatch import Limits
from digitlab.wording import sweeps as words
from tests.pages.test_curves_and_models import open_page, shown
from tests.pages.test_retrain import HISTORY, button, challenge, publish, texts
from tests.patience import PATIENCE_S
from tests.sweeps import tasks
from tests.sweeps.test_sweep import Threads

pytestmark = pytest.mark.usefixtures("models_dir")


def swept(count: int) -> list[study.Trial]:
    network = networks.get("cnn-32-64")
    base = network.recipe.with_changes(epochs=9)
    sweep = Sweep(network, base, sweeps.default_space(network, base))
    limits = Limits(count, time.time() + PATIENCE_S)
    return dispatch.run(sweep, limits, Threads(), tell=lambda _: None, task=tasks.quick)


def test_without_a_sweep_it_says_what_to_do():
    app = open_page("train/sweep.py")
    assert "No sweep has been run yet" in texts(app.info)


def test_every_view_of_a_sweep():
    trials = swept(8)
    found = study.best(trials)
    for view in ("Choices", "Curves", "Importance", "Table"):
        app = open_page("train/sweep.py", view=view)
        assert not app.error
        assert words.verdict(trials) in shown(app)
    table = app.dataframe[0].value
    assert len(table) == 8
    assert table["trial"][0] == found.number
    assert table["validation loss"][0] == found.loss


def test_start_hands_the_form_to_a_job(source, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "start", asked.append)
    app = open_page("train/sweep.py", network="dnn-100")
    app.text_input(key="trials").set_value("5")
    app.text_input(key="epochs of dnn-100").set_value("2")
    app.run()
    button(app, "Start sweep").click().run()
    (job,) = asked
    assert (job.kind, job.network, job.recipe.epochs) == ("sweep", "dnn-100", 2)
    # The job may find more digits than the form did, but takes as many as it said.
    assert job.recipe.examples == {"packaged": 4000, "full": None}[source]
    assert (job.trials, job.budget_s, job.anew) == (5, 1800, False)


def test_a_sweep_waits_until_its_numbers_are_valid(monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "start", asked.append)
    app = open_page("train/sweep.py", network="dnn-100")
    app.text_input(key="trials").set_value("0")
    app.text_input(key="minutes").set_value("an hour").run()
    assert texts(app.error) == (
        "Trials must be a whole number from 1 to 1000, got '0'. "
        "Minutes at most must be a whole number from 1 to 10000, got 'an hour'."
    )
    assert button(app, "Start sweep").disabled
    app.text_input(key="trials").set_value("7")
    app.text_input(key="minutes").set_value("60").run()
    button(app, "Start sweep").click().run()
    assert [(job.trials, job.budget_s) for job in asked] == [(7, 3600)]


def test_a_running_sweep_is_watched_and_stopped(monkeypatch):
    publish(message="Sweep: 3 of 30 trials.", study="cnn-1")
    stopped = []
    monkeypatch.setattr(jobs, "stop", lambda *, keep: stopped.append(keep))
    with jobs.lock():
        app = open_page("train/sweep.py")
        assert "3 of 30 trials" in shown(app)
        button(app, "Stop").click().run()
    assert stopped == [False]


def test_the_sweep_that_runs_is_shown_as_soon_as_it_has_a_study():
    publish(message="Sweep: 0 of 8 trials.", study="cnn-1")
    with jobs.lock():
        app = open_page("train/sweep.py")
        assert "about to begin" in texts(app.info)
    sweep = swept(2)
    publish(message="Sweep: 2 of 8 trials.", study=study.known()[0].name)
    with jobs.lock():
        assert words.verdict(sweep) in shown(open_page("train/sweep.py"))


@pytest.mark.parametrize(
    ("state", "message", "kind"),
    [
        ("failed", "The study cannot be read or written.", "error"),
        ("finishing", "was killed", "error"),
        ("discarded", "Interrupted in the terminal.", "info"),
        ("done", "No trial has a lower validation loss than the published settings: 0.0500.", "info"),
    ],
)
def test_how_a_sweep_ended_is_told(state, message, kind):
    publish(state=state, message=message, study="cnn-1")
    for page in ("train/sweep.py", "train/retrain.py"):
        assert message in texts(getattr(open_page(page), kind))


def test_how_a_training_ended_is_told_on_retrain_alone():
    publish(state="failed", message="The loss became NaN.")
    assert not open_page("train/sweep.py").error


def test_a_challenger_of_a_sweep_is_news_while_it_waits(models_dir):
    publish(state="done", message="It waits.", study="cnn-1", history=HISTORY)
    assert "It waits." not in texts(open_page("train/sweep.py").info)
    challenge(models_dir)
    assert "It waits." in texts(open_page("train/sweep.py").info)


def test_a_sweep_that_ended_before_an_epoch_does_not_look_as_if_it_ran():
    network = networks.get("cnn-32-64")
    sweep = Sweep(network, network.recipe, sweeps.default_space(network, network.recipe))
    study.Study(sweep).ask()
    app = open_page("train/sweep.py")
    assert "is not running now" in texts(app.info)
    publish(message="Sweep: 0 of 8 trials.", study=sweep.name)
    with jobs.lock():
        assert "The first epoch is not done yet" in texts(open_page("train/sweep.py").info)


def test_a_training_that_is_no_sweep_is_not_stopped_here(monkeypatch):
    linked = []
    monkeypatch.setattr(st, "page_link", lambda page, **_: linked.append(page))  # there is no other page in a test
    publish(message="Training.")
    with jobs.lock():
        app = open_page("train/sweep.py")
    assert "One training at a time" in texts(app.caption)
    assert linked == ["pages/train/retrain.py"]
    assert "Stop" not in [one.label for one in app.button]
    assert "Start sweep" not in [one.label for one in app.button]
