"""Training as a job: how much it slows pages down, how fast it obeys, its own overhead, and what a kill leaves.

    python -m benchmarks.training pages|obey|turn|plain|demo|promote|teach|kill-worker|kill-app [...]

Everything runs on a copy of the models, in a temporary folder. Each part takes one to eight minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from digitlab import collection, ink, jobs, networks, settings
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.jobs import Job, presets
from digitlab.models import store, versions
from digitlab.networks import Recipe
from tests import drawings
from tests.browser import chromium
from tests.browser.server import serve

CLICKS = 40
REQUESTS = 10
WORKER_KILLS, APP_KILLS = 50, 10
QUICK = Recipe(epochs=2, batch_size=50, examples=500)
HEAVY = networks.get("cnn").recipe


TURNS = 12


def main() -> None:
    parts: dict[str, Callable[[Path], None]] = {
        "pages": pages, "obey": obey, "turn": turn, "plain": plain, "demo": demo, "promote": promote, "teach": teach,
        "kill-worker": kill_worker, "kill-app": kill_app,
    }  # fmt: skip
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=list(parts))
    for part in parser.parse_args().parts:
        with tempfile.TemporaryDirectory() as folder:
            models = Path(folder) / "models"
            shutil.copytree(settings.REPOSITORY / "models", models, ignore=shutil.ignore_patterns(".*"))
            os.environ["DIGITLAB_MODELS"] = str(models)
            parts[part](Path(folder))


def turn(folder: Path) -> None:
    """Time from a slider's move to the end of the first batch that uses the learning rate, both flagships; the training
    tells of it within 0.1 s more, which counts. Moves during the validation of an epoch wait for the next batch."""
    with serve(folder / "log") as server, sync_playwright() as playwright:
        browser = _browser(playwright)
        for name in ("dnn", "cnn"):
            jobs.start(Job("train", name, networks.get(name).recipe))
            _wait(lambda status: status.state == "training" and status.batch > 5)
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(f"{server.url}/retrain")
            page.get_by_text("Change it while it learns").click()
            slider = page.get_by_role("slider").first
            times = []
            for number in range(TURNS):
                page.wait_for_timeout(random.uniform(1500, 2500))
                known = len(jobs.status().changes)
                slider.focus()
                began = time.perf_counter()
                slider.press("ArrowLeft" if number % 2 else "ArrowRight")
                _wait(lambda status, known=known: len(status.changes) > known and _done(status) > _latest(status))
                times.append(time.perf_counter() - began)
            _discard()
            page.close()
            print(f"{name}: from the slider to the first batch that uses it, {TURNS} moves: "
                  f"median {np.median(times):.2f} s, largest {max(times):.2f} s")  # fmt: skip


def _done(status: jobs.Status) -> int:
    return len(status.history) * status.batches + status.batch


def _latest(status: jobs.Status) -> int:
    return status.changes[-1]["batch"]


def pages(folder: Path) -> None:
    """Time a rerun of the Training curves page, from click to new axis, on an idle machine and during a training of the
    flagship CNN."""
    with serve(folder / "log") as server, sync_playwright() as playwright:
        browser = _browser(playwright)
        idle = _reruns(browser, server.url)
        jobs.start(Job("train", "cnn", HEAVY))
        _wait(lambda status: status.state == "training" and status.batch > 20)
        busy = _reruns(browser, server.url)
        assert jobs.status().state == "training"
        _discard()
    ratio = busy / idle
    print(f"page rerun p95 of {CLICKS}: idle {idle * 1e3:.0f} ms, training {busy * 1e3:.0f} ms, {ratio:.2f} x")


def _reruns(browser: Browser, url: str) -> float:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{url}/curves")
    page.locator(".ytitle").wait_for()
    times = []
    for number in range(CLICKS):
        name, axis = (("accuracy", "accuracy"), ("loss", "loss (nats)"))[number % 2]
        began = time.perf_counter()
        page.get_by_role("radio", name=name, exact=True).click()
        page.locator(".ytitle", has_text=axis).wait_for()
        times.append(time.perf_counter() - began)
        page.wait_for_timeout(100)
    page.context.close()
    return float(np.percentile(times[2:], 95))


def obey(folder: Path) -> None:
    """Time from a request to pause, resume or stop, at random moments, until the status shows it."""
    chance = random.Random(0)
    pauses, stops = [], []
    for _ in range(REQUESTS // 5):
        jobs.start(Job("train", "cnn-32-64", networks.get("cnn-32-64").recipe))
        _wait(lambda status: status.history)
        for _ in range(5):
            time.sleep(chance.uniform(0, 3))
            pauses.append(_until(jobs.pause, lambda status: status.state == "paused"))
            _until(jobs.resume, lambda status: status.state == "training")
        stops.append(_until(lambda: jobs.stop(keep=True), lambda status: status.state == "finishing"))
        stops.append(_until(lambda: jobs.stop(keep=False), lambda status: not status.active))
    for _ in range(REQUESTS // 2):
        jobs.start(Job("train", "cnn", HEAVY))
        time.sleep(chance.uniform(0, 12))
        stops.append(_until(lambda: jobs.stop(keep=False), lambda status: not status.active))
    print(f"pause: at most {max(pauses):.2f} s of {len(pauses)}; stop: at most {max(stops):.2f} s of {len(stops)}")


def plain(folder: Path) -> None:
    """Time `cnn-32-64` for three epochs as a job and as a plain script, in turns; whole processes, imports included."""
    times: dict[str, list[float]] = {"job": [], "plain": []}
    for _ in range(3):
        began = time.perf_counter()
        script = [sys.executable, "-m", "benchmarks.rivals.plain_training", str(folder)]
        subprocess.run(script, check=True, cwd=settings.REPOSITORY, capture_output=True)
        times["plain"].append(time.perf_counter() - began)
        began = time.perf_counter()
        jobs.start(Job("train", "cnn-32-64", networks.get("cnn-32-64").recipe.with_changes(epochs=3)))
        assert _wait(lambda status: not status.active).state == "done"
        times["job"].append(time.perf_counter() - began)
    job, script_s = (float(np.median(times[which])) for which in ("job", "plain"))
    runs = "; ".join(f"{which} {', '.join(f'{each:.1f}' for each in values)}" for which, values in times.items())
    print(f"cnn-32-64, 3 epochs, median of 3: job {job:.1f} s, plain script {script_s:.1f} s, {job / script_s:.2f} x")
    print(f"  ({runs})")


def demo(folder: Path) -> None:
    """Time the Retrain page's demo preset, from the click on Start to the promoted model."""
    with serve(folder / "log") as server, sync_playwright() as playwright:
        for name in ("cnn-32-64", "dnn", "cnn"):
            page = _browser(playwright).new_context(viewport={"width": 1280, "height": 720}).new_page()
            page.set_default_timeout(120_000)
            page.goto(f"{server.url}/retrain?network={name}")
            page.get_by_text("as measured on this machine").wait_for()
            page.wait_for_timeout(1000)
            began = time.perf_counter()
            page.get_by_role("button", name="Start training").click()
            page.get_by_role("button", name="Promote", exact=True).click()
            page.get_by_text(f"{name} is in service").wait_for()
            elapsed_s = time.perf_counter() - began
            run = store.read(name).run
            digits, reached = (
                run["recipe"]["examples"] or run["data"]["train"],
                run["metrics"]["validation"]["accuracy"],
            )
            print(
                f"20-second demo of {name}: {elapsed_s:.1f} s from click to promoted, {digits:,} digits, {reached:.2%}"
            )


