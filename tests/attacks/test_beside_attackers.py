"""Beside any one attacker, an honest visitor is answered, and the server's memory stays bounded."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.attacks import honest
from tests.attacks.attackers import ATTACKERS, open_each_page
from tests.browser.server import serve, without_mnist

SECONDS = 6.0
MOST_TIMES, MOST_S, MOST_MB = 3.0, 1.0, 600.0

pytestmark = pytest.mark.attack


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with serve(folder / "log", environment=without_mnist(folder)) as running:
        open_each_page(running.url)  # what attackers take is measured, not what the first visitor waits for
        honest.draw(running.url, 3)
        yield running


@pytest.mark.parametrize("attacker", ATTACKERS, ids=lambda attacker: attacker.__name__)
def test_an_honest_visitor_is_answered(server, attacker, record_property):
    written = server.log.stat().st_size
    alone = honest.draw(server.url, SECONDS / 2)
    command = [sys.executable, "-m", "tests.attacks.attackers", attacker.__name__, server.url, str(SECONDS + 2)]
    with _memory(server.pid) as memory, subprocess.Popen(command) as attack:
        time.sleep(2)
        beside = honest.draw(server.url, SECONDS)
        attack.wait(60)
    told = f"p95 {1000 * alone.p95_s:.0f} ms alone, {1000 * beside.p95_s:.0f} ms beside; {max(memory.seen):.0f} MB"
    print(f"{attacker.__name__}: {told}")
    assert attack.returncode == 0
    assert beside.failed == 0, told
    assert beside.p95_s <= min(MOST_S, MOST_TIMES * alone.p95_s), told
    assert max(memory.seen) <= MOST_MB, told
    log = server.log.read_text()[written:]
    assert "Traceback" not in log, log


class _memory:
    """Watches a process's memory in MB within the block."""

    def __init__(self, pid: int) -> None:
        self._process, self._done, self.seen = psutil.Process(pid), threading.Event(), [0.0]
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.seen.append(self._process.memory_info().rss / 1e6)
