"""What `pip install .` gives, in an empty folder."""

import json
import signal
import socket
import subprocess
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digitlab.models import store
from digitlab.settings import REPOSITORY
from tests import drawings
from tests.packaging.answers import first_answer
from tests.patience import PATIENCE_S

FOLDERS = {"digitlab": "digitlab", "pages": "digitlab/_app/pages", "models": "digitlab/_app/models"}


def run(environment, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [str(Path(environment["PYTHONPATH"]) / "bin" / "digitlab"), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_carries_the_app_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = Parser().parsestr(archive.read(f"{'-'.join(wheel.name.split('-')[:2])}.dist-info/METADATA").decode())
    expected = {"digitlab/_app/app.py", "digitlab/_app/.streamlit/config.toml"}
    for source, target in FOLDERS.items():
        files = (path.relative_to(REPOSITORY / source) for path in (REPOSITORY / source).rglob("*") if path.is_file())
        expected |= {
            f"{target}/{file.as_posix()}" for file in files
            if "__pycache__" not in file.parts and not file.parts[0].startswith(".") and file.name != store.TFLITE
        }  # fmt: skip
    assert names == expected
    needed: dict[str, set[str]] = {"app": set(), "train": set(), "cluster": set()}
    for one in map(Requirement, metadata.get_all("Requires-Dist")):
        extra = next((name for name in needed if f'extra == "{name}"' in str(one.marker)), "app")
        needed[extra].add(f"{canonicalize_name(one.name)}{one.specifier}")
    for extra, found in needed.items():
        lines = (REPOSITORY / "requirements" / f"{extra}.txt").read_text(encoding="utf-8").splitlines()
        wanted = [Requirement(line.split("  #")[0]) for line in lines if not line.startswith("#")]
        assert found == {f"{canonicalize_name(one.name)}{one.specifier}" for one in wanted}


def test_models_are_brought_once_and_answer(environment, tmp_path):
    (tmp_path / "seven.png").write_bytes(drawings.png(drawings.canvas(7)))
    said = run(environment, tmp_path, "predict", "seven.png")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("seven.png: dnn 7 (")
    models = tmp_path / "home" / "digitlab" / "models"
    for model in (REPOSITORY / "models").glob("[!.]*"):
        for file in model.iterdir():  # those that were made here were made there, too, or will be
            assert file.name == store.TFLITE or (models / model.name / file.name).read_bytes() == file.read_bytes()
    mine = models / "cnn" / "run.json"
    mine.write_text(mine.read_text().replace('"summary": "', '"summary": "mine, '))
    listed = json.loads(run(environment, tmp_path, "models", "--json").stdout)
    assert len(listed) == len(list((REPOSITORY / "models").glob("[!.]*")))
    assert next(row for row in listed if row["name"] == "cnn")["summary"].startswith("mine, ")
    assert {path.name for path in tmp_path.iterdir()} == {"seven.png", "home"}


def test_it_serves_until_it_is_told_to_stop(environment, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    everywhere = ["run", "--port", str(port), "--address", "0.0.0.0"]
    command = [str(Path(environment["PYTHONPATH"]) / "bin" / "digitlab"), *everywhere]
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
    try:
        told = first_answer(port, server)["answers"]
        assert [(one["name"], one["digit"]) for one in told] == [("dnn", 7), ("cnn", 7)]
        second = run(environment, tmp_path, *everywhere)
        assert second.returncode == 2
        assert f"Nothing can listen on port {port}" in second.stderr
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_S)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server outlived the command"
    assert "Traceback" not in log.read_text()
    assert "xternal" not in log.read_text(), "Streamlit has asked the internet for this machine's address"
