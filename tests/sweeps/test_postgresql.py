"""A study in the PostgreSQL that also holds digitlab's own tables."""

import time

import pytest
from sqlalchemy import delete, text

pytest.importorskip("optuna")

from digitlab import database, jobs, networks, sweeps
from digitlab.database.tables import JobRow
from digitlab.sweeps import study
from digitlab.sweeps.study import Sweep
from digitlab.training import dispatch
from digitlab.training.dispatch import Limits
from digitlab.training.worker import Worker
from digitlab.wording import sweeps as words
from tests.patience import PATIENCE_S
from tests.sweeps import tasks
from tests.sweeps.test_sweep import Threads


def test_a_whole_sweep_beside_our_tables_and_under_the_jobs_lock(tmp_path, monkeypatch, postgresql):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("DIGITLAB_DATABASE", postgresql)
    network = networks.get("cnn-32-64")
    base = network.recipe.with_changes(epochs=9)
    sweep = Sweep(network, base, {"learning_rate": sweeps.default_space(network, base)["learning_rate"]})
    with Worker(jobs.Job("sweep", network.name, base), sweep.name) as worker:
        limits = Limits(6, time.time() + PATIENCE_S)
        trials = dispatch.run(sweep, limits, Threads(), tell=worker.phase, task=tasks.quick)
        assert jobs.is_running()
        worker.done(words.verdict(trials), promoted=False)
    assert [trial.number for trial in trials] == list(range(6))
    assert all(trial.state in study.DONE for trial in trials)
    assert (jobs.status().study, jobs.status().message) == (sweep.name, words.verdict(trials))

    with database.session() as opened:
        ours = opened.scalar(text("SELECT version_num FROM public.alembic_version"))
        optunas = opened.scalar(text("SELECT version_num FROM sweeps.alembic_version"))
        both = opened.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        opened.execute(delete(JobRow))
    assert ours.isdigit()
    assert optunas.startswith("v")
    assert "jobs" in both
    assert "trials" not in both
