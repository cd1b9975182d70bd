"""A room that draws along: `python -m benchmarks.room [--phones 30] [--seconds 120]`.

The phones draw digits, each with a stroke every 3 s, and confirm every drawing, while a real Chromium shows the wall. A
phone is simulated by sending what its page sends; time is measured from the end of a stroke until its answer is read.
Then the server is killed with -9 under that load, and the collection is searched for every drawing that was confirmed
as kept.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from playwright.sync_api import sync_playwright

from tests import drawings
from tests.browser import chromium
from tests.browser.server import serve

STROKE_S = 3.0
WATCH = """() => {
  window.seen = {};
  const look = () => document.querySelectorAll("button.tile").forEach(
    (tile) => (window.seen[tile.dataset.id] ??= Date.now() / 1000));
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


@dataclass
class Log:
    """What the phones saw.

    Attributes:
        answer_s: seconds from pen-up to each answer.
        hung: by a drawing's number on the wall, the time at which its first stroke ended.
        kept: by token, the labels that were confirmed as kept.
        sent, failed: number of requests, and of those without an answer.
    """

    answer_s: list[float] = field(default_factory=list)
    hung: dict[int, float] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    failed: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--kill-after", type=float, default=20, help="seconds of load before the kill")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        load(Path(folder), options.phones, options.seconds)
        kill(Path(folder), options.phones, options.kill_after)


def load(folder: Path, phones: int, seconds: float) -> None:
    with serve(folder / "log") as server, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS).new_page()
        page.goto(f"{server.url}/wall")
        page.locator(".score").wait_for()
        page.evaluate(WATCH)
        process, memory, log = psutil.Process(server.pid), [], Log()
        threads = start(server.url, phones, time.monotonic() + seconds, log)
        while any(thread.is_alive() for thread in threads):
            memory.append(process.memory_info().rss / 1e6)
            page.wait_for_timeout(1000)
        page.wait_for_timeout(3000)
        shown_at = {int(number): at for number, at in page.evaluate("window.seen").items()}
        on_wall = [shown_at[number] - at for number, at in log.hung.items() if number in shown_at]
        page.close()
        time.sleep(30)
        print(f"{phones} phones for {seconds:.0f} s, load of this machine {os.getloadavg()[0]:.1f}")
        say("pen-up to answer", log.answer_s)
        say("pen-up to wall", on_wall)
        print(
            f"drawings hung {len(log.hung)}, seen on the wall {len(on_wall)}; requests {log.sent}, failed {log.failed}"
        )
        after = process.memory_info().rss / 1e6
        print(f"server memory: most {max(memory):.0f} MB, at first {memory[0]:.0f} MB, after {after:.0f} MB")


def kill(folder: Path, phones: int, seconds: float) -> None:
    log = Log()
    with serve(folder / "log") as server:
        threads = start(server.url, phones, time.monotonic() + seconds + 5, log)
        time.sleep(seconds)
        os.kill(server.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    with serve(folder / "log"):
        pass
    with sqlite3.connect(folder / "collection.sqlite") as stored:
        labels = dict(stored.execute("select token, label from drawings").fetchall())
    lost = [token for token, label in log.kept.items() if labels.get(token) != label]
    print(f"killed with -9: told to be kept {len(log.kept)}, lost {len(lost)}")


def start(url: str, phones: int, until: float, log: Log) -> list[threading.Thread]:
    threads = [threading.Thread(target=phone, args=(url, until, log, seed)) for seed in range(phones)]
    for thread in threads:
        thread.start()
    return threads


def phone(url: str, until: float, log: Log, seed: int) -> None:
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, STROKE_S))
    while time.monotonic() < until:
        digit, token = chance.randrange(10), secrets.token_hex(16)
        left, top, size = chance.uniform(20, 90), chance.uniform(20, 90), chance.uniform(90, 150)
        lines = [line.tolist() for line in drawings.strokes(digit, left=left, top=top, size=size)]
        for count in range(1, len(lines) + 1):
            body = {"token": token, "keep": True, "width": 280, "height": 280, "brush": 20, "strokes": lines[:count]}
            ended, began = time.time(), time.perf_counter()
            reply = post(url, "/play/drawing", body, log)
            if reply is None:
                return
            log.answer_s.append(time.perf_counter() - began)
            if "number" in reply:
                log.hung.setdefault(reply["number"], ended)
            time.sleep(max(0.0, STROKE_S - (time.perf_counter() - began)))
        reply = post(url, "/play/label", {"token": token, "label": digit}, log)
        if reply is None:
            return
        if reply.get("kept"):
            log.kept[token] = digit


def post(url: str, path: str, body: dict, log: Log) -> dict | None:
    log.sent += 1
    try:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        reply = json.loads(connection.getresponse().read())
        connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        log.failed += 1
        return None
    return reply


def say(what: str, seconds: list[float]) -> None:
    p50, p95 = np.percentile(seconds, [50, 95])
    worst = max(seconds)
    print(f"{what}: median {p50 * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, worst {worst * 1e3:.0f} ms of {len(seconds)}")


if __name__ == "__main__":
    main()
