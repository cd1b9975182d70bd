"""Without any network: the browser asks nobody but its server, and the server asks nobody at all."""

import os
from urllib.parse import urlsplit

import pytest

from tests.browser import hand
from tests.browser.server import serve, without_mnist

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser
# Read by Python before anything else. Looking a name up is refused as well: that is a request to another host.
GUARD = """
import os, socket
_connect, _lookup = socket.socket.connect, socket.getaddrinfo
def _note(what):
    with open(os.environ["NETWORK_LOG"], "a") as log:
        log.write(f"{what}\\n")
    raise OSError(f"no network: {what}")
def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
        _note(address)
    return _connect(self, address)
def lookup(host, *rest, **named):
    if host not in (None, "", "localhost", b"localhost") and not str(host).startswith(("127.", "::", "0.0.0.0")):
        _note(host)
    return _lookup(host, *rest, **named)
socket.socket.connect, socket.getaddrinfo = connect, lookup
"""


def test_every_page_without_a_network(browser, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    asked_by_server = tmp_path / "network"
    nowhere = "http://127.0.0.1:9"
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH")))),
        "NETWORK_LOG": str(asked_by_server), "http_proxy": nowhere, "https_proxy": nowhere, "all_proxy": nowhere,
        **without_mnist(tmp_path),
    }  # fmt: skip
    with serve(tmp_path / "log", environment=environment) as server:
        host = urlsplit(server.url).netloc
        strangers: list[str] = []

        def only_the_server(route) -> None:
            if urlsplit(route.request.url).netloc == host:
                route.continue_()
            else:
                strangers.append(route.request.url)
                route.abort()

        with hand.window(browser, viewport={"width": 1280, "height": 720}) as page:
            page.context.route("**/*", only_the_server)
            page.on("websocket", lambda one: strangers.append(one.url) if urlsplit(one.url).netloc != host else None)
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
