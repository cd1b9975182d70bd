"""Kills at any moment: nothing that was told is lost, and nothing is stuck afterwards. With those of apps and databases
that keep drawings (`test_keeping.py`), two hundred."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from digitlab import collection, jobs
from digitlab.jobs import Job, job
from digitlab.models import store, versions
from digitlab.networks import Recipe
from tests.jobs.conftest import ended, kill, wait_for
from tests.patience import PATIENCE_S
from tests.training.test_teaching import fill

pytestmark = pytest.mark.attack
VERSIONS, TRAININGS = 154, 6
SHORT = Recipe(epochs=2, batch_size=50, examples=1000)


def test_who_moves_versions_is_killed(tmp_path):
    environment = {**os.environ, "DIGITLAB_MODELS": str(tmp_path / "models")}
    command = [sys.executable, "-m", "tests.attacks.kills", str(VERSIONS), "25"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > VERSIONS / 2, "hardly a kill hit a change"


@pytest.mark.training
def test_who_trains_and_teaches_is_killed(tmp_path, monkeypatch):
    pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(job, "START_S", PATIENCE_S)
    chance = random.Random(25)
    fill(collection.TEACHABLE)
    began = time.monotonic()
    jobs.start(Job("train", "dnn-100", SHORT))
    assert wait_for(ended).state == "done"
    takes_s = time.monotonic() - began
    versions.promote("dnn-100")
    served = store.read("dnn-100").run["sha256"][store.KERAS]
    states = set()
    try:
        for at in range(TRAININGS):
            recipe = SHORT.with_changes(start="dnn-100", room=0.2) if at % 2 else SHORT
            started = jobs.start(Job("train", "dnn-100", recipe))
            time.sleep(chance.uniform(0, takes_s))
            last = jobs.status()
            states.add(last.state)
            pid = last.pid or started.pid
            if pid and last.active:
                os.kill(pid, signal.SIGKILL)
            found = wait_for(ended)
            assert found.state in {"killed", "done"}, found
            assert store.read("dnn-100").run["sha256"][store.KERAS] == served
            assert versions.challengers() in ([], ["dnn-100"])
            assert collection.count() == (collection.TEACHABLE, collection.TEACHABLE)
        assert len(states) > 1, "all kills hit the same state"
        jobs.start(Job("train", "dnn-100", SHORT))
        assert wait_for(ended).state == "done"
        versions.promote("dnn-100")
        assert store.read("dnn-100").notice is None
    finally:
        kill()
