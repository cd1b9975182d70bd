"""Time from pen-up to both answers painted, memory and opening time, in a real Chromium, compared with a plain page.

    python -m benchmarks.latency [--strokes N]

The clock starts when the browser sees the pen go up, and stops at the first frame after both answers have changed. Each
page has a fresh server; memory is the resident set of the server process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import chromium, hand
from tests.browser.server import Server, serve

PAGES = {"digitlab": "app.py", "plain page": "benchmarks/rivals/plain_page.py"}
CLOCK = """() => {
  const sides = ['answer_left', 'answer_right'];
  window.clock = {up: 0, painted: {}};
  addEventListener('mouseup', () => { window.clock = {up: performance.now(), painted: {}}; }, true);
  new MutationObserver(changes => {
    for (const change of changes) {
      const node = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      for (const side of sides) {
        const place = document.querySelector(`.st-key-${side}`);
        const hit = node && (node.closest(`.st-key-${side}`) || [...change.addedNodes].some(n => n.contains(place)));
        const moving = place && place.querySelector('.moving');  // an answer to the stroke before it was done
        if (hit && !moving && !(side in window.clock.painted) && window.clock.up) {
          const clock = window.clock;
          clock.painted[side] = null;
          requestAnimationFrame(() => requestAnimationFrame(() => { clock.painted[side] = performance.now(); }));
        }
      }
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributeFilter: ['class']});
}"""
# Playwright's own waiting checks at growing intervals of up to half a second, which is too coarse for a clock.
CANVAS_SHOWN = """() => [...document.querySelectorAll('*')].some(element => {
  const canvas = element.shadowRoot && element.shadowRoot.querySelector('canvas.upper-canvas');
  return canvas && canvas.getBoundingClientRect().width > 0;
})"""


@dataclass(frozen=True)
class Result:
    """Figures of one page: ms of every stroke, seconds to open, MB after the strokes."""

    strokes_ms: list[float]
    first_open_s: float
    next_open_s: float
    memory_mb: float

    @property
    def p95_ms(self) -> float:
        return float(np.percentile(self.strokes_ms, 95))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=30)
    options = parser.parse_args()
    path = chromium.find()
    if path is None:
        raise SystemExit("No Chromium here: python -m tests.browser.chromium installs one.")
    results = {}
    for name, script in PAGES.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            serve(Path(folder) / "log", script) as server,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
            results[name] = measure(browser, server, options.strokes)
            browser.close()
    ours, theirs = results.values()
    print(f"{'':<44}" + "".join(f"{name:>12}" for name in PAGES))
    for label, value in (
        ("pen-up to both answers painted, p50, ms", lambda result: np.median(result.strokes_ms)),
        ("pen-up to both answers painted, p95, ms", lambda result: result.p95_ms),
        ("server memory after the strokes, MB", lambda result: result.memory_mb),
        ("canvas usable, first session, s", lambda result: result.first_open_s),
        ("canvas usable, next session, s", lambda result: result.next_open_s),
    ):
        print(f"{label:<44}" + "".join(f"{value(result):>12.2f}" for result in results.values()))
    print(f"p95 against the plain page: {ours.p95_ms / theirs.p95_ms:.2f}")
    print(json.dumps({name: [round(ms) for ms in result.strokes_ms] for name, result in results.items()}))


def measure(browser: Browser, server: Server, strokes: int) -> Result:
    first_open_s = open_page(browser.new_page(viewport={"width": 1280, "height": 720}), server)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    next_open_s = open_page(page, server)
    time.sleep(2)  # a person would take a moment as well; the plain page still loads its models
    page.evaluate(CLOCK)
    generator = np.random.default_rng(0)
    times = painted(page, generator, strokes + 1)[1:]  # the first one also loads and compiles
    return Result(times, first_open_s, next_open_s, psutil.Process(server.pid).memory_info().rss / 1e6)


def open_page(page: Page, server: Server) -> float:
    """Seconds from requesting the page until its canvas is ready."""
    began = time.perf_counter()
    page.goto(server.url)
    page.wait_for_function(CANVAS_SHOWN, polling="raf")
    return time.perf_counter() - began


def painted(page: Page, generator: np.random.Generator, count: int) -> list[float]:
    """Draw strokes until `count` of them have changed both answers; return their ms from pen-up until painted."""
    times: list[float] = []
    for _ in range(2 * count):
        elapsed_ms = stroke(page, generator)
        if elapsed_ms is not None:
            times.append(elapsed_ms)
        if len(times) == count:
            return times
    raise RuntimeError(f"Of {2 * count} strokes only {len(times)} changed both answers.")


def stroke(page: Page, generator: np.random.Generator) -> float | None:
    """Draw one short stroke; return the ms from pen-up until both answers are painted, or None if an answer to the
    scribble, including its time, looks the same as before."""
    box = hand.canvas(page).bounding_box()
    assert box is not None
    start, end = generator.uniform(40, 240, (2, 2))
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)
    page.mouse.up()
    try:
        page.wait_for_function("Object.values(window.clock.painted).filter(Boolean).length === 2", timeout=10_000)
    except PlaywrightTimeout:
        return None
    clock = page.evaluate("window.clock")
    time.sleep(0.3)
    return max(clock["painted"].values()) - clock["up"]


if __name__ == "__main__":
    main()
