"""Fetching full MNIST from the page: offline, another file, and the real one, all without leaving this machine."""

import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab import settings
from digitlab.data import mnist
from digitlab.errors import MnistUnavailable
from digitlab.ui import fetch
from tests.patience import PATIENCE_S


@pytest.fixture
def mnist_file(full_mnist: mnist.Mnist) -> bytes:
    return (settings.load().mnist_path or mnist.cache_path()).read_bytes()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without MNIST."""
    monkeypatch.delenv("DIGITLAB_MNIST", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes, bytes], None]]:
    """Offer bytes where MNIST is fetched from, and expect those of a certain hash."""
    content = b""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def offer(offered: bytes, expected: bytes) -> None:
        nonlocal content
        content = offered
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(mnist, "URL", f"http://127.0.0.1:{server.server_port}/mnist.npz")
        monkeypatch.setattr(mnist, "FILE_SHA256", hashlib.sha256(expected).hexdigest())

    yield offer
    server.shutdown()
    thread.join()
    server.server_close()


def page() -> AppTest:
    def script() -> None:
        import streamlit as st

        from digitlab.ui import fetch

        fetch.note()
        st.write("the page goes on")

    app = AppTest.from_function(script, default_timeout=PATIENCE_S).run()
    assert not app.exception
    return app


def goes_on(app: AppTest) -> bool:
    return "the page goes on" in [element.value for element in app.markdown]


def press(app: AppTest) -> AppTest:
    app.button(key="fetch").click().run()
    assert not app.exception
    return app


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_nothing_to_say_with_full_mnist(full_mnist):
    app = page()
    assert not app.caption
    assert not app.button
    assert goes_on(app)


def test_without_it_the_page_says_so_and_goes_on(home):
    app = page()
    assert "uses the 5,000 validation digits" in app.caption[0].value
    assert [button.label for button in app.button] == ["Fetch full MNIST (11 MB)"]
    assert goes_on(app)


def test_offline(home, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(mnist, "URL", "http://127.0.0.1:1/mnist.npz")  # nobody listens there
    app = press(page())
    assert len(app.error) == 1
    assert "could not be fetched (ConnectionError). Connect this machine" in app.error[0].value
    assert goes_on(app)
    assert files(home) == []
    assert len(press(app).error) == 1  # and again


def test_another_file_is_thrown_away(home, serve):
    serve(b"something else" * 1000, b"MNIST")
    app = press(page())
    assert "SHA-256 differs" in app.error[0].value
    assert goes_on(app)
    assert files(home) == []


def test_success_makes_the_note_go_away(mnist_file, home, serve):
    serve(mnist_file, mnist_file)
    app = press(page())
    assert not app.caption
    assert not app.error
    assert not app.button
    assert goes_on(app)
    assert files(home) == ["mnist.npz"]
    assert mnist.cache_path().read_bytes() == mnist_file


def test_a_damaged_copy_can_be_fetched_again(mnist_file, home, serve):
    mnist.cache_path().parent.mkdir(parents=True)
    mnist.cache_path().write_bytes(b"damaged")
    serve(mnist_file, mnist_file)
    app = page()
    assert "not a readable mnist.npz" in app.error[0].value
    assert not goes_on(app)
    app = press(app)
    assert not app.error
    assert goes_on(app)


def test_who_names_a_file_is_not_offered_another(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MNIST", str(tmp_path / "none.npz"))
    app = page()
    assert "none.npz" in app.error[0].value
    assert not app.button
    assert not goes_on(app)


def test_an_interrupted_download_leaves_nothing(home, serve):
    class Interrupted(fetch._Progress):
        def update(self, count: int) -> None:
            raise KeyboardInterrupt  # as Streamlit ends a run: not an Exception

    serve(b"MNIST" * 1000, b"MNIST" * 1000)
    with pytest.raises(KeyboardInterrupt):
        mnist.fetch(Interrupted(None))
    assert files(home) == []


def test_a_folder_that_cannot_be_written_is_told(home):
    (home / ".keras").write_text("a file in the folder's place")
    with pytest.raises(MnistUnavailable, match="could not be fetched"):
        mnist.fetch()


class Bar:
    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []

    def progress(self, share: float, text: str) -> None:
        self.shown.append((share, text))


def test_progress_says_how_much_and_how_long(home, serve, monkeypatch):
    monkeypatch.setattr(fetch, "_SHORTEST_UPDATE_S", 0.0)
    content = bytes(3_000_000)
    serve(content, content)
    bar = Bar()
    mnist.fetch(fetch._Progress(bar))
    shares = [share for share, _ in bar.shown]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert any(text.startswith("1.5 of 3.0 MB · about ") for _, text in bar.shown)
    assert bar.shown[-1][1] == "Checking the file …"


def test_progress_of_unknown_length():
    bar = Bar()
    fetch._Progress(bar).update(2_000_000)
    assert bar.shown == [(0.0, "2.0 MB")]
