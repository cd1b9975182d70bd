"""What hosts put around the app: a frame on a page of their own, and a path below which they serve it."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digitlab.access import network
from digitlab.settings import REPOSITORY
from tests import drawings
from tests.browser import hand
from tests.browser.server import serve

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

BELOW = """
pid nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:PORT;
    location / { return 404; }
    location /~/+/ {
      proxy_pass SERVER/;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection upgrade;
      proxy_set_header Upgrade $http_upgrade;
    }
  }
}
"""


@contextmanager
def below_a_path(server: str, folder: Path) -> Iterator[str]:
    """The server as Streamlit Community Cloud's pages show it, by nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not here: apt install nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "below.conf").write_text(BELOW.replace("PORT", str(port)).replace("SERVER", server))
    command = [program, "-p", folder, "-e", "stderr", "-c", folder / "below.conf", "-g", "daemon off;"]
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + 60
        while network.is_free("127.0.0.1", port):
            assert process.poll() is None, "nginx has ended"
            assert time.monotonic() < until, "nginx does not listen"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/~/+"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("path", ["/", "/draw"])
def test_live_answers_and_phones_find_the_app_below_a_path(page, server, tmp_path, path):
    with below_a_path(server.url, tmp_path) as url:
        hand.open_page(page, url + path)
        with page.expect_response(re.compile(r"/live/answer\?")) as answer:
            hand.draw(page, 4)
        assert answer.value.url == f"{url}/live/answer?lang=en"
        assert answer.value.request.failure is None
        hand.expect_answers(page, 4)
        page.goto(f"{url}/wall")  # which older links name
        expect(page).to_have_url(f"{url}/lecture#wall")
        expect(page.locator("#address")).to_have_text(f"{url.removeprefix('http://')}/play")
        expect(page.get_by_alt_text("QR code")).to_be_visible()
        page.goto(f"{url}/play")
        box = page.locator("#paper").bounding_box()
        with page.expect_response(f"{url}/play/drawing?lang=en") as drawn:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=8)
            page.mouse.up()
        assert drawn.value.status == 200


def test_in_the_frame_of_another_site_a_space_takes_pictures(browser, tmp_path):
    """Browsers send no cookies from there."""
    push = (REPOSITORY / "deploy" / "space" / "push.sh").read_text()
    (line,) = re.findall(r'echo "ENV (.*)" >>', push)
    of_space = dict(setting.split("=", 1) for setting in line.split())
    with serve(tmp_path / "log", environment={**of_space, "DIGITLAB_PASSWORD": "open sesame"}) as server:
        # Chromium asks before a public site may frame one of this machine.
        may_ask = ["local-network-access"]
        page = browser.new_context(viewport={"width": 1280, "height": 900}, permissions=may_ask).new_page()
        url = server.url.replace("127.0.0.1", "localhost")
        framed = f'<iframe src="{url}/?source=Upload" width="1200" height="800"></iframe>'
        page.route(
            re.compile("^https://"), lambda route: route.fulfill(status=200, content_type="text/html", body=framed)
        )
        with page.expect_event("requestfailed", lambda request: request.url.startswith(url)):
            page.goto("https://elsewhere.example/")  # no site that the server named
        page.goto("https://huggingface.co/spaces/somebody/digitlab")
        frame = page.frame_locator("iframe")
        seven = {"name": "7.png", "mimeType": "image/png", "buffer": drawings.png(drawings.canvas(7))}
        frame.locator("input[type=file]").set_input_files(seven)
        expect(frame.locator(".agreement")).to_contain_text("Both say 7")
        frame.get_by_role("link", name="Collection").click()
        frame.get_by_role("button", name="Presenter").click()
        link = frame.get_by_role("link", name="Open digitlab in a window of its own")
        expect(link).to_have_attribute("href", re.compile(f"^{url}/collection"))
        expect(frame.get_by_label("Password")).to_have_count(0)
        page.context.close()
