"""Runs what needs TensorFlow through the command line, in a process of its own."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from digitlab import settings
from digitlab.errors import ExportFailed
from digitlab.jobs import speed
from digitlab.networks import Recipe

_measuring: dict[Path, subprocess.Popen[bytes]] = {}  # by kind of training


def can_train() -> bool:
    """Whether trainings run on this machine: TensorFlow is installed, and the settings do not leave them to others."""
    return not settings.load().train_elsewhere and importlib.util.find_spec("tensorflow") is not None


def begin(*arguments: str) -> subprocess.Popen[bytes]:
    """Start `python -m digitlab ARGUMENTS` in a session of its own, so that Ctrl-C at the app does not reach it."""
    log_file().parent.mkdir(parents=True, exist_ok=True)
    with log_file().open("ab") as log:
        return subprocess.Popen(
            _command(*arguments), cwd=settings.WORK_IN, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


def log_file() -> Path:
    """The file that receives everything these processes print."""
    return settings.load().job_dir / "log.txt"


def options(recipe: Recipe) -> list[str]:
    """A recipe as the command line's options."""
    given = {name: value for name, value in recipe.as_dict().items() if value is not None}
    return [text for name, value in given.items() for text in (f"--{name.replace('_', '-')}", str(value))]


def measure(network: str, recipe: Recipe) -> bool:
    """Have the speed of this kind of training measured, once per app process; `speed.recall` finds the result.

    Returns:
        Whether a measurement is still going on.
    """
    kind = speed.path(network, recipe)
    if kind not in _measuring:
        if any(one.poll() is None for one in _measuring.values()):
            return True  # one after the other: at the same time they would slow each other down
        try:
            _measuring[kind] = begin("measure", network, *options(recipe))
        except OSError:  # such as a folder that cannot be written
            return False
    return _measuring[kind].poll() is None


def stop_measuring() -> None:
    """End a measurement that is going on, to make way for a training; `measure` can start it again later."""
    for kind, process in list(_measuring.items()):
        if process.poll() is None:
            process.kill()
            process.wait()
            del _measuring[kind]


def onnx(name: str) -> bytes:
    """A model as an ONNX file, checked to answer as the model does; takes some seconds.

    Raises:
        ExportFailed: the export failed; the message is the last line that it printed.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        done = subprocess.run(
            _command("export", name, str(file)), cwd=settings.WORK_IN, capture_output=True, text=True, check=False
        )
        if done.returncode or not file.is_file():
            said = (done.stderr.strip().splitlines() or ["no word"])[-1].removeprefix("digitlab: ")
            raise ExportFailed(f"{name} could not be exported as ONNX: {said}")
        return file.read_bytes()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "digitlab", *arguments]
