import os
from collections.abc import Iterator

import pytest

from tests.browser import chromium
from tests.browser.server import Server, serve

playwright_api = pytest.importorskip("playwright.sync_api")

from tests.browser import hand  # noqa: E402

playwright_api.expect.set_options(timeout=hand.PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator["playwright_api.Browser"]:
    path = chromium.find()
    if path is None:
        message = "no Chromium on this machine: python -m tests.browser.chromium installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield running
        running.close()


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
