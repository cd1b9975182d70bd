"""Jobs whose workers train nothing, kept in files or in a real PostgreSQL."""

import os
import signal
import time

import pytest
from sqlalchemy import delete

from digitlab import database, jobs
from digitlab.database.tables import JobRow
from digitlab.jobs import processes
from tests.jobs import stand_in

PATIENCE_S = 30.0


@pytest.fixture
def light(monkeypatch, tmp_path):
    """Workers without TensorFlow, with models of their own; what a test leaves running is ended."""
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(processes, "_command", stand_in.command)
    monkeypatch.setattr(processes, "can_train", lambda: True)
    yield
    kill()


@pytest.fixture
def in_database(monkeypatch, postgresql, light):
    """Jobs in PostgreSQL, none so far."""
    monkeypatch.setenv("DIGITLAB_DATABASE", postgresql)
    forget()
    yield
    kill()
    forget()


def kill() -> None:
    """End what a test left running."""
    found = jobs.status()
    if found is not None and found.active and found.pid:
        os.kill(found.pid, signal.SIGKILL)


def forget() -> None:
    with database.session() as opened:
        opened.execute(delete(JobRow))


@pytest.fixture(params=["on_disk", "in_database"])
def board(request, light):
    """Jobs in files, and in PostgreSQL."""
    if request.param == "in_database":
        request.getfixturevalue("in_database")


def wait_for(what, patience_s=PATIENCE_S):
    """The status as soon as `what` holds of it."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        found = jobs.status()
        if found is not None and what(found):
            return found
        time.sleep(0.03)
    raise AssertionError(f"waited in vain; the last status was {jobs.status()}")


def ended(found):
    return not found.active
