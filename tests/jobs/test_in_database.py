"""What only a database can do to a training: go away, come back, and serve other machines."""

import os
import signal
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from digitlab import database, jobs
from digitlab.database import advisory
from digitlab.errors import DatabaseUnavailable
from digitlab.jobs import Job, processes
from digitlab.networks import Recipe
from digitlab.training.worker import Worker
from tests.jobs.conftest import wait_for
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("in_database")
LONG = Recipe(epochs=500)


def cut_off() -> None:
    """The server ends the connection of whoever has the lock, as it does when it is started again."""
    query = (
        f"SELECT pg_terminate_backend(pid, {1000 * PATIENCE_S:.0f}) FROM pg_locks WHERE locktype = 'advisory' "
        f"AND granted AND classid = {advisory._SPACE} AND objid = {advisory.TRAINING}"
    )
    with database.session() as opened:
        assert opened.scalar(text(query))


@contextmanager
def held_up(pid: int):
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


def test_a_lock_is_free_before_the_server_notices_that_its_connection_is_gone(monkeypatch):
    monkeypatch.setattr(advisory.Advisory, "_drop", lambda _: None)
    lock = jobs.lock()
    assert lock.take()
    lock.release()
    assert not jobs.is_running()


def test_a_worker_that_lost_its_connection_takes_the_lock_again_and_goes_on():
    started = jobs.start(Job("train", "dnn-100", LONG))
    before = wait_for(lambda found: found.history)
    cut_off()
    after = wait_for(lambda found: found.active and len(found.history) > len(before.history) + 3)
    assert (after.id, after.pid) == (started.id, started.pid)
    assert jobs.is_running()
    with held_up(started.pid):
        cut_off()
        assert jobs.status().state == "killed"  # as far as anybody can tell
    wait_for(lambda found: found.state == "training")


def test_a_worker_that_lost_its_connection_to_another_training_ends():
    started = jobs.start(Job("train", "dnn-100", LONG))
    wait_for(lambda found: found.history)
    (child,) = (one for one in processes._children if one.pid == started.pid)
    with held_up(started.pid):
        cut_off()
        other = Worker(Job("train", "cnn", LONG))
        other.__enter__()
    assert child.wait(PATIENCE_S) == 2
    assert "another training began meanwhile" in processes.log_file().read_text()
    assert (jobs.status().id, jobs.status().active) == (other.status.id, True)
    other.done("Enough.", promoted=False)
    other.__exit__(None, None, None)
    assert jobs.status().message == "Enough."


def test_nothing_is_put_into_service_while_the_lock_is_lost(monkeypatch):
    with Worker(Job("train", "cnn", LONG)) as worker:
        told = []
        take, is_tried, is_back = worker._lock.take, threading.Event(), threading.Event()
        monkeypatch.setattr(worker._lock, "take", lambda *_: is_tried.set() or (is_back.is_set() and take()))
        cut_off()

        def promote() -> None:
            with worker.replacing():
                told.append("promoted")

        thread = threading.Thread(target=promote)
        thread.start()
        for _ in range(3):  # it goes on trying, in vain
            is_tried.clear()
            assert is_tried.wait(PATIENCE_S)
        assert told == []
        is_back.set()
        thread.join(PATIENCE_S)
        assert told == ["promoted"]
        worker.done("Enough.", promoted=True)
    assert jobs.status().message == "Enough."


def test_a_database_that_is_away_is_told(monkeypatch, tmp_path):
    with monkeypatch.context() as away:
        away.setenv("DIGITLAB_DATABASE", f"postgresql://digitlab@/none?host={tmp_path}")
        with pytest.raises(DatabaseUnavailable, match="cannot be"):
            jobs.status()
        with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
            jobs.lock().take()
