"""Apps and databases that are killed while people draw: what was told to be kept, or to wait, is there."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import urllib.request

import pytest
from sqlalchemy import select

from digitlab import database
from digitlab.database.tables import DrawingRow
from tests import postgres
from tests.attacks.phones import Phones, Told
from tests.browser.server import Server, serve
from tests.patience import until

pytestmark = pytest.mark.attack
APPS, DATABASES = 10, 30


def waiting(server: Server) -> int | None:
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=20) as reply:
        return json.load(reply)["collection"]["waiting"]


def is_settled(server: Server) -> bool:
    """Whether everything that waited is stored."""
    time.sleep(0.5)
    return waiting(server) == 0


def expect_all_kept(address: str, told: Told) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DIGITLAB_DATABASE", address)
        with database.session() as opened:
            stored = dict(opened.execute(select(DrawingRow.token, DrawingRow.label)).all())
    lost = [token for token in told.labels if token not in stored]
    assert not lost, f"{len(lost)} of {len(told.labels)} drawings are lost"
    wrong = [token for token, label in told.labels.items() if label is not None and stored[token] != label]
    assert not wrong, f"{len(wrong)} of {len(told.labels)} labels are lost"


def test_apps_are_killed(tmp_path):
    chance, told = random.Random(1), Told()
    for _ in range(APPS):
        with serve(tmp_path / "log") as server, Phones(server.url, 8, 0.2, told):
            before = len(told.labels)
            until(lambda: len(told.labels) > before)  # noqa: B023 - it is asked in this turn only
            time.sleep(chance.uniform(0, 2))
            os.kill(server.pid, signal.SIGKILL)
            time.sleep(0.2)
    assert len(told.labels) > 5 * APPS
    with serve(tmp_path / "log") as server:
        until(lambda: is_settled(server))
    expect_all_kept(f"sqlite:///{tmp_path}/collection.sqlite", told)


@pytest.mark.postgres
def test_databases_are_killed(tmp_path, tmp_path_factory):
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    chance, told = random.Random(2), Told()
    with postgres.server(tmp_path_factory.mktemp("pg")) as store:
        with serve(tmp_path / "log", environment={"DIGITLAB_DATABASE": store.address}) as server:
            with Phones(server.url, 8, 0.2, told):
                for _ in range(DATABASES):
                    time.sleep(chance.uniform(0.2, 1.5))
                    store.end(signal.SIGKILL)
                    time.sleep(chance.uniform(0, 0.5))
                    store.start()
            until(lambda: is_settled(server))
            assert "Traceback" not in server.log.read_text()
        assert len(told.labels) > 5 * DATABASES
        expect_all_kept(store.address, told)
