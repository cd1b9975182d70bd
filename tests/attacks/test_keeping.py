"""Apps and databases that are killed while people draw: what was told to be kept, or to wait, is there."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from tests import postgres
from tests.attacks.phones import Phones, Told, expect_all_kept, is_settled
from tests.browser.server import serve
from tests.patience import until

pytestmark = pytest.mark.attack
APPS, DATABASES = 10, 30


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