def promote(folder: Path) -> None:
    """Time from the end of the last epoch until Promote can be clicked, after a demo and after a whole training."""
    with serve(folder / "log") as server, sync_playwright() as playwright:
        for name, preset in (("cnn-32-64", presets.DEMO), ("cnn", presets.DEMO), ("softmax", presets.PUBLISHED)):
            page = _browser(playwright).new_context(viewport={"width": 1280, "height": 720}).new_page()
            page.set_default_timeout(120_000)
            page.goto(f"{server.url}/retrain?network={name}&preset={preset.replace(' ', '+')}")
            page.get_by_text("as measured on this machine").wait_for()
            page.wait_for_timeout(1000)
            page.get_by_role("button", name="Start training").click()
            _wait(lambda status, name=name: status.network == name and status.state == "finishing")
            began = time.perf_counter()
            page.get_by_role("button", name="Promote", exact=True).wait_for()
            elapsed_s = time.perf_counter() - began
            print(f"{name}, {preset}: {elapsed_s:.1f} s from the last epoch to Promote")
            page.context.close()
            _completed(name)


def _completed(name: str) -> None:
    """Wait until nothing more is added to a challenger, which would disturb the next measurement."""
    while "training" not in store.read_challenger(name).run["metrics"]:
        time.sleep(0.5)
    time.sleep(2)


