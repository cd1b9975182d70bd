"""What hosts do with digitlab, done here without them: an account without rights, code and home that it cannot write, a
port that the host chooses, and restarts."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from digitlab import __main__ as command_line
from digitlab import access
from digitlab.access import network
from digitlab.settings import REPOSITORY
from tests import drawings
from tests.packaging.answers import first_answer
from tests.patience import until

CONTAINERFILE = (REPOSITORY / "Containerfile").read_text(encoding="utf-8")
IN_IMAGE = dict(pair.split("=") for line in re.findall("^ENV (.+)$", CONTAINERFILE, re.M) for pair in line.split())
HEALTHCHECK = [sys.executable, *json.loads(re.findall(r"^    (\[.+\])$", CONTAINERFILE, re.M)[0])[1:]]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SEVEN = {"width": 280, "height": 280, "brush": 20, "strokes": [stroke.tolist() for stroke in drawings.strokes(7)]}


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def image(installed, tmp_path, port) -> tuple[Path, list[str], dict[str, str]]:
    """The code, the command and the variables of an image whose /data is not there."""
    code = tmp_path / "code"
    shutil.copytree(installed, code)
    given = json.loads(re.findall(r"^CMD (\[.+\])$", CONTAINERFILE, re.M)[-1])
    command = [str(code / "bin" / given[0]), *given[1:]]
    variables = {name: value for name, value in IN_IMAGE.items() if name != "XDG_DATA_HOME"}
    return code, command, {**variables, "PYTHONPATH": str(code), "PORT": str(port), "DIGITLAB_METRICS": "1"}


@pytest.fixture
def community_cloud(tmp_path, port) -> tuple[Path, list[str], dict[str, str]]:
    """A clone in which the host starts Streamlit itself."""
    code = tmp_path / "code"
    for folder in ("digitlab", "pages", "models"):
        shutil.copytree(REPOSITORY / folder, code / folder, ignore=shutil.ignore_patterns(".*"))
    (code / ".streamlit").mkdir()
    for file in ("app.py", ".streamlit/config.toml"):
        shutil.copy(REPOSITORY / file, code / file)
    (code / ".streamlit" / "secrets.toml").write_text('DIGITLAB_METRICS = "1"')  # this host's way to variables
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    return code, [*command, "--server.port", str(port)], {}


@pytest.mark.parametrize("host", ["image", "community_cloud"])
def test_it_draws_from_code_and_home_that_it_cannot_write(request, host, tmp_path, port):
    code, command, variables = request.getfixturevalue(host)
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    everything = {"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(temporary), **variables}
    with read_only(code), read_only(home):
        before = files(code)
        for _ in range(3):  # a start and two restarts
            with started([*without_rights(code), *command], code, everything, tmp_path / "log.txt") as server:
                answers = first_answer(port, server)["answers"]
                assert [(one["name"], one["digit"]) for one in answers] == [("dnn", 7), ("cnn", 7)]
                assert ">7<" in ask(port, "live/answer", {**SEVEN, "models": ["dnn", "cnn"]})["left"]
                # On a busy machine a drawing may be kept later than it is answered.
                until(lambda: ask(port, "play/drawing", {"token": "b" * 32, "keep": True, **SEVEN})["kept"])
                assert ask(port, "healthz")["status"] == "ok"
                assert subprocess.run(HEALTHCHECK, env={"PORT": str(port)}, check=False).returncode == 0
                assert metrics_from_elsewhere(port) == 200  # only if the server has its variables
                if (own := network.own_address()) is not None:  # a host's proxy comes from another machine
                    socket.create_connection((own, port), 10).close()
            shutil.rmtree(next(temporary.glob("digitlab-*")))  # a host forgets what was written
        assert files(code) == before
        assert list(home.iterdir()) == []
    log = (tmp_path / "log.txt").read_text()
    assert log.count(f"so models and drawings are kept in {temporary}") == 3
    assert "Traceback" not in log
    assert "External URL" not in log, "Streamlit has asked the internet for this machine's address"


def test_a_bad_port_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("PORT", "http")
    assert command_line.main(["run"]) == 2
    said = "digitlab: PORT must be a port from 1 to 65535, got 'http'. Unset it to use 8501.\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("variables", "options", "expected"),
    [
        ({}, [], ("127.0.0.1", 8501)),
        ({"DIGITLAB_ADDRESS": "0.0.0.0", "PORT": "8080"}, [], ("0.0.0.0", 8080)),
        ({"DIGITLAB_ADDRESS": "0.0.0.0", "PORT": "http"}, ["--address", "::1", "--port", "81"], ("::1", 81)),
    ],
)
def test_it_listens_where_it_is_told_and_else_on_this_machine_alone(monkeypatch, variables, options, expected):
    for name in ("DIGITLAB_ADDRESS", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    asked = []
    monkeypatch.setattr(access, "run", lambda *given: asked.append(given) or 0)
    assert command_line.main(["run", *options]) == 0
    assert asked == [expected]


def test_make_run_lets_digitlab_say_where_to_listen():
    """`.streamlit/config.toml` does not, since hosts read it."""
    recipe = re.search("^run:.*\n\t(.+)$", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    assert recipe.startswith("$(BIN)/python -m digitlab run")
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert not {"address", "port"} & set(config["server"])


def ask(port: int, path: str, asked: dict | None = None) -> dict:
    body = None if asked is None else json.dumps(asked).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, {"Content-Type": "application/json"})
    with DIRECT.open(request, timeout=60) as reply:
        return json.load(reply)


def metrics_from_elsewhere(port: int) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    with DIRECT.open(request, timeout=60) as reply:
        return reply.status


@contextmanager
def started(command: list[str], cwd: Path, variables: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A server with these variables and no others; it ends by the signal that hosts send."""
    with log.open("a") as output:
        server = subprocess.Popen(command, cwd=cwd, env=variables, stdout=output, stderr=output)
    try:
        yield server
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    finally:
        server.kill()
        server.wait()


