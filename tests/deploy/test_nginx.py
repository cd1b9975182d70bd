"""What nginx does in front of several servers, with `deploy/nginx.conf` as it is."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from benchmarks.cluster import balanced
from digitlab.access import Visitor
from tests.patience import PATIENCE_S

HALL = 40  # visitors


class Replica(ThreadingHTTPServer):
    """A server that says which one it is and what it was asked with; `dies` means in the middle of the next answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.dies = False
        self.heard: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def end(self) -> None:
        self.dies = True  # connections that are open
        self.shutdown()
        self.server_close()

    def handle_error(self, *_) -> None:
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # header and body in one go

    def do_GET(self) -> None:
        if self.server.dies:
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append(dict(self.headers))
        body = self.server.url.encode()
        self.send_response(404 if self.path == f"/media/of-another-than-{self.server.server_port}" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def nginx(tmp_path) -> Iterator[tuple[str, Replica, Replica]]:
    """The balancer's address, and the servers behind it."""
    replicas = Replica(), Replica()
    try:
        with balanced(tmp_path / "nginx", [one.url for one in replicas], ready="/") as url:
            yield url, *replicas
    finally:
        for one in replicas:
            one.end()


@contextmanager
def visit(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=PATIENCE_S) as visitor:
        visitor.get("/")
        yield visitor


def test_all_come_from_one_address_and_each_stays_with_a_server(nginx):
    url, *replicas = nginx
    servers = []
    for _ in range(HALL):
        with visit(url) as visitor:
            assert len(visitor.cookies) == 1
            answers = [visitor.get(path) for path in ("/", "/wall", "/play", "/play/drawing", "/_stcore/stream")]
            assert {answer.status_code for answer in answers} == {200}  # sent nowhere else
            (server,) = {answer.text for answer in answers}
            assert not any("set-cookie" in answer.headers for answer in answers)
            servers.append(server)
    assert all(servers.count(one.url) > HALL / 10 for one in replicas)


def test_a_server_that_dies_sends_its_visitors_to_the_other_one(nginx):
    url, here, there = nginx
    with ExitStack() as stack:
        visitors = [stack.enter_context(visit(url)) for _ in range(HALL)]
        assert {one.get("/").text for one in visitors} == {here.url, there.url}
        here.end()
        for visitor in visitors:
            assert visitor.get("/").text == there.url
            assert visitor.post("/live/answer", json={}).text == there.url


@pytest.mark.parametrize(
    ("path", "status"), [("/live/answer", 200), ("/play/drawing", 200), ("/_stcore/upload_file/1/2", 502)]
)
def test_only_what_does_the_same_twice_is_asked_twice(nginx, path, status):
    url, here, there = nginx
    with visit(url) as visitor:
        mine, other = (here, there) if visitor.get("/").text == here.url else (there, here)
        mine.dies = True
        answer = visitor.post(path, json={})
        assert answer.status_code == status
        assert (answer.text == other.url) == (status == 200)


def test_a_picture_of_another_server_is_looked_for_there(nginx):
    url, here, there = nginx
    with visit(url) as visitor:
        mine = here if visitor.get("/").text == here.url else there
        other = there if mine is here else here
        assert visitor.get(f"/media/of-another-than-{mine.server_port}").text == other.url


def test_who_comes_through_it_does_not_sit_at_the_machine(nginx):
    url, *replicas = nginx
    with visit(url) as visitor:
        visitor.get("/", headers={"Host": "127.0.0.1:8501", "X-Forwarded-For": "127.0.0.1"})
        assert visitor.get("/metrics").status_code == 404
    heard = [headers for one in replicas for headers in one.heard if headers.get("Host") == "127.0.0.1:8501"]
    assert len(heard) == 1
    assert not Visitor("1", "127.0.0.1", heard[0]).is_here
    here = {name: value for name, value in heard[0].items() if not name.startswith("X-")}
    assert Visitor("1", "127.0.0.1", here).is_here
