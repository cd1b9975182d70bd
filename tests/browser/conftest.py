import os
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.browser import chromium
from tests.browser.server import Server, serve

playwright_api = pytest.importorskip("playwright.sync_api")

from tests.browser import hand  # noqa: E402

playwright_api.expect.set_options(timeout=hand.PATIENCE_MS)


# Longer than a test waits for anything that has a limit (`PATIENCE_S`), and shorter than pytest's own limit.
HANGS_S = 240.0
DEAD = ["TargetClosedError", "Target crashed", "Page crashed"]


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
    watch = threading.Timer(HANGS_S, chromium.end)
    watch.daemon = True
    watch.start()
    yield living()
    watch.cancel()


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
