"""A database that hangs while people draw costs nothing but the word "kept"."""

from __future__ import annotations

import signal
import time

import pytest

from tests import postgres
from tests.attacks.phones import Phones, Told, expect_all_kept, is_settled, waiting
from tests.browser.server import serve
from tests.patience import until

pytestmark = pytest.mark.attack
PHONES, EVERY_S, STOPPED_S, LATE_S = 30, 3.0, 60.0, 1.0


@pytest.mark.postgres
def test_a_database_is_stopped_for_a_minute(tmp_path, tmp_path_factory):
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    told, before = Told(), Told()
    with postgres.server(tmp_path_factory.mktemp("pg")) as store:
        with serve(tmp_path / "log", environment={"DIGITLAB_DATABASE": store.address}) as server:
            with Phones(server.url, PHONES, EVERY_S, before):
                time.sleep(2 * EVERY_S)
            with Phones(server.url, PHONES, EVERY_S, told):
                time.sleep(EVERY_S)
                store.send(signal.SIGSTOP)
                try:
                    time.sleep(STOPPED_S)
                    assert waiting(server) > 0
                finally:
                    store.send(signal.SIGCONT)
            until(lambda: is_settled(server))
        late = [seconds for seconds in told.took_s if seconds > LATE_S]
        print(f"{len(told.took_s)} answers, the slowest after {max(told.took_s):.2f} s; {len(told.labels)} drawings")
        assert told.failed == 0
        assert not late, f"{len(late)} of {len(told.took_s)} answers were late, the slowest after {max(late):.2f} s"
        expect_all_kept(store.address, told)
