"""The training of the lecture, without one: a status on disk, and a challenger made from another model."""

import threading
import time

import numpy as np
import pytest
from msgspec import to_builtins

from digitlab import jobs
from digitlab.analysis import comparison
from digitlab.errors import UnknownNetwork, VersionGone
from digitlab.jobs import presets, processes
from digitlab.models import store, versions
from digitlab.ui.lecture import train
from digitlab.ui.train import challenger
from tests.pages.test_retrain import HISTORY, challenge, publish
from tests.patience import PATIENCE_S, until


@pytest.fixture(autouse=True)
def nothing_seen_yet(models_dir, monkeypatch):
    monkeypatch.setattr(train, "LOOK_S", -1.0)
    monkeypatch.setattr(train, "_looked", {})
    for name in ("_decided", "_comparison"):
        monkeypatch.setattr(train, name, None)
    return models_dir


def act(what: str, **asked) -> dict:
    return train.ACTS[what][1](asked)


def test_it_starts_the_demo_of_the_network_in_the_script(monkeypatch):
    started: list[jobs.Job] = []
    monkeypatch.setattr(jobs, "start", started.append)
    act("train_start")
    act("train_start", network="cnn-32-64")
    assert [job.network for job in started] == ["dnn", "cnn-32-64"]
    assert {(job.promote, job.recipe.epochs) for job in started} == {("never", presets.DEMO_EPOCHS)}
    with pytest.raises(UnknownNetwork):
        act("train_start", network="<b>")


def test_a_training_started_elsewhere_is_shown():
    with jobs.lock():
        publish(
            network="dnn",
            state="training",
            train=8000,
            left_s=9.0,
            history=HISTORY,
            curve=[[0.5, 1.0, 0.6], [1.2, 0.4, 0.9]],
            changes=[
                to_builtins(jobs.Change(*changed, 9, 0.8, 3.0)) for changed in (("noise", 0.1), ("momentum", 0.5))
            ],
        )
        told = train.state()
    job = told["job"]
    assert job["active"]
    assert job["headline"].startswith("DNN learns: epoch 2 of ")
    assert (job["left"], job["now"]) == ("ready in about 9 s", "right on 90.0% of the training digits")
    assert (job["curve"], job["validation"]) == ([[0.5, 0.6], [1.2, 0.9]], [[1, 0.9]])
    assert job["marks"] == [[0.8, "noise 0.1 · momentum 0.5"]]
    assert 0.98 < job["service"] < 1
    assert told["challenger"] is None


def test_the_challenger_is_compared_in_the_background_promoted_and_taken_back(models_dir, monkeypatch):
    may_end, labels = threading.Event(), np.arange(10)

    def compare(name: str) -> comparison.Comparison:
        assert may_end.wait(PATIENCE_S)
        before, after = np.eye(10) * 0.9 + 0.01, np.roll(np.eye(10), 1, axis=1) * 0.9 + 0.01
        return comparison._of(labels, np.zeros((10, 28, 28), np.uint8), labels, before, after)

    monkeypatch.setattr(challenger, "compare", compare)
    challenge(models_dir, "cnn", "dnn")
    publish(network="cnn", state="done", message="Ready.", history=HISTORY)
    assert "is compared" in train.state()["challenger"]["said"][0]
    may_end.set()
    until(lambda: len(train.state()["challenger"]["said"]) == 2)
    told = train.state()["challenger"]
    assert told["said"][0].startswith("In service: > 99.9% · The new CNN: < 0.1%")
    assert "the challenger is worse" in told["said"][1]
    assert "every phone" in told["means"]
    before = store.read("cnn").run["sha256"]
    for seen in (None, "dnn"):  # the window shows none yet, or still another one
        for name in ("train_promote", "train_keep"):
            assert "No challenger" in act(name, name=seen)["problem"]
    assert versions.challengers() == ["cnn"]
    assert act("train_promote", name="cnn")["said"] == "The new CNN is in service."
    told = train.state()
    assert (told["challenger"], told["previous"]["name"]) == (None, "cnn")
    assert told["job"]["headline"] == "The new CNN is in service."
    assert store.read("cnn").run["sha256"] != before
    act("train_roll_back", previous=told["previous"])
    assert store.read("cnn").run["sha256"] == before
    for seen in (told["previous"], None):  # B is pressed a second time before the window shows more
        with pytest.raises(VersionGone):
            act("train_roll_back", previous=seen)
    assert store.read("cnn").run["sha256"] == before


def test_the_model_in_service_is_kept(models_dir):
    challenge(models_dir, "cnn", "dnn")
    assert "as before" in act("train_keep")["said"]
    assert versions.challengers() == []
    assert "No challenger" in act("train_promote")["problem"]
    assert "No challenger" in act("train_keep")["problem"]
    assert "no version before" in act("train_roll_back")["problem"]


def test_an_old_training_is_not_news_and_no_tensorflow_is_told(monkeypatch):
    publish(network="dnn", state="failed", message="The disk is full.")
    assert train.state()["job"]["headline"] == "DNN: The disk is full."
    later = time.time() + 2 * train.NEWS_S
    monkeypatch.setattr(time, "time", lambda: later)
    assert train.state()["job"] is None
    monkeypatch.setattr(processes, "can_train", lambda: False)
    assert train.state()["hindrance"] == jobs.hindrance()
    assert "TensorFlow" in train.state()["hindrance"]
