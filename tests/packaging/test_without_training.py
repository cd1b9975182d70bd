"""An installation without the extra `train`: all but training works, and what is missing is told in a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

# Libraries that only the extras bring are not found, as if they were not installed.
HIDE = """
from importlib.machinery import PathFinder
hidden = {"tensorflow", "keras", "optuna", "onnx", "onnxruntime", "tf2onnx", "openTSNE", "distributed"}
found = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name.partition(".")[0] in hidden else found(name, *rest)
"""
PAGES = """
from streamlit.testing.v1 import AppTest
from digitlab import settings
from digitlab.access import Visitor
from digitlab.ui import presenter
presenter.visitor = lambda: Visitor("test", "127.0.0.1", {"Host": "127.0.0.1:8501"})
for page in ("draw/draw", "train/retrain", "train/sweep", "train/models"):
    app = AppTest.from_file(str(settings.APP / "app.py"), default_timeout=180)
    app.switch_page(f"pages/{page}.py").run()
    print(page, len(app.exception), [one.value for one in (*app.warning, *app.error)])
"""
INSTALL = "TensorFlow, which is not installed: {}pip install 'digitlab[train]'{}, with Python 3.11 to 3.13."


@pytest.fixture
def without(environment, tmp_path) -> dict[str, str]:
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / "sitecustomize.py").write_text(HIDE)
    return {**environment, "PYTHONPATH": f"{tmp_path / 'hide'}:{environment['PYTHONPATH']}"}


def python(without: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=without, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [["train", "softmax"], ["sweep", "softmax"]])
def test_commands_say_what_to_install(without, tmp_path, command):
    said = python(without, tmp_path, "-m", "digitlab", *command)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"digitlab: This needs {INSTALL.format('', '')}\n"


def test_pages_say_what_to_install(without, tmp_path):
    python(without, tmp_path, "-m", "digitlab", "models")
    said = python(without, tmp_path, "-c", PAGES)
    assert said.returncode == 0, said.stderr
    missing = INSTALL.format("`", "`")
    assert said.stdout.splitlines() == [
        "draw/draw 0 []",
        f"train/retrain 0 {[f'Training needs {missing}']}",
        f"train/sweep 0 {[f'Training needs {missing}']}",
        "train/models 0 []",
    ]
