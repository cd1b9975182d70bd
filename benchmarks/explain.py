"""What explanations are worth and what they cost: the deletion test and the seconds.

    python -m benchmarks.explain [--rivals] [--digits N] [--no-browser]

Deletion test: in each of N validation digits, the tenth of the ink pixels that the attribution map ranks highest is
erased and, for comparison, as many random ones; how far does the model's confidence in its answer fall? Then, in this
process, how long these take: an attribution, the reason, the curves of all distortions, the fewest pixels, and the
robustness of both models. Last, in a real Chromium, the time from a key on a slider until both answers are repainted.
`python -m benchmarks.before_after COMMIT` compares pen-up to both answers with an earlier commit.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.rivals.attributions import RIVALS
from digitlab import serving
from digitlab.data import mnist
from digitlab.explain import attribution, counterfactual, curves, reasons, robustness
from digitlab.models import store
from digitlab.serving import Classifier
from tests.browser import chromium, hand
from tests.browser.server import Server, serve

Method = Callable[[Classifier, np.ndarray, int], np.ndarray]
SHARE = 10  # one ink pixel in ten is erased
TIMED = 40  # digits
KEYS = 30
CLOCK = """() => {
  window.pressed = Infinity;
  window.painted = 0;
  addEventListener("keydown", () => { window.pressed = performance.now(); window.painted = 0; }, true);
  new MutationObserver(changes => {
    const within = node => (node.nodeType === 1 ? node : node.parentElement)?.closest(".st-key-what_if_answers");
    if (changes.some(change => within(change.target)))
      requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rivals", action="store_true", help="other methods, too")
    parser.add_argument("--digits", type=int, default=500)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    models = [serving.load(name) for name in store.FLAGSHIPS]
    chance = np.random.default_rng(1)
    images = mnist.packaged().scaled()[chance.permutation(5000)[: options.digits]]
    methods: dict[str, Method] = {"digitlab": lambda model, pixels, digit: attribution.maps(model, pixels)[digit]}
    for name, method in {**methods, **(RIVALS if options.rivals else {})}.items():
        for model in models:
            deletion(name, method, model, images)
    timings(models, images[:TIMED])
    if not options.no_browser:
        with (
            tempfile.TemporaryDirectory() as folder,
            serve(Path(folder) / "log") as server,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            slider(browser.new_page(viewport={"width": 1280, "height": 720}), server)


def deletion(name: str, method: Method, model: Classifier, images: np.ndarray) -> None:
    """Print how far confidence falls when pixels are erased by the map, and at random."""
    chance, rows = np.random.default_rng(0), np.arange(len(images))
    probabilities = model.answer(images).probabilities
    digits = probabilities.argmax(axis=1)
    pointed, random = images.copy(), images.copy()
    asking_s = 0.0
    for at, (pixels, digit) in enumerate(zip(images, digits, strict=True)):
        began = time.thread_time()
        digit_map = method(model, pixels, int(digit))
        asking_s += time.thread_time() - began
        ink = np.flatnonzero(pixels)
        count = max(1, round(len(ink) / SHARE))
        pointed[at].ravel()[ink[np.argsort(-digit_map.ravel()[ink], kind="stable")[:count]]] = 0
        random[at].ravel()[chance.choice(ink, count, replace=False)] = 0
    by_map, by_chance = (
        (probabilities[rows, digits] - model.answer(some).probabilities[rows, digits]).mean()
        for some in (pointed, random)
    )
    print(
        f"deletion test, {name}, {model.name}, {len(images)} digits: confidence falls by {by_map:.4f}, at random by "
        f"{by_chance:.4f}: {by_map / by_chance:.1f} times as far; {1e3 * asking_s / len(images):.0f} ms of CPU a map",
        flush=True,
    )


def timings(models: list[Classifier], images: np.ndarray) -> None:
    """Print the seconds of each explanation of one digit by all models, and of the robustness curves."""
    maps = [[attribution.maps(model, pixels) for model in models] for pixels in images]
    digits = [[int(model.answer(pixels[None]).probabilities[0].argmax()) for model in models] for pixels in images]
    for what, explain in (
        ("attribution", lambda at, place: attribution.maps(models[place], images[at])),
        ("reason", lambda at, place: reasons.find(models[place], images[at], maps[at][place][digits[at][place]])),
        ("curves of all distortions", lambda at, place: curves.measure(models[place], images[at])),
        ("fewest pixels", lambda at, place: counterfactual.find(models[place], images[at])),
    ):
        walls, cpus = [], []
        for at in range(len(images)):
            wall, cpu = time.perf_counter(), time.thread_time()
            for place in range(len(models)):
                explain(at, place)
            walls.append(1e3 * (time.perf_counter() - wall))
            cpus.append(1e3 * (time.thread_time() - cpu))
        _say(f"{what}, both models", walls, f"; CPU {np.median(cpus):.0f} ms")
    wall, cpu = time.perf_counter(), time.process_time()
    robustness.measure([model.name for model in models])
    print(
        f"robustness of both models: {time.perf_counter() - wall:.1f} s; CPU {time.process_time() - cpu:.1f} s",
        flush=True,
    )


def slider(page: Page, server: Server) -> None:
    """Print the milliseconds from a key on the slider of rotation to both answers repainted."""
    page.set_default_timeout(60_000)
    page.goto(f"{server.url}/?why=true&part=What+if")
    hand.canvas(page).wait_for()
    hand.draw(page, 4)
    page.locator(".st-key-curve_what_if_blur .js-plotly-plot").wait_for()  # the last part to appear
    page.wait_for_timeout(2000)
    page.evaluate(CLOCK)
    thumb = page.locator(".st-key-what_if_rotation input")
    process, times = psutil.Process(server.pid), []
    before = sum(process.cpu_times()[:2])
    for _ in range(KEYS):
        thumb.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.painted > window.pressed")
        page.wait_for_timeout(600)  # until the last change, so that both cards count
        times.append(page.evaluate("window.painted - window.pressed"))
    cpu_ms = 1e3 * (sum(process.cpu_times()[:2]) - before) / KEYS
    _say("slider step to both answers repainted", times, f"; CPU of the server {cpu_ms:.0f} ms")


def _say(what: str, times_ms: list[float], more: str) -> None:
    print(f"{what}: median {np.median(times_ms):.0f} ms, p95 {np.percentile(times_ms, 95):.0f} ms{more}", flush=True)


if __name__ == "__main__":
    main()
