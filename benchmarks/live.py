"""Answers while the pen still moves, in a real Chromium.

    python -m benchmarks.live [--strokes N] [--sessions N] [--growth N]

How many answers a second stand on the page while a stroke grows, and how old they are when they do: from the question,
which carries the newest point, to the frame that shows its answer. Then pen-up to both final answers painted (the clock
of `benchmarks.latency`, which sets it beside a plain page): on this machine, over a link with 60 ms round trip and
2 Mbit/s as Chromium emulates it, and in many sessions that draw at once. Last, how the server's memory grows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.latency import CANVAS_SHOWN, CLOCK
from tests import drawings
from tests.browser import chromium
from tests.browser.server import Server, serve

STROKE_MS, EVERY_MS = 1500, 3000
# Draws as a mouse does, with the page's own timers, so that many pages can draw at once.
HAND = """() => {
  const rest = ms => new Promise(then => setTimeout(then, ms));
  const paper = () => [...document.querySelectorAll('.st-key-canvas_frame *')].find(one => one.shadowRoot)
    .shadowRoot.querySelector('canvas.upper-canvas');
  const send = (kind, [x, y]) => {
    const canvas = paper(), box = canvas.getBoundingClientRect();
    const where = {clientX: box.x + x * box.width / 280, clientY: box.y + y * box.height / 280};
    const way = {bubbles: true, composed: true, cancelable: true};
    const common = {...where, ...way, button: 0, buttons: kind === 'up' ? 0 : 1};
    canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, {...common, pointerId: 1, isPrimary: true}));
    canvas.dispatchEvent(new MouseEvent(`mouse${kind}`, common));
  };
  window.penUps = [];
  window.draw = async (points, ms) => {
    send('down', points[0]);
    const began = performance.now();
    for (let at = 1; at < points.length; at++) {
      await rest(Math.max(0, began + ms * at / points.length - performance.now()));
      send('move', points[at]);
    }
    send('up', points.at(-1));
    const up = window.clock.up;
    for (let waited = 0; waited < 10000; waited += 10) {
      const times = Object.values(window.clock.painted).filter(Boolean);
      if (window.clock.up !== up) return;
      if (times.length === 2) { window.penUps.push(Math.max(...times) - up); return; }
      await rest(10);
    }
    window.penUps.push(10000);
  };
  window.clear = () => document.querySelector('.st-key-clear button').click();
  window.live = [];
  const ask = window.fetch;
  window.fetch = async (...all) => {
    const began = performance.now(), reply = await ask(...all);
    if (String(all[0]).includes('live/answer') && !JSON.parse(all[1].body).final && reply.ok)
      requestAnimationFrame(() => requestAnimationFrame(() => window.live.push(performance.now() - began)));
    return reply;
  };
}"""
MANY = """async ([strokes, every, ms]) => {
  await new Promise(then => setTimeout(then, Math.random() * every));
  for (const points of strokes) {
    const began = performance.now();
    await window.draw(points, ms);
    await new Promise(then => setTimeout(then, Math.max(400, every - (performance.now() - began))));
    window.clear();
    await new Promise(then => setTimeout(then, 300));
  }
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=30)
    parser.add_argument("--sessions", type=int, default=10, help="that draw at once")
    parser.add_argument("--growth", type=int, default=1000, help="strokes after which the memory is compared; 0: not")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page = ready(browser, server)
        draw(page, options.strokes)
        ages, pen_ups = page.evaluate("window.live"), page.evaluate("window.penUps")
        seconds = options.strokes * STROKE_MS / 1000
        print(f"answers while the pen moves: {len(ages) / seconds:.1f} a second")
        say("their age", ages)
        say("pen-up to both answers painted", pen_ups)
        print(f"server memory after {options.strokes} strokes: {memory_mb(server):.0f} MB")
        page.close()
        say("the same, 60 ms round trip and 2 Mbit/s", over_a_slow_link(browser, server, options.strokes))
        say(f"the same, {options.sessions} sessions at once", at_once(browser, server, options.sessions))
        browser.close()
    if options.growth:
        growth(options.growth)


def ready(browser: Browser, server: Server) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(server.url)
    page.wait_for_function(CANVAS_SHOWN, polling="raf")
    page.evaluate(CLOCK)
    page.evaluate(HAND)
    time.sleep(2)
    return page


def lines(count: int) -> list[list[list[float]]]:
    """Digits of one stroke, as the pointer is seen on its way: (n, 2) px."""
    digits = (0, 2, 3, 6, 8, 9)
    strokes = [drawings.strokes(digits[at % len(digits)])[0] for at in range(count)]
    return [_dense(np.array(stroke)).round(1).tolist() for stroke in strokes]


def _dense(line: np.ndarray, count: int = 90) -> np.ndarray:
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, axis) for axis in line.T], axis=1)


def draw(page: Page, count: int, ms: float = STROKE_MS) -> None:
    """Draw so many digits one after the other, on a clean canvas each."""
    page.evaluate(f"window.draw({lines(1)[0]}, 300).then(window.clear)")  # the first loads what is needed
    time.sleep(1)
    page.evaluate("() => { window.live = []; window.penUps = []; }")
    for points in lines(count):
        page.evaluate("([points, ms]) => window.draw(points, ms)", [points, ms])
        time.sleep(0.5)
        page.evaluate("window.clear()")
        time.sleep(0.3)


def over_a_slow_link(browser: Browser, server: Server, strokes: int) -> list[float]:
    page = ready(browser, server)
    link = {"offline": False, "latency": 60, "downloadThroughput": 250_000, "uploadThroughput": 250_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", link)
    draw(page, strokes)
    times = page.evaluate("window.penUps")
    page.close()
    return times


def at_once(browser: Browser, server: Server, sessions: int, strokes: int = 10) -> list[float]:
    pages = [ready(browser, server) for _ in range(sessions)]
    for page in pages:
        page.evaluate(f"all => {{ window.done = ({MANY})(all).then(() => true); }}", [lines(strokes), EVERY_MS, 800])
    for page in pages:
        page.evaluate("window.done")
    times = [ms for page in pages for ms in page.evaluate("window.penUps")]
    for page in pages:
        page.close()
    return times


def growth(strokes: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page = ready(browser, server)
        first = min(100, strokes // 2)
        draw(page, first, 200)
        before = memory_mb(server)
        draw(page, strokes - first, 200)
        after = memory_mb(server)
        print(f"server memory: {before:.0f} MB after {first} strokes, {after - before:+.1f} MB until stroke {strokes}")
        browser.close()


def memory_mb(server: Server) -> float:
    return psutil.Process(server.pid).memory_info().rss / 1e6


def say(what: str, times_ms: list[float]) -> None:
    middle, late = np.percentile(times_ms, [50, 95])
    print(
        f"{what}: p50 {middle:.0f} ms, p95 {late:.0f} ms, most {max(times_ms):.0f} ms, of {len(times_ms)}", flush=True
    )


if __name__ == "__main__":
    main()
