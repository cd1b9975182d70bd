"""Compares this working tree with an earlier commit, in turns within one run: first page, pen-up, memory, the processor
time of a stroke, exploring, training.

    python -m benchmarks.before_after COMMIT [--rounds N] [--only browser|training]

The same code, from this tree, drives both, and they share one environment. The ratio is what counts, since machines are
noisy.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks import exploring, latency, live
from digitlab.settings import REPOSITORY
from tests.browser import chromium
from tests.browser.server import serve

PATHS = ("confusion", "mistakes", "calibration", "dataset", "curves", "atlas")  # links that every version knows
DRAWN = {**exploring.DRAWN, "atlas": ".map-frame canvas"}
TRAINING = ("train", "cnn-32-64", "--epochs", "2", "--examples", "20000", "--promote", "never")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["browser", "training"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _checked_out(options.commit, Path(folder)) as before:
        trees = {"before": before, "after": REPOSITORY}
        print(f"{'median of each':<40}{'before':>10}{'after':>10}{'ratio':>8}")
        if options.only != "training":
            in_the_browser(trees, Path(folder), options.rounds)
        if options.only != "browser":
            training(trees, Path(folder), options.rounds)


@contextmanager
def _checked_out(commit: str, folder: Path) -> Iterator[Path]:
    tree = folder / "before"
    git = ["git", "-C", str(REPOSITORY), "worktree"]
    subprocess.run([*git, "add", "--detach", str(tree), commit], check=True, capture_output=True)
    try:
        yield tree
    finally:
        subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def in_the_browser(trees: dict[str, Path], folder: Path, rounds: int) -> None:
    """Strokes and pages, in turns on a server for each tree."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        _fresh_servers(browser, trees, folder, rounds)
        urls = {}
        for name, tree in trees.items():
            urls[name] = stack.enter_context(serve(folder / f"{name}.log", cwd=tree)).url
        _strokes(browser, urls, rounds)
        for path in PATHS:
            times: dict[str, list[float]] = {name: [] for name in urls}
            for _ in range(rounds + 1):
                for name, url in urls.items():
                    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
                    times[name].append(exploring.opened(page, f"{url}/{path}", DRAWN[path]))
                    page.context.close()
            _say(f"open {path}, s", {name: each[1:] for name, each in times.items()})  # the first warms up
        browser.close()


def _fresh_servers(browser: Browser, trees: dict[str, Path], folder: Path, rounds: int) -> None:
    """What only a server tells that has just started and does nothing else."""
    results: dict[str, list[latency.Result]] = {name: [] for name in trees}
    took: dict[str, list[float]] = {name: [] for name in trees}
    for _ in range(rounds):
        for name, tree in trees.items():
            with serve(folder / "fresh.log", cwd=tree) as server:
                results[name].append(latency.measure(browser, server, 10))
                took[name] += live.processor_ms(browser, server, 6)[0]
    for what, value in (
        ("first page of a fresh server, s", lambda result: result.first_open_s),
        ("next page, s", lambda result: result.next_open_s),
        ("memory after 10 strokes, two windows, MB", lambda result: result.memory_mb),
    ):
        _say(what, {name: [value(result) for result in each] for name, each in results.items()})
    _say("processor of a stroke, live answers, ms", took)


def _strokes(browser: Browser, urls: dict[str, str], rounds: int) -> None:
    pages, times = {}, {}
    for name, url in urls.items():
        page = pages[name] = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(url)
        page.wait_for_function(latency.CANVAS_SHOWN, polling="raf")
        page.wait_for_timeout(2000)
        page.evaluate(latency.CLOCK)
        latency.stroke(page, np.random.default_rng(0))  # loads what is not loaded yet
        times[name] = []
    generators = {name: np.random.default_rng(1) for name in pages}  # the same strokes for both
    for _ in range(6 * rounds):
        for name, page in pages.items():
            times[name] += latency.painted(page, generators[name], 1)
    _say("pen-up to both answers painted, ms", times)


def training(trees: dict[str, Path], folder: Path, rounds: int) -> None:
    """Whole trainings, including imports and evaluation, each tree with its own copy of the models."""
    times: dict[str, list[float]] = {name: [] for name in trees}
    for name, tree in trees.items():
        shutil.copytree(tree / "models", folder / f"{name}-models", ignore=shutil.ignore_patterns(".*"))
    for _ in range(rounds):
        for name, tree in trees.items():
            environment = {**os.environ, "DIGITLAB_MODELS": str(folder / f"{name}-models")}
            began = time.perf_counter()
            command = [sys.executable, "-m", "digitlab", *TRAINING]
            subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True)
            times[name].append(time.perf_counter() - began)
    _say("train cnn-32-64 on 20,000, 2 epochs, s", times)


def _say(what: str, times: dict[str, list[float]]) -> None:
    before, after = (float(np.median(each)) for each in times.values())
    print(f"{what:<40}{before:>10.2f}{after:>10.2f}{after / before:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
