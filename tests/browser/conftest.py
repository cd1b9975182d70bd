import os
from collections.abc import Iterator

import pytest

from tests.browser import chromium
from tests.browser.server import Server, serve

playwright_api = pytest.importorskip("playwright.sync_api")
playwright_api.expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


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
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(30_000)
    opened = context.new_page()
    strangers: list[str] = []
    opened.on("request", lambda request: strangers.append(request.url) if leaves(request.url) else None)
    yield opened
    context.close()
    assert strangers == []


def leaves(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
