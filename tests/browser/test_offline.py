"""Without any network: the browser asks nobody but its server, and the server asks nobody at all."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.browser import hand
from tests.browser.server import serve, without_mnist

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def test_every_page_without_a_network(browser, tmp_path):
    asked_by_server, nowhere = tmp_path / "network", "http://127.0.0.1:9"
    environment = {
        "NETWORK_LOG": str(asked_by_server), "http_proxy": nowhere, "https_proxy": nowhere, "all_proxy": nowhere,
        **without_mnist(tmp_path),
    }  # fmt: skip
    asks = "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://digits.example')"
    subprocess.run([sys.executable, "-c", asks], env={**os.environ, **environment}, check=False, capture_output=True)
    assert "digits.example" in asked_by_server.read_text()  # what is asked is noted
    asked_by_server.unlink()
    with serve(tmp_path / "log", environment=environment) as server:
        host = urlsplit(server.url).netloc
        strangers: list[str] = []

        def note(asked) -> None:
            address = urlsplit(asked.url.removeprefix("blob:"))
            if address.scheme != "data" and address.netloc != host:
                strangers.append(asked.url)

        with hand.window(browser, viewport={"width": 1280, "height": 720}) as page:
            page.context.on("request", note)
            page.on("websocket", note)
            hand.draw_alone(page, server.url, 4)
            links = page.locator("[data-testid=stTopNavLink]")
            addresses = [link.get_attribute("href") for link in links.all()]
            assert len(addresses) >= 12
            for address in addresses:
                path = urlsplit(address).path.strip("/")
                quick = "?models=softmax" if path == "robustness" else ""  # the flagships' thousand digits take seconds
                page.goto(f"{server.url}/{path}{quick}")
                page.locator("[data-testid=stHeading]").first.wait_for()
                hand.settle(page)
                expect(page.get_by_role("heading", level=1)).to_be_visible()
                expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "page not found"
                hand.no_traceback(page)
            page.goto(f"{server.url}/play")
            page.locator("#paper").wait_for()
    assert strangers == []
    assert not asked_by_server.exists(), asked_by_server.read_text()