def without_rights(folder: Path) -> list[str]:
    """What to put before a command, so that even root's may not write into a read-only folder."""
    before = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if before and shutil.which(before[0]) is None:
        pytest.skip("needs setpriv, or an account that is not root")
    assert subprocess.run([*before, "touch", str(folder / "x")], capture_output=True, check=False).returncode != 0
    return before


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    def allow(add: int, remove: int) -> None:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~remove | add)

    allow(0, 0o222)
    yield
    allow(0o200, 0)


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.fixture
def pushed(tmp_path) -> Path:
    """What `deploy/space/push.sh` gives to Hugging Face's command, in whose place another one keeps it."""
    hf = tmp_path / "bin" / "hf"
    hf.parent.mkdir()
    hf.write_text(f'#!/bin/sh\n[ "$1 $2" = "upload me/digits" ] && cp -r "$3" {tmp_path / "space"}\n')
    hf.chmod(0o755)
    variables = {**os.environ, "PATH": f"{hf.parent}:{os.environ['PATH']}"}
    push = [REPOSITORY / "deploy" / "space" / "push.sh", "me/digits"]
    done = subprocess.run(push, env=variables, capture_output=True, text=True, check=False)
    if "not a git repository" in done.stderr.lower():
        pytest.skip("this is no clone, and a Space gets what is committed")
    assert (done.returncode, done.stderr) == (0, "")
    return tmp_path / "space"


def test_a_space_gets_what_its_image_is_built_from_and_nothing_else(pushed):
    dockerfile = (pushed / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall("^FROM .+ AS (.+)$", dockerfile, re.M)[-1] == "app"  # the last one is built
    assert all((pushed / source).exists() for source in re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.M))
    header = yaml.safe_load((pushed / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert (header["sdk"], str(header["app_port"])) == ("docker", IN_IMAGE["PORT"])
    allowed = re.findall("^!(.+)$", (pushed / ".dockerignore").read_text(encoding="utf-8"), re.M)
    assert {path.name for path in pushed.iterdir()} == {"Dockerfile", ".dockerignore", *allowed}
    assert not list(pushed.glob("models/.*"))


def test_who_pushes_to_a_space_is_told_what_is_missing(tmp_path):
    push = shutil.which("sh"), REPOSITORY / "deploy" / "space" / "push.sh"
    for given, said in (([], "Usage: "), (["me/digits"], "pip install huggingface_hub")):
        done = subprocess.run([*push, *given], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert said in done.stderr
