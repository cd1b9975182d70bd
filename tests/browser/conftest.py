import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.browser import chromium
from tests.browser.server import Server, serve
from tests.patience import PATIENCE_S

playwright_api = pytest.importorskip("playwright.sync_api")

from tests.browser import hand  # noqa: E402

playwright_api.expect.set_options(timeout=hand.PATIENCE_MS)


HANGS_S = PATIENCE_S + 60  # after so long, a call to Playwright will not return: the others have a limit
DEAD = ["TargetClosedError", "has been closed", "Target crashed", "Page crashed"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test whose browser has died runs once more: whatever it tests, that was not it."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=DEAD))


@pytest.fixture(scope="session")
def living() -> Iterator[Callable[[], "playwright_api.Browser"]]:
    """Gives this worker's Chromium, and another one where it has died."""
    path = chromium.find()
    if path is None:
        message = "no Chromium on this machine: python -m tests.browser.chromium installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with playwright_api.sync_playwright() as playwright:
        running: list[playwright_api.Browser] = []

        def one() -> "playwright_api.Browser":
            if not running or not running[-1].is_connected():
                running.append(playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS))
            return running[-1]

        yield one
        for each in running:
            each.close()


@pytest.fixture
def browser(living) -> Iterator["playwright_api.Browser"]:
    """A Chromium that is ended if it does not answer any more: some of Playwright's calls have no limit of time."""
    running, ended = living(), threading.Event()
    threading.Thread(target=_watch, args=(running, ended), daemon=True).start()
    yield running
    ended.set()


def _watch(running: "playwright_api.Browser", ended: threading.Event) -> None:
    """End the browser if one call waits too long; how long a test takes in all depends on the machine."""
    first_seen: dict[str, float] = {}
    while not ended.wait(5):
        now = time.monotonic()
        first_seen = {call: first_seen.get(call, now) for call in list(running._impl_obj._connection._callbacks)}
        if any(now - since > HANGS_S for since in first_seen.values()):
            chromium.end()
            return


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture
def page(browser) -> Iterator["playwright_api.Page"]:
    """A page of its own session, 1280 x 720; a request that would leave this machine fails the test."""
    strangers: list[str] = []
    with hand.window(browser, viewport={"width": 1280, "height": 720}) as opened:
        opened.on("request", lambda request: strangers.append(request.url) if leaves(request.url) else None)
        yield opened
    assert strangers == []


def leaves(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
