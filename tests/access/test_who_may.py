"""Who may do what, on real servers: every row of the tables in `docs/security.md`, and nothing that is not there."""

import ast
import dataclasses
import functools
import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from benchmarks import cluster
from digitlab.access import network, visitor
from digitlab.settings import REPOSITORY
from digitlab.ui.lecture import routes as lecture
from tests import drawings
from tests.access.asking import SEVEN, Asking
from tests.browser.server import wait
from tests.patience import PATIENCE_S, until

DOCUMENT = REPOSITORY / "docs" / "security.md"
ACTS = ("look", "draw", "upload", "change", "read metrics")
WORD = "open sesame of many signs"
EVIL = "https://evil.example"
LECTURE = {action for action, _ in lecture.ACTS.values()}


# ---- the servers


@dataclass(frozen=True)
class Servers:
    """Addresses of servers that run.

    Attributes:
        run, present: as `make run` and `make present` start them; `room` is the latter's address for others.
        nginx: of nginx, as in `deploy/`, in front of the latter; None where there is no nginx.
        folder: with the servers' logs, and `network`, if they have asked other machines anything.
    """

    run: str
    present: str
    room: str
    nginx: str | None
    folder: Path


@contextmanager
def started(folder: Path, command: str, port: int, **variables: str) -> Iterator[subprocess.Popen]:
    environment = {
        "STREAMLIT_SERVER_HEADLESS": "true", "DIGITLAB_DATABASE": f"sqlite:///{folder}/{command}.sqlite",
        "NETWORK_LOG": str(folder / "network"), **variables,
    }  # fmt: skip
    with (folder / f"{command}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "digitlab", command, "--port", str(port)],
            stdout=log, stderr=log, cwd=REPOSITORY, env={**os.environ, **environment},
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("servers")
    ports = [free_port() for _ in range(2)]
    here = [f"http://127.0.0.1:{port}" for port in ports]
    with ExitStack() as stack:
        runs = stack.enter_context(started(folder, "run", ports[0]))
        presents = stack.enter_context(started(folder, "present", ports[1], DIGITLAB_PASSWORD=WORD))
        wait(runs, f"{here[0]}/_stcore/health", folder / "run.log")
        wait(presents, f"{here[1]}/_stcore/health", folder / "present.log")
        own = network.own_address()
        room = f"http://{own}:{ports[1]}" if own else here[1]
        nginx = stack.enter_context(cluster.balanced(folder / "nginx", here[1:])) if cluster.nginx() else None
        yield Servers(*here, room, nginx, folder)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# ---- what they try


def look(asks: Asking) -> bool:
    answers = [asks.request(method, path) for path in ("/", "/healthz") for method in ("GET", "HEAD")]
    statuses = {answer.status for answer in answers}
    assert statuses in ({200}, {403})
    # Browsers let a page read what another site answers only if that site says so.
    is_foreign = asks.headers.get("Origin", asks.url) != asks.url
    is_readable = statuses == {200} and not (is_foreign and not answers[0].headers.get("Access-Control-Allow-Origin"))
    assert asks.can_open() == is_readable
    return is_readable


def answered(asks: Asking, path: str, body: dict) -> http.client.HTTPResponse:
    """The reply of a server that may be too busy for a moment."""

    def reply() -> http.client.HTTPResponse | None:
        given = asks.post(path, body)
        return None if given.status == 503 else given

    return until(reply)


def draw(asks: Asking) -> bool:
    questions = [
        ("/live/answer", {**SEVEN, "models": ["dnn"]}),
        ("/live/timeline", {**SEVEN, "models": ["dnn"]}),
        ("/play/drawing", {**SEVEN, "token": "a" * 32, "keep": False}),
        ("/play/label", {"token": "a" * 32, "label": 7}),
    ]
    (status,) = {answered(asks, *question).status for question in questions}
    assert status in {200, 403}
    return status == 200


def upload(asks: Asking) -> bool:
    """To a session of their own or, where they get none, to one whose id they know."""
    guest = Asking(f"http://127.0.0.1:{asks.url.rpartition(':')[2]}")
    with (asks if asks.session is None and asks.can_open() else guest).page("collection") as page:
        cookie = guest.request("GET", "/_stcore/health").headers["Set-Cookie"].partition(";")[0]
        head = 'Content-Disposition: form-data; name="file"; filename="7.png"\r\nContent-Type: image/png\r\n\r\n'
        body = b"--x\r\n" + head.encode() + drawings.png(drawings.canvas(7)) + b"\r\n--x--\r\n"
        more = {
            "Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": cookie.partition("=")[2],
            "Cookie": "; ".join(filter(None, [asks.headers.get("Cookie"), cookie])),
        }  # fmt: skip
        status = asks.request("PUT", f"/_stcore/upload_file/{page.session}/some-file", body, **more).status
    assert status in {200, 204, 403}
    return status != 403


def change(asks: Asking) -> bool:
    """Move the lecture, by a request, and save its script as it is, by a session."""
    moved = asks.post("/lecture/act", {"act": "move", "view": "join"}).status
    assert moved in {200, 403}
    try:
        with asks.page("present") as page:
            page.run("Save")
            (said,) = page.toasts
    except InvalidStatus:
        return moved == 200
    assert said == "Saved." or "Only the presenter may change the script" in said
    assert (said == "Saved.") == (moved == 200)
    return moved == 200


def read_metrics(asks: Asking) -> bool:
    statuses = {asks.request("GET", path).status for path in ("/metrics", "/_stcore/metrics")}
    assert statuses <= {200} or statuses <= {403, 404}
    return statuses == {200}


def can(act: Callable[[Asking], bool], asks: Asking) -> bool:
    if asks.frame is not None:
        paths = ("/", "/lecture", "/lecture/remote", "/play")
        policies = [" ".join(asks.request("GET", path).headers.get_all("Content-Security-Policy")) for path in paths]
        assert all("frame-ancestors" in policy for policy in policies)
        assert not any(asks.frame in policy or "*" in policy for policy in policies)
        return False
    try:
        return act(asks)
    except ConnectionRefusedError:
        return False


# ---- who they are


def unlocked(asks: Asking, planted: str = "") -> Asking:
    """The same browser once it has given the password."""
    with asks.page("present") as page:
        given = dataclasses.replace(asks, headers={**asks.headers, "Cookie": planted}).post(
            "/presenter", {"page": page.unlocking, "password": WORD}
        )
    assert given.status == 200
    cookie = given.headers["Set-Cookie"].partition(";")[0]
    return dataclasses.replace(asks, headers={**asks.headers, "Cookie": cookie})


def locked(asks: Asking) -> Asking:
    presenter = unlocked(asks)
    with presenter.page("present") as page:
        page.run("Lock again")
    return presenter


def with_planted_cookie(asks: Asking) -> Asking:
    """Whoever put a cookie into the presenter's browser before, by a page on another port."""
    real = unlocked(asks)
    name = real.headers["Cookie"].partition("=")[0]
    planted = f"{name}={visitor.new_secret()}"
    unlocked(asks, planted)
    return dataclasses.replace(asks, headers={**asks.headers, "Cookie": planted})


@contextmanager
def with_the_session_of(victim: Asking, thief: Asking) -> Iterator[Asking]:
    """Somebody who knows the id of an open session, and resumes it."""
    with victim.page("present") as page:
        thief = dataclasses.replace(thief, session=page.session)
        with thief.page("present") as got:
            assert got.session not in {"", page.session}
        yield thief
        page.run()  # the session is still its owner's


def of(url: str, **headers: str) -> Asking:
    return Asking(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


def rebound(url: str, **headers: str) -> Asking:
    name = f"evil.example:{url.rpartition(':')[2]}"
    return dataclasses.replace(of(url, Origin=f"http://{name}", **headers), host=name)


def at(url: str, *, port: int = 3000) -> str:
    return f"{url.rpartition(':')[0]}:{port}"


PROXY = {"X_Forwarded_For": "203.0.113.9"}
Who = Callable[[Servers], object]
RUN: dict[str, Who] = {
    "a browser at this machine": lambda on: of(on.run, Origin=on.run),
    "a program at this machine": lambda on: of(on.run),
    "another machine": lambda on: of(on.run.replace("127.0.0.1", network.own_address() or "127.0.0.2")),
    "anybody through a proxy on this machine": lambda on: of(on.run, **PROXY),
    "anybody through such a proxy, with the id of a session at this machine": lambda on: with_the_session_of(
        of(on.run, Origin=on.run), of(on.run, **PROXY)
    ),
    "a page on another port of this machine": lambda on: of(on.run, Origin=at(on.run)),
    "a page of another site": lambda on: of(on.run, Origin=EVIL),
    "a page without an origin": lambda on: of(on.run, Origin="null"),
    "a page whose name was made to lead here": lambda on: rebound(on.run),
    "such a page that pretends to be a proxy": lambda on: rebound(on.run, **PROXY),
    "another site that shows the app in a frame": lambda on: Asking(on.run, frame=EVIL),
}
PRESENT: dict[str, Who] = {
    "anybody in the room": lambda on: of(on.room, Origin=on.room),
    "anybody at the machine": lambda on: of(on.present, Origin=on.present),
    "the presenter, in every window of the browser": lambda on: unlocked(of(on.room, Origin=on.room)),
    "the presenter, at the machine": lambda on: unlocked(of(on.present, Origin=on.present)),
    "the presenter, after “Lock again” in any window": lambda on: locked(of(on.room, Origin=on.room)),
    "anybody with a cookie of their own making": lambda on: of(
        on.room, Cookie=f"{unlocked(of(on.room)).headers['Cookie'].partition('=')[0]}={visitor.new_secret()}"
    ),
    "whoever put a cookie into the presenter's browser before": lambda on: with_planted_cookie(of(on.room)),
    "anybody with the id of the presenter's session": lambda on: with_the_session_of(
        unlocked(of(on.room)), of(on.room)
    ),
    "a page on another port, in the presenter's browser": lambda on: of(
        on.room, **{**unlocked(of(on.room)).headers, "Origin": at(on.room)}
    ),
    "a page of another site, in the presenter's browser": lambda on: of(
        on.room, **{**unlocked(of(on.room)).headers, "Origin": EVIL}
    ),
    "a page whose name was made to lead here": lambda on: rebound(on.room),
    "such a page that pretends to be a proxy": lambda on: rebound(on.room, **PROXY),
    "another site that shows the app in a frame": lambda on: Asking(on.room, frame=EVIL),
}
NGINX: dict[str, Who] = {
    "anybody": lambda on: of(on.nginx, Origin=on.nginx),
    "anybody who claims to sit at the server": lambda on: of(
        on.nginx, X_Forwarded_For="127.0.0.1", X_Real_IP="127.0.0.1"
    ),
    "anybody who names the server as a browser on it would": lambda on: dataclasses.replace(
        of(on.nginx), host=on.present.removeprefix("http://")
    ),
    "the presenter, in every window of the browser": lambda on: unlocked(of(on.nginx, Origin=on.nginx)),
    "the presenter, after “Lock again” in any window": lambda on: locked(of(on.nginx, Origin=on.nginx)),
    "anybody with the id of the presenter's session": lambda on: with_the_session_of(
        unlocked(of(on.nginx)), of(on.nginx)
    ),
    "a page of another site, in the presenter's browser": lambda on: of(
        on.nginx, **{**unlocked(of(on.nginx)).headers, "Origin": EVIL}
    ),
    "another site that shows the app in a frame": lambda on: Asking(on.nginx, frame=EVIL),
}
WAYS = {"`make run`": RUN, "`make present`": PRESENT, "Behind nginx": NGINX}
CASES = [
    pytest.param(place, who, marks=pytest.mark.nginx if ways is NGINX else ())
    for place, ways in WAYS.items()
    for who in ways
]


# ---- the document


@functools.cache
def documented() -> dict[str, dict[str, tuple[str, ...]]]:
    """The tables of the document by the heading above them, and their rows by the first cell."""
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|") and not line.startswith("|---"):
            first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            tables.setdefault(heading, {})[first] = tuple(rest)
    return tables


def test_the_document_has_every_way_that_is_tried_and_no_other():
    tables = documented()
    assert {place: list(tables[place])[1:] for place in WAYS} == {place: list(ways) for place, ways in WAYS.items()}
    assert all(tables[place]["who asks"] == ACTS for place in WAYS)
    assert len(CASES) * len(ACTS) >= 40


@pytest.mark.parametrize(("place", "who"), CASES)
def test_everybody_may_do_what_the_document_says_and_nothing_else(servers, place, who):
    with ExitStack() as stack:
        asks = WAYS[place][who](servers)
        if not isinstance(asks, Asking):
            asks = stack.enter_context(asks)
        may = [can(act, asks) for act in (look, draw, upload, change, read_metrics)]
    assert tuple("yes" if one else "no" for one in may) == documented()[place][who]


@pytest.mark.parametrize("host", [None, "digits.example:8501"])
def test_whatever_site_a_socket_says_it_is_from_the_server_asks_nobody_about_it(servers, host):
    """Streamlit would ask the internet which address others see, on the thread on which everybody waits."""
    for url in (servers.run, servers.present):
        for headers in ({}, {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-Host": "evil.example", "Via": "1.1 x"}):
            Asking(url, host, {"Origin": EVIL, **headers}).can_open()
    assert not (servers.folder / "network").exists(), (servers.folder / "network").read_text()


UPGRADE = (
    b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)  # fmt: skip
MALFORMED: list[tuple[bytes, ...]] = [
    (), (b"Host:",), (b"Host: l\xf6calhost",), (b"Host: a b",), (b"Host: a@localhost",), (b"Host : localhost",),
    (b"Host: localhost:99999",),
    *(
        (b"Host: localhost", *more)
        for more in (
            (b"Host: localhost",), (b"hOST: evil.example",), (b"Origin: http://localhost", b"Origin: http://localhost"),
            (b"Origin: localhost",), (b"Cookie: a\x00b",), (b"Cookie: a\x7f\x01",), (b"Cookie",), (b"Coo kie: a",),
            (b"Cookie: " + b"a=b; " * 40_000,), (b"Content-Length: x",), (b"Content-Length: -1",),
            (b"Content-Length: 0x10",), (b"Content-Length: 1", b"Content-Length: 2"), (b"Transfer-Encoding: x",),
            (b"Forwarded: for",), (b"Forwarded: for=\xff",), (*UPGRADE, b"Origin: nowhere"),
            (*UPGRADE, b"Host: localhost"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("lines", MALFORMED, ids=lambda lines: repr(b" ".join(lines[-2:])[:80]))
def test_a_malformed_request_is_answered_with_400_and_no_more(servers, lines):
    place = urlsplit(servers.run)
    with socket.create_connection((place.hostname, place.port), PATIENCE_S) as raw:
        raw.sendall(b"\r\n".join([b"GET /_stcore/stream HTTP/1.1", *lines, b"", b""]))
        status = raw.recv(4096).split(b"\r\n")[0]
    assert status.split()[1] in {b"400", b"501"}
    assert Asking(servers.run).request("GET", "/healthz").status == 200
    assert "Traceback" not in (servers.folder / "run.log").read_text()


def actions() -> set[str]:
    """What the code asks the guard about, in words."""
    found = set()
    for path in [*(REPOSITORY / "digitlab" / "ui").rglob("*.py"), *(REPOSITORY / "pages").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if "presenter" not in text and "start_button" not in text and "knobs import do" not in text:
            continue
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            asked = {"require": 0, "attempt": 0, "later": 0, "start_button": 3}.get(name)
            said = call.args[asked : asked + 1] if asked is not None else []
            options = {option.arg: option.value for option in call.keywords}
            if getattr(options.get("on_click"), "id", getattr(options.get("on_click"), "attr", "")).strip("_") in {
                "do", "change"
            } and isinstance(options.get("args"), ast.Tuple):  # fmt: skip
                said += options["args"].elts[:1]
            found |= {one.args[0].value for one in said if isinstance(one, ast.Call) and one.func.id == "N_"}
    return found | LECTURE


def test_the_document_names_every_action_of_presenters_and_each_is_tried_by_a_guest():
    named = set(documented()["What changes something"]) - {"only the presenter may"}
    assert named == actions()
    # `tests/lecture/test_routes.py` tries every act of the lecture.
    tried = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests" / "pages").glob("*.py"))
    assert [action for action in sorted(named - LECTURE) if not re.search(rf'"{action}"', tried)] == []
