"""Jobs whose workers train nothing, kept in files or in a real PostgreSQL."""

import os
import signal

import pytest
from sqlalchemy import delete

from digitlab import database, jobs
from digitlab.database.tables import JobRow
from digitlab.jobs import job, processes
from tests.jobs import stand_in
from tests.patience import PATIENCE_S, until


@pytest.fixture
def light(monkeypatch, tmp_path):
    """Workers without TensorFlow, with models of their own; what a test leaves running is ended."""
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(processes, "_command", stand_in.command)
    monkeypatch.setattr(processes, "can_train", lambda: True)
    monkeypatch.setattr(job, "START_S", PATIENCE_S)
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


@pytest.fixture(params=["on_disk", pytest.param("in_database", marks=pytest.mark.postgres)])
def board(request, light):
    """Jobs in files, and in PostgreSQL."""
    if request.param == "in_database":
        request.getfixturevalue("in_database")


def wait_for(what):
    """The status as soon as `what` holds of it."""

    def found():
        status = jobs.status()
        return status if status is not None and what(status) else None

    return until(found, jobs.status)


def ended(found):
    return not found.active
