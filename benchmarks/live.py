"""Answers while the pen still moves, in a real Chromium.

    python -m benchmarks.live [--strokes N] [--sessions N] [--growth N]

It measures how many answers a second the page shows while a stroke grows, and how old they are: from the question,
which carries the newest point, to the frame that shows its answer. Then follows the time from pen-up to both final
answers painted (with the clock of `benchmarks.latency`, which compares it with a plain page): on this machine, over a
link with 60 ms round trip and 2 Mbit/s that Chromium emulates, and beside other sessions that draw at the same time.
Last comes the growth of the server's memory.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, Request, WebSocket, sync_playwright
from websockets.sync.client import ClientConnection, connect

from benchmarks.latency import CANVAS_SHOWN, CLOCK
from tests import drawings
from tests.browser import chromium
from tests.browser.server import Server, serve

STROKE_MS, EVERY_S = 1500, 1.2  # a stroke, and the rest before the next; together with clearing, one every 3 s
RECORDED = 6  # how many strokes are recorded
# Draws like a mouse, with the page's own timers, so that many pages can draw at once.
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=30)
    parser.add_argument("--sessions", type=int, default=10, help="how many draw at once")
    parser.add_argument("--growth", type=int, default=1000, help="strokes over which memory is compared; 0 for none")
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


def processor(tree: Path, most_ms: float, strokes: int = 12) -> None:
    """Print the processor time that a stroke takes on a server that does nothing else, and what it does in it.

    Args:
        tree: the working tree whose server is measured.
        most_ms: the bound.
        strokes: how many are measured.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        with serve(Path(folder) / "log", cwd=tree) as server:
            took, ages = processor_ms(browser, server, strokes)
        browser.close()
    found, a_second = np.mean(took), len(ages) / strokes / STROKE_MS * 1000
    print(
        f"processor of a stroke with live answers: {found:.0f} ms of {strokes}, {a_second:.1f} answers a second, their "
        f"age {np.median(ages):.0f} ms -> {'met' if found <= most_ms else 'NOT MET'}"
    )


def processor_ms(browser: Browser, server: Server, strokes: int) -> tuple[list[float], list[float]]:
    """The processor time of each stroke, all processes of the server together, and the ages of the live answers in ms:
    live answers, the answer at pen-up, the script run and the timeline."""
    page, took = ready(browser, server), []
    draw(page, 2)
    page.evaluate("() => { window.live = []; }")
    for points in lines(strokes):
        before = _processor_ms(server)
        page.evaluate("([points, ms]) => window.draw(points, ms)", [points, STROKE_MS])
        time.sleep(EVERY_S)
        took.append(_processor_ms(server) - before)
        page.evaluate("window.clear()")
        time.sleep(0.6)
    ages = page.evaluate("window.live")
    page.close()
    return took, ages


def _processor_ms(server: Server) -> float:
    process = psutil.Process(server.pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times) * 1e3


def ready(browser: Browser, server: Server, record: Recording | None = None) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    if record is not None:
        record.listen(page)
    page.goto(server.url)
    page.wait_for_function(CANVAS_SHOWN, polling="raf")
    page.evaluate(CLOCK)
    page.evaluate(HAND)
    time.sleep(2)
    return page


def lines(count: int) -> list[list[list[float]]]:
    """One-stroke digits as the points of the pointer's path: (n, 2) px."""
    digits = (0, 2, 3, 6, 8, 9)
    strokes = [drawings.strokes(digits[at % len(digits)])[0] for at in range(count)]
    return [_dense(np.array(stroke)).round(1).tolist() for stroke in strokes]


def _dense(line: np.ndarray, count: int = 90) -> np.ndarray:
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, axis) for axis in line.T], axis=1)


def draw(page: Page, count: int, ms: float = STROKE_MS, rest_s: float = 0.5) -> None:
    """Draw `count` digits one after the other, each on a clean canvas."""
    page.evaluate(f"window.draw({lines(1)[0]}, 300).then(window.clear)")  # the first loads what is needed
    time.sleep(1)
    page.evaluate("() => { window.live = []; window.penUps = []; }")
    for points in lines(count):
        page.evaluate("([points, ms]) => window.draw(points, ms)", [points, ms])
        time.sleep(rest_s)
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


