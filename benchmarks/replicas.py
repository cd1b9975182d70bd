"""One of two servers is killed while sessions draw: `python -m benchmarks.replicas [--sessions 20] [--seconds 20]`.

Two servers run behind nginx, configured as in `deploy/`, with one PostgreSQL. The sessions draw digits and have them
kept; one more session is a real Chromium, whose server is then killed with -9. The benchmark measures what happens to
the sessions of the other server, when those of the killed one have answers again, and whether all drawings that were
confirmed as kept are in the collection.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psycopg
from playwright.sync_api import expect, sync_playwright

from benchmarks.cluster import Cluster, Drawn, Session, cluster, opened
from tests.browser import chromium, hand


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20, help="before the kill, and after it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), 2) as running:
        watched = Watched(running.url)
        watched.start()
        watched.ready.wait()
        asyncio.run(measure(running, watched, options.sessions, options.seconds))


class Watched(threading.Thread):
    """A page in a real Chromium, with a drawing on its canvas.

    Attributes:
        ready: set once the drawing is answered.
        replica: the page's server.
        killed: to be set when that server is killed.
        back_s: seconds from then until the page has its answers again; None if it never has them.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.ready, self.killed = threading.Event(), threading.Event()
        self.replica = ""
        self.back_s: float | None = None

    def run(self) -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.on("response", lambda reply: self._note(reply.headers.get("x-replica")))
            hand.open_page(page, self._url)
            hand.draw(page, 4)
            hand.expect_reported(page, 2)
            page.keyboard.press("Delete")  # a new session starts with another number of changes of the canvas
            hand.expect_prompt(page)
            hand.draw(page, 4)
            hand.expect_answers(page, 4)
            hand.expect_reported(page, 2)
            self.ready.set()
            self.killed.wait()
            began = time.monotonic()
            expect(page.locator(".told[data-revision='1'][data-count='2']")).to_have_count(4, timeout=30_000)
            self.back_s = time.monotonic() - began
            hand.expect_answers(page, 4)
            browser.close()

    def _note(self, replica: str | None) -> None:
        self.replica = self.replica or replica or ""


async def measure(running: Cluster, watched: Watched, count: int, seconds: float) -> None:
    sessions = await opened(running.url, count)
    await asyncio.sleep(3)
    until = time.monotonic() + 2 * seconds
    drawings = [asyncio.create_task(go_on(session, until)) for session in sessions]
    await asyncio.sleep(seconds)
    victim = next(replica for replica in running.replicas if replica.url.endswith(watched.replica))
    failed = {session: session.log.failed for session in sessions}
    os.kill(victim.pid, signal.SIGKILL)
    killed = time.monotonic()
    watched.killed.set()
    strokes = dict(zip(sessions, await asyncio.gather(*drawings), strict=True))
    await asyncio.sleep(1)
    for session in sessions:
        await session.close()
    await asyncio.to_thread(watched.join)

    theirs = [session for session in sessions if victim.url.endswith(str(session.replica))]
    others = [session for session in sessions if session not in theirs]
    print(f"{count} sessions, {len(theirs)} of them at the server that was killed; load {os.getloadavg()[0]:.1f}")
    everything = sum(session.log.requests for session in others)
    lost = sum(session.lost_at is not None for session in others)
    failures = sum(session.log.failed for session in others)
    print(f"the others: {lost} connections lost, {failures} of {everything} requests failed")
    for name, group in (("the others", others), ("those of the killed one", theirs)):
        drawn = [stroke for session in group for stroke in strokes[session]]
        before = [stroke for stroke in drawn if stroke.up_at < killed]
        after = [stroke for stroke in drawn if stroke.up_at >= killed]
        say(f"{name}, pen-up to both answers before", before)
        say(f"{name}, pen-up to both answers after", after)
    back = [session.back_at - killed for session in theirs if session.back_at is not None]
    print(f"back with their answers: {len(back)} of {len(theirs)}, the last after {max(back, default=0):.2f} s")
    print(f"requests of theirs that failed: {sum(session.log.failed - failed[session] for session in theirs)}")
    print(f"the page in Chromium is back after {watched.back_s or float('nan'):.2f} s")
    told_kept = {drawing for session in sessions for drawing in session.log.kept}
    with psycopg.connect(running.database) as stored:
        rows = stored.execute("select strokes, label from drawings").fetchall()
    in_database = {(*map(float, strokes["strokes"][0][0]), label) for strokes, label in rows}
    print(f"drawings told to be kept: {len(told_kept)}, lost {len(told_kept - in_database)}")


async def go_on(session: Session, until: float) -> list[Drawn]:
    """Draw digits until this time."""
    drawn = []
    while time.monotonic() < until:
        drawn += await session.draw_digit(keep=True)
    return drawn


def say(what: str, strokes: list[Drawn]) -> None:
    times = [1000 * stroke.answered_s for stroke in strokes if stroke.answered_s is not None]
    p50, p95 = np.percentile(times, [50, 95]) if times else (float("nan"),) * 2
    worst = max(times, default=float("nan"))
    missing = len(strokes) - len(times)
    print(
        f"{what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, worst {worst:.0f} ms of {len(times)}; {missing} without an answer"
    )


if __name__ == "__main__":
    main()
