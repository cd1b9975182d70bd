"""Trainings in real processes, with TensorFlow. What does not need it is tested in `test_boards`."""

import json
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from digitlab import jobs, settings
from digitlab.data import mnist
from digitlab.errors import TrainingRunning, TrainingUnavailable
from digitlab.jobs import Job, job, processes, speed
from digitlab.models import store, versions
from digitlab.networks import Recipe
from digitlab.training.commands import train
from digitlab.training.worker import Worker
from tests.jobs.conftest import ended, kill, wait_for
from tests.patience import PATIENCE_S

pytest.importorskip("keras", reason="TensorFlow has no wheel for this Python")
pytestmark = pytest.mark.training
LONG = Recipe(epochs=500, batch_size=32, examples=500)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(job, "START_S", PATIENCE_S)
    yield tmp_path / "models"
    kill()


def test_a_job_from_start_to_challenger_to_service_and_the_next_one_promoted_if_better(place):
    slow, quick = LONG.with_changes(epochs=3), LONG.with_changes(epochs=1, learning_rate=1e-6)
    started = jobs.start(Job("train", "dnn-100", slow))
    assert started.active
    with pytest.raises(TrainingRunning, match=r"dnn-100 has been training since \d\d:\d\d, started from a page"):
        jobs.start(Job("train", "softmax", LONG))
    done = wait_for(ended)
    assert (done.state, done.promoted) == ("done", False)
    assert [epoch["number"] for epoch in done.history] == [1, 2, 3]
    assert done.train == 500
    assert 0 < len(done.curve) <= 400
    assert all(0 <= place <= 3 and loss >= 0 and 0 <= accuracy <= 1 for place, loss, accuracy in done.curve)
    assert len(set(done.gallery["indices"])) == len(done.gallery["answers"]) == 30
    assert versions.challengers() == ["dnn-100"]
    assert store.names() == []
    assert speed.recall("dnn-100", LONG).example_s > 0
    versions.promote("dnn-100")
    run = store.read("dnn-100").run
    assert Recipe(**run["recipe"]) == slow

    jobs.start(Job("train", "dnn-100", quick, "if-better"))
    done = wait_for(ended)
    assert not done.promoted
    assert Recipe(**store.read("dnn-100").run["recipe"]) == slow
    assert versions.challengers() == ["dnn-100"]

    versions.promote("dnn-100")
    _, previous, challenger = store.places("dnn-100")
    shutil.copytree(previous, challenger)  # as if it had just been trained
    promoted, said = train.promote("dnn-100", "if-better")
    assert promoted
    assert "in service" in said
    assert Recipe(**store.read("dnn-100").run["recipe"]) == slow
    assert versions.challengers() == []


def test_pause_resume_and_keep(place):
    jobs.start(Job("train", "dnn-100", LONG))
    wait_for(lambda found: found.history)
    jobs.pause()
    paused = wait_for(lambda found: found.state == "paused")
    still = wait_for(lambda found: found.updated_at > paused.updated_at + 1.5)
    assert len(still.history) == len(paused.history)
    jobs.resume()
    wait_for(lambda found: len(found.history) > len(paused.history) + 2)
    jobs.stop(keep=True)
    wait_for(lambda found: found.state in {"finishing", "done"})
    done = wait_for(ended)
    assert done.state == "done"
    assert "Stopped on request" in done.message
    run = store.read_challenger("dnn-100").run
    assert run["best_epoch"] <= len(run["history"]) < 500
    assert run["history"][-1]["elapsed_s"] < time.time() - done.started_at - 1.5  # the pause does not count


def test_pause_is_offered_once_it_would_be_heard(place):
    """While Keras builds the network, in the first batch, nobody listens: the pages go by this state."""
    with Worker(Job("train", "dnn-100", LONG)) as worker:
        digits = mnist.packaged()
        worker.reading(mnist.Mnist(digits, digits, test=None, source="packaged"))
        worker.begin(10, lambda images: np.zeros((len(images), 10)))
        assert worker.status.state == "preparing"
        worker.batch(1, 2.3, 0.1)
        assert worker.status.state == "training"
        worker.done("Enough.", promoted=False)


def test_a_training_in_a_terminal_is_seen_by_pages(place):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background may have it ignored
    terminal = subprocess.Popen(
        [sys.executable, "-m", "digitlab", "train", "dnn-100", "--epochs", "500", "--examples", "500"],
        cwd=settings.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda found: found.history)
        assert jobs.status().origin == "terminal"
        terminal.send_signal(signal.SIGINT)
        output = terminal.communicate(timeout=PATIENCE_S)[0]
    finally:
        terminal.kill()
        signal.signal(signal.SIGINT, before)
    assert terminal.returncode == 130
    assert "nothing was replaced" in output
    assert "Traceback" not in output
    assert jobs.status().state == "discarded"


def test_missing_dataset_is_one_message(place, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MNIST", "/nowhere/mnist.npz")
    jobs.start(Job("train", "dnn-100", LONG))
    found = wait_for(ended)
    assert found.state == "failed"
    assert "/nowhere/mnist.npz, but there is no such file" in found.message


def test_nan_is_one_message(place):
    recipe = LONG.with_changes(epochs=2, learning_rate=10.0, optimizer="sgd")
    jobs.start(Job("train", "dnn-logits", recipe))
    found = wait_for(ended)
    assert "became NaN" in found.message
    assert found.state == "failed"
    assert versions.challengers() == []


FULL_DISK = """
import resource, sys
from digitlab.__main__ import main
from digitlab.training import export

def limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))

def convert(model, real=export.to_tflite):
    converted = real(model)
    limit()
    return converted

if sys.argv.pop(1) == "temporary":
    limit()
else:
    export.to_tflite = convert
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("which", "said"), [("temporary", "Is there room left in"), ("models", "File too large")])
def test_full_disk_is_one_message_and_the_old_model_answers(place, which, said):
    """Files beyond 100 kB cannot be written, either in the temporary folder or in that of the models."""
    pytest.importorskip("resource")
    shutil.copytree(settings.REPOSITORY / "models" / "dnn-100", place / "dnn-100")
    before = store.read("dnn-100").run["sha256"]
    short = Job("train", "dnn-100", LONG.with_changes(epochs=1, seed=2))
    (place / "job.json").write_text(json.dumps(short.as_data()))
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, which, "job", str(place / "job.json")],
        capture_output=True, text=True, check=False, cwd=settings.REPOSITORY,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert said in done.stderr
    assert jobs.status().state == "failed"
    assert said in jobs.status().message
    assert store.read("dnn-100").run["sha256"] == before
    assert versions.challengers() == []


def test_worker_that_cannot_start_is_one_message(place, monkeypatch):
    monkeypatch.setattr(processes, "_command", lambda *arguments: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(TrainingUnavailable, match="ended before training began"):
        jobs.start(Job("train", "dnn-100", LONG))
