"""From clone to first page: `python -m benchmarks.setup [--before COMMIT] [--rounds 3]`.

Clones this repository as a stranger does, runs `make run` there with an empty HOME and empty caches, and stops the
clock when the server has delivered its page and is warm. Two commits take turns, so that the network and whatever else
the machine does are the same for both. Needs 6 GB of disk.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from digitlab.settings import REPOSITORY

PHASES = ("cloned", "installed", "first page")
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment


def main() -> None:
    """Measure, and print a row for each run and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", default="49c5956", help="commit to compare with")
    parser.add_argument("--after", default="HEAD", help="commit to measure")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each commit")
    options = parser.parse_args()
    totals: dict[str, list[float]] = {"before": [], "after": []}
    print(f"| | {' | '.join(f'{phase}, s' for phase in PHASES)} |\n|---|{'---|' * len(PHASES)}")
    for _ in range(options.rounds):
        for name, seconds in totals.items():
            with tempfile.TemporaryDirectory() as folder:
                took = _first_page(getattr(options, name), Path(folder))
            seconds.append(took[-1])
            print(f"| {name} | {' | '.join(f'{phase_s:.1f}' for phase_s in took)} |", flush=True)
    before, after = (statistics.median(totals[name]) for name in ("before", "after"))
    print(f"\nMedians: {before:.1f} s before, {after:.1f} s after, ratio {after / before:.2f}")


def _first_page(commit: str, folder: Path) -> list[float]:
    """Seconds from the start to the end of each phase."""
    clone, home = folder / "digitlab", folder / "home"
    home.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("DIGITLAB_", "PYTHON", "XDG_", "VIRTUAL_ENV")) and not name.endswith("_CACHE_DIR")
    }  # fmt: skip
    # The second name of the port is for `streamlit run`, with which earlier commits start.
    ports = {"PORT": str(port), "STREAMLIT_SERVER_PORT": str(port)}
    environment = {**mine, **ports, "HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"}
    commit = _git("-C", str(REPOSITORY), "rev-parse", commit)
    began = time.perf_counter()
    _git("clone", "--quiet", "--no-local", "--no-checkout", str(REPOSITORY), str(clone))  # packs it, as for a stranger
    _git("-C", str(clone), "checkout", "--quiet", "--detach", commit)
    ends = [time.perf_counter() - began]
    with (folder / "log").open("w+") as log:
        server = subprocess.Popen(
            ["make", "run"],
            cwd=clone, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            for reached in (
                (clone / ".venv" / "app-installed").exists,
                lambda: _delivers(port, "/") and _delivers(port, "/healthz/ready"),
            ):
                while not reached():
                    if server.poll() is not None:
                        raise RuntimeError(f"`make run` has ended:\n{(folder / 'log').read_text()}")
                    time.sleep(0.05)
                ends.append(time.perf_counter() - began)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)
    return ends


def _delivers(port: int, path: str) -> bool:
    try:
        with _DIRECT.open(f"http://127.0.0.1:{port}{path}", timeout=5):
            return True
    except OSError:
        return False


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