def teach(folder: Path) -> None:
    """Time teaching a room's handwriting from 20 drawings, from the click to the challenger."""
    os.environ["DIGITLAB_DATABASE"] = f"sqlite:///{folder}/collection.sqlite"
    for at in range(20):
        pixels = np.round(ink.read(drawings.canvas(at % 10)).pixels * 255).astype(np.uint8)
        collection.keep(f"{at:032x}", {}, pixels, {})
        collection.label_of(f"{at:032x}", at % 10)
    for name in store.FLAGSHIPS:
        recipe = presets.teach(name, networks.get(name).recipe, len(mnist.load().train))
        began = time.perf_counter()
        jobs.start(Job("train", name, recipe))
        ended = _wait(lambda status: not status.active)
        print(
            f"teaching {name} 20 drawings: {time.perf_counter() - began:.1f} s from click to challenger ({ended.state})"
        )


def kill_worker(folder: Path) -> None:
    """Kill the worker with -9 at random moments, from its start until after its end."""
    chance = random.Random(0)
    began = time.perf_counter()
    jobs.start(Job("train", "dnn-100", QUICK, "always"))
    _wait(lambda status: not status.active)
    whole_s = time.perf_counter() - began
    lost = stale = 0
    states: dict[str, int] = {}
    for number in range(WORKER_KILLS):
        started = jobs.start(Job("train", "dnn-100", QUICK.with_changes(seed=number), "always"))
        # Every other kill comes late in the training, when files are written and swapped.
        time.sleep(chance.uniform(0, whole_s) if number % 2 else chance.uniform(0.6, 1.0) * whole_s)
        last = jobs.status().state
        _kill(started.pid)
        states[last] = states.get(last, 0) + 1
        lost += _lost()
        stale += jobs.is_running()
    print(f"worker killed {WORKER_KILLS} times ({states}): {lost} models lost, {stale} stale locks")


def kill_app(folder: Path) -> None:
    """Kill the app with -9 at random moments during a training."""
    chance = random.Random(0)
    lost = stale = strays = 0
    with sync_playwright() as playwright:
        browser = _browser(playwright)
        for _ in range(APP_KILLS):
            with serve(folder / "log") as server:
                page = browser.new_context().new_page()
                page.goto(f"{server.url}/retrain?network=dnn-100&preset=best")
                page.get_by_role("button", name="Start training").click()
                page.get_by_role("button", name="Discard").wait_for()
                time.sleep(chance.uniform(0, 6))
                _kill(server.pid)
                page.context.close()
            lost += _lost()
            strays += not jobs.status().active  # the training goes on without the app
            _discard()
            time.sleep(1)  # the worker writes its last status, then ends
            stale += jobs.is_running()
    print(f"app killed {APP_KILLS} times: {lost} models lost, {stale} stale locks, {strays} trainings lost")


def _lost() -> int:
    """How many models no longer answer, before anything has been cleaned up."""
    known, lost = set(store.names()), 0
    for name in {path.name for path in (settings.REPOSITORY / "models").iterdir() if path.is_dir()} - {".previous"}:
        if name.startswith("."):
            continue
        try:
            store.read(name)
        except DigitlabError:
            lost += 1
    return lost + (len(known) < 2) + sum(1 for name in versions.challengers() if name not in known)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    time.sleep(0.1)


def _browser(playwright: object) -> Browser:
    return playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)  # type: ignore


def _wait(what: Callable[[jobs.Status], object]) -> jobs.Status:
    while True:
        status = jobs.status()
        if status is not None and what(status):
            return status
        time.sleep(0.02)


def _until(ask: Callable[[], object], what: Callable[[jobs.Status], object]) -> float:
    began = time.perf_counter()
    ask()
    _wait(what)
    return time.perf_counter() - began


def _discard() -> None:
    jobs.stop(keep=False)
    _wait(lambda status: not status.active)


if __name__ == "__main__":
    main()
