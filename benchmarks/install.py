"""What an app without training costs to install: `python -m benchmarks.install [--largest 10]`.

For pip and for uv, it measures the seconds to install the wheel into a clean virtual environment while all packages are
in the installer's cache, the MB that were installed, and the seconds from `digitlab run` to the first answer to a
drawing. It measures the installation of Streamlit and the canvas alone, too: no app with these pages can be smaller.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

from digitlab.settings import REPOSITORY
from tests.packaging.answers import first_answer

PAGES = ("streamlit", "streamlit-drawable-canvas")
Install = Callable[[Path, list[str]], list[str]]


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=int, default=10, help="packages in the table")
    largest = parser.parse_args().largest
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, str(REPOSITORY))
        wheel = str(next(root.glob("*.whl")))
        lines = (REPOSITORY / "requirements" / "app.txt").read_text(encoding="utf-8").splitlines()
        alone = [line.split()[0] for line in lines if line.partition("==")[0] in PAGES]
        for name, install in _installers(root).items():
            if " " not in name:  # one cache for pip with every option
                _environment(root / f"{name} warms up", install, [wheel])
            took, site = _environment(root / name, install, [wheel])
            sizes = _sizes(site)
            print(f"\n| {name}, app without training | |\n|---|---|")
            print(f"| installed in | {took:.0f} s |")
            for start in ("first", "second"):
                print(f"| `digitlab run` to its answer to a drawing, {start} start | {_answer_s(root / name):.1f} s |")
            print(f"| all {len(sizes)} packages | {sum(sizes.values()):.0f} MB |")
            for package in sorted(sizes, key=lambda package: -sizes[package])[:largest]:
                print(f"| {package} | {sizes[package]:.0f} MB |")
            took, site = _environment(root / f"{name} alone", install, alone)
            sizes = _sizes(site)
            total = sum(sizes.values())
            print(f"| Streamlit and the canvas alone, {len(sizes)} packages | {total:.0f} MB, {took:.0f} s |")


def _installers(root: Path) -> dict[str, Install]:
    """By name, functions that make the command for installing requirements into an environment."""
    own = root / "uv's own"
    _run(sys.executable, "-m", "venv", str(own))
    _run(str(own / "bin" / "pip"), "install", "uv")

    def pip(*options: str) -> Install:
        return lambda at, what: [sys.executable, "-m", "pip", "--python", _python(at), "install", *options, *what]

    return {
        "pip": pip(),
        "pip --no-compile": pip("--no-compile"),  # like uv: modules are compiled when they are first imported
        "uv": lambda at, what: [str(own / "bin" / "uv"), "pip", "install", "--python", _python(at), *what],
    }


def _python(at: Path) -> str:
    return str(at / "bin" / "python")


def _environment(at: Path, install: Install, what: list[str]) -> tuple[float, Path]:
    """Make an environment with these requirements; return the seconds of the installation, and its site-packages."""
    _run(sys.executable, "-m", "venv", "--without-pip", str(at))
    began = time.perf_counter()
    _run(*install(at, what))
    return time.perf_counter() - began, next(at.glob("lib/python*/site-packages"))


def _sizes(site: Path) -> dict[str, float]:
    """MB of the files that the installer wrote, by package."""
    return {
        package.metadata["Name"]: sum(Path(file.locate()).stat().st_size for file in package.files or ()) / 1e6
        for package in distributions(path=[str(site)])
    }


def _answer_s(at: Path) -> float:
    """Seconds from the command to the first answer; the first start also copies the models."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("DIGITLAB_", "PYTHON"))}
    environment = {**mine, "XDG_DATA_HOME": str(at / "data"), "STREAMLIT_SERVER_HEADLESS": "true"}
    began = time.perf_counter()
    server = subprocess.Popen(
        [str(at / "bin" / "digitlab"), "run", "--port", str(port)],
        cwd=at, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        first_answer(port, server)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


if __name__ == "__main__":
    main()
