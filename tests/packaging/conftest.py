"""digitlab as pip installs it: a wheel, and a folder that it was installed into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from digitlab.settings import REPOSITORY


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once for all workers that run tests side by side."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with FileLock(folder / "wheel.lock"):
        if not list((folder / "wheel").glob("*.whl")):
            _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder / "wheel"), str(REPOSITORY))
    return next((folder / "wheel").glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with digitlab in it, and nothing of the working tree; the libraries are those of the tests."""
    target = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-compile", "--target", str(target), str(wheel))
    return target


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """Of somebody who has installed digitlab and set nothing."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("DIGITLAB_")}
    home = str(tmp_path / "home")
    return {
        **mine, "PYTHONPATH": str(installed), "HOME": home, "XDG_DATA_HOME": home, "LOCALAPPDATA": home,
        "STREAMLIT_SERVER_HEADLESS": "true",
    }  # fmt: skip


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--no-deps", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
