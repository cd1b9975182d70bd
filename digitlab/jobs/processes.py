"""Runs `python -m digitlab` in processes of their own: trainings, and what else the app does not do itself."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path
from typing import IO

import msgspec

from digitlab import files, settings
from digitlab.errors import ExportFailed
from digitlab.jobs import speed
from digitlab.jobs.request import Job
from digitlab.language import N_
from digitlab.networks import Recipe

_using = threading.RLock()  # held while one of the following is read or changed
# With the file of its job; kept to be reaped, since a dead child holds its place in the process table.
_children: dict[subprocess.Popen[bytes], Path] = {}
_measuring: dict[Path, subprocess.Popen[bytes]] = {}  # by kind of training


def can_train() -> bool:
    """Whether trainings run on this machine: TensorFlow is installed, and the settings do not leave them to others."""
    return not settings.load().train_elsewhere and importlib.util.find_spec("tensorflow") is not None


def launch(*arguments: str, output: IO[bytes] | None = None, **environment: str) -> subprocess.Popen[bytes]:
    """Start `python -m digitlab ARGUMENTS` in a session of its own, so that Ctrl-C at the app does not reach it.

    It prints to `output`, if anywhere, and has these environment variables in addition to this process's.
    """
    return subprocess.Popen(
        _command(*arguments), cwd=settings.WORK_IN, stdin=subprocess.DEVNULL, stdout=output or subprocess.DEVNULL,
        stderr=output or subprocess.DEVNULL, start_new_session=True, env={**os.environ, **environment},
    )  # fmt: skip


def begin(job: Job) -> subprocess.Popen[bytes]:
    """Start a process that does a job.

    Raises:
        OSError: the folder of jobs cannot be written.
    """
    file = settings.load().job_dir / f"job-{uuid.uuid4().hex}.json"
    files.replace(file, msgspec.json.encode(job))
    with log_file().open("ab") as log:
        process = launch("job", str(file), output=log)
    with _using:
        for ended in [child for child in _children if child.poll() is not None]:
            _children.pop(ended).unlink(missing_ok=True)  # it may have been killed before it took its job
        _children[process] = file
    return process


def log_file() -> Path:
    """The file that receives everything these processes print."""
    return settings.load().job_dir / "log.txt"


def measure(network: str, recipe: Recipe) -> bool:
    """Have the speed of this kind of training measured, once per app process; `speed.recall` finds the result.

    Returns:
        Whether a measurement is still going on.
    """
    kind = speed.path(network, recipe)
    with _using:
        if kind not in _measuring:
            if any(process.poll() is None for process in _measuring.values()):
                return True  # one after the other: at the same time they would slow each other down
            try:
                _measuring[kind] = begin(Job("measure", network, recipe))
            except OSError:  # such as a folder that cannot be written
                return False
        return _measuring[kind].poll() is None


def stop_measuring() -> None:
    """End a measurement that is going on, to make way for a training; `measure` can start it again later."""
    with _using:
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
            raise ExportFailed(N_("{name} could not be exported as ONNX: {said}"), name=name, said=said)
        return file.read_bytes()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "digitlab", *arguments]