def at_once(browser: Browser, server: Server, sessions: int, strokes: int = 30) -> list[float]:
    """Let a page draw beside sessions that repeat what a page did before, since this many browsers would need more
    machines."""
    page = ready(browser, server, record := Recording())
    draw(page, RECORDED, rest_s=EVERY_S)
    page.close()
    stop = threading.Event()
    others = [threading.Thread(target=record.replay, args=(server, stop)) for _ in range(sessions - 1)]
    for other in others:
        other.start()
        time.sleep(0.3)
    page = ready(browser, server)
    draw(page, strokes, rest_s=EVERY_S)
    times = page.evaluate("window.penUps")
    stop.set()
    for other in others:
        other.join()
    say("pen-up to the reply in the other sessions", record.pen_up_ms)
    page.close()
    return times


class Recording:
    """What a page sends while somebody draws; sessions without a browser send it again."""

    def __init__(self) -> None:
        self.messages: list[tuple[float, str | bytes]] = []  # times and messages to the script run
        self.questions: list[tuple[float, str, str]] = []  # times, paths and bodies of requests to the routes
        self.pen_up_ms: list[float] = []

    def listen(self, page: Page) -> None:
        def on_socket(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: self.messages.append((time.monotonic(), frame)))

        def on_request(request: Request) -> None:
            if "/live/" in request.url:
                path = urlsplit(request.url).path
                self.questions.append((time.monotonic(), path, request.post_data or ""))

        page.on("websocket", on_socket)
        page.on("request", on_request)

    def replay(self, server: Server, stop: threading.Event) -> None:
        """Repeat the recording in a session, at the same pace, again and again."""
        time.sleep(random.uniform(0, EVERY_S))
        while not stop.is_set():
            with self.session(server) as socket:
                asker = threading.Thread(target=self._ask, args=(server, stop))
                asker.start()
                for _, message in self._paced(self.messages, stop):
                    socket.send(message)
                asker.join()

    @staticmethod
    @contextmanager
    def session(server: Server) -> Iterator[ClientConnection]:
        """A Streamlit session whose answers are ignored."""
        address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
        with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
            threading.Thread(target=lambda: [None for _ in socket], daemon=True).start()
            yield socket

    @staticmethod
    def post(server: Server, path: str, body: str) -> dict:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())

    def _ask(self, server: Server, stop: threading.Event) -> None:
        """Ask like `live.js`: the newest question, one at a time, with a rest in between; the one at pen-up at once."""
        rested = 0.0
        for _, path, body in self._paced(self.questions, stop):
            final = '"final":true' in body and path.endswith("answer")
            if not final and time.monotonic() < rested:
                continue
            began = time.monotonic()
            reply = self.post(server, path, body)
            rested = time.monotonic() + (max(70, 3 * reply["took_ms"]) if "took_ms" in reply else 400) / 1000
            if final:
                self.pen_up_ms.append((time.monotonic() - began) * 1000)

    def _paced(self, recorded: list, stop: threading.Event) -> Iterator:
        first, began = self.messages[0][0], time.monotonic()
        for message in recorded:
            if stop.wait(max(0.0, message[0] - first - (time.monotonic() - began))):
                return
            yield message


def growth(strokes: int) -> None:
    """Compare the server's memory after a session's first strokes and after many more; a recording is repeated."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            draw(ready(browser, server, record := Recording()), RECORDED)
            browser.close()
        memory = {}
        with record.session(server) as socket:
            for done in range(0, strokes, RECORDED):
                if not memory and done >= min(100, strokes // 2):
                    memory[done] = memory_mb(server)
                for _, message in record.messages[1:]:
                    socket.send(message)
                    time.sleep(0.1)
                for _, path, body in record.questions[-20:]:
                    record.post(server, path, body)
            time.sleep(1)
            memory[strokes] = memory_mb(server)
        (first, before), (_, after) = memory.items()
        print(f"server memory: {before:.0f} MB after {first} strokes, {after - before:+.1f} MB until stroke {strokes}")


def memory_mb(server: Server) -> float:
    return psutil.Process(server.pid).memory_info().rss / 1e6


def say(what: str, times_ms: list[float]) -> None:
    middle, late = np.percentile(times_ms, [50, 95])
    print(
        f"{what}: p50 {middle:.0f} ms, p95 {late:.0f} ms, most {max(times_ms):.0f} ms, of {len(times_ms)}", flush=True
    )


if __name__ == "__main__":
    main()
