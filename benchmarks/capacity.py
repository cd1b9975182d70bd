"""How many people can draw at once: `python -m benchmarks.capacity [--replicas 1 2 4] [--seconds 15]`.

Sessions are added until 95 of 100 pen-ups are no longer answered within 1 s. A session is what a page in a real Chromium
sent while somebody drew six digits, a stroke every 3 s, sent again at the same pace by a client without a browser. The
replicas have all cores but the last, which the clients have, so that neither waits for the other.

Before that, a tenth of a full house says what one stroke costs: processor, bytes each way, and memory a session. From
these `docs/capacity.md` foretells the full house; this command prints both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from playwright.sync_api import sync_playwright
from websockets.asyncio.client import connect

from benchmarks.live import EVERY_S, RECORDED, Recording, draw, ready
from tests.browser import chromium
from tests.browser.server import Server, serve

BOUND_S = 1.0  # of 95 in 100 pen-ups
SETTLE_S = 8.0  # until all sessions draw
FEW = 8  # sessions that tell what one stroke costs
STEP = 1.25  # from one number of sessions to the next


@dataclass
class Seen:
    """What the clients of one trial saw.

    Attributes:
        pen_up_s: from the last point of a stroke to its answers; endless for one without.
        sent, received: bytes, of websockets and answers, heads of messages left out.
        counting: whether the trial has begun.
    """

    pen_up_s: list[float] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    counting: bool = False

    def p95_s(self) -> float:
        return float(np.percentile(self.pen_up_s, 95)) if self.pen_up_s else float("inf")


@dataclass(frozen=True)
class Trial:
    """A number of sessions for some seconds.

    Attributes:
        sessions: that drew at once.
        seen: by their clients.
        seconds: that were counted.
        processor_s: that all replicas used in these.
        memory_mb: of all replicas at the end.
        clients_busy: share of a core that the clients needed; near 1, they are the bound and not the replicas.
    """

    sessions: int
    seen: Seen
    seconds: float
    processor_s: float
    memory_mb: float
    clients_busy: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=15, help="of each trial")
    options = parser.parse_args()
    cores = psutil.cpu_count() or 1
    given = list(range(cores - 1)) or [0]
    with tempfile.TemporaryDirectory() as folder:
        record = recorded(Path(folder))
        os.sched_setaffinity(0, {cores - 1})
        print(f"{cores} cores: {len(given)} for the replicas, 1 for the clients")
        for count in options.replicas:
            with ExitStack() as stack:
                servers = [stack.enter_context(serve(Path(folder) / f"log{at}")) for at in range(count)]
                for server in servers:
                    _pin(server.pid, given)
                report(servers, record, options.seconds, len(given))


def recorded(folder: Path) -> Recording:
    """What a page sends while somebody draws."""
    with serve(folder / "log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        draw(ready(browser, server, record := Recording()), RECORDED, rest_s=EVERY_S)
        browser.close()
    return record


def report(servers: Sequence[Server], record: Recording, seconds: float, cores: int) -> None:
    """Measure what a stroke costs, foretell how many sessions fit, and find how many do."""
    asyncio.run(trial(servers, record, len(servers), 2.0))  # loads what is not loaded yet
    empty = _memory_mb(servers)
    few = asyncio.run(trial(servers, record, FEW, seconds))
    strokes = len(few.seen.pen_up_s)
    cost_s, rate = few.processor_s / strokes, strokes / FEW / few.seconds
    foretold = min(cores, len(servers)) / (cost_s * rate)
    print(
        f"\n{len(servers)} replica(s): {empty / len(servers):.0f} MB each, {(few.memory_mb - empty) / FEW:.1f} MB a session; "
        f"a stroke takes {cost_s * 1e3:.0f} ms of processor, {few.seen.sent / strokes / 1e3:.0f} kB in, "
        f"{few.seen.received / strokes / 1e3:.0f} kB out; foretold {foretold:.0f} sessions"
    )
    sessions, fits = FEW, None
    while True:
        sessions = round(sessions * STEP)
        tried = asyncio.run(trial(servers, record, sessions, seconds))
        p95 = tried.seen.p95_s()
        print(
            f"  {sessions:>4} sessions: p95 {p95:.2f} s of {len(tried.seen.pen_up_s)}, processor "
            f"{tried.processor_s / tried.seconds:.2f} cores, clients {tried.clients_busy:.2f}, {tried.memory_mb:.0f} MB",
            flush=True,
        )
        if p95 > BOUND_S:
            break
        fits = tried
    if fits is not None:
        print(
            f"  {fits.sessions} sessions fit: {fits.sessions / cores:.0f} a core; {fits.sessions / foretold:.2f} of foretold"
        )


async def trial(servers: Sequence[Server], record: Recording, sessions: int, seconds: float) -> Trial:
    """So many sessions at once, spread evenly over the replicas."""
    seen, until = Seen(), time.monotonic() + SETTLE_S + seconds
    visits = [
        asyncio.create_task(visitor(servers[at % len(servers)].url, record, seen, until)) for at in range(sessions)
    ]
    await asyncio.sleep(SETTLE_S)
    seen.counting = True
    used, mine, began = _processor_s(servers), time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    seen.counting = False
    took = time.monotonic() - began
    done = Trial(
        sessions, seen, took, _processor_s(servers) - used, _memory_mb(servers), (time.process_time() - mine) / took
    )
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    return done


async def visitor(url: str, record: Recording, seen: Seen, until: float) -> None:
    """One person after the other at one canvas: opens the page, draws the digits, leaves."""
    await asyncio.sleep(random.uniform(0, SETTLE_S / 2))
    while time.monotonic() < until:
        async with connect(
            f"{url.replace('http', 'ws')}/_stcore/stream", subprotocols=["streamlit"], max_size=None
        ) as socket:
            reading = asyncio.create_task(_read(socket, seen))
            asking = asyncio.create_task(_ask(url, record, seen))
            began, first = time.monotonic(), record.messages[0][0]
            for at, message in record.messages:
                await asyncio.sleep(max(0.0, at - first - (time.monotonic() - began)))
                await socket.send(message)
                if seen.counting:
                    seen.sent += len(message)
            await asking
            reading.cancel()


async def _read(socket, seen: Seen) -> None:
    with suppress(Exception):  # closed
        async for message in socket:
            if seen.counting:
                seen.received += len(message)


async def _ask(url: str, record: Recording, seen: Seen) -> None:
    """As `live.js` does: one question at a time, the newest, with a rest; pen-up as soon as it can be asked."""
    first, began, rested = record.messages[0][0], time.monotonic(), 0.0
    host, port = urlsplit(url).hostname, urlsplit(url).port
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for at, path, body in record.questions:
            due = began + at - first
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            is_final = '"final":true' in body and path.endswith("answer")
            if not is_final and time.monotonic() < rested:
                continue
            data = body.encode()
            head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            raw = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(": ", 1) for line in raw.decode().split("\r\n")[1:] if ": " in line)
            reply = await reader.readexactly(int(fields["content-length"]))
            took = json.loads(reply).get("took_ms", 0)
            rested = time.monotonic() + (max(70, 3 * took) if took else 400) / 1000
            if seen.counting:
                seen.sent += len(data)
                seen.received += len(reply)
                if is_final:
                    seen.pen_up_s.append(time.monotonic() - due)
    finally:
        writer.close()


def _pin(pid: int, cores: Sequence[int]) -> None:
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), cores)


def _processor_s(servers: Sequence[Server]) -> float:
    return sum(sum(psutil.Process(server.pid).cpu_times()[:2]) for server in servers)


def _memory_mb(servers: Sequence[Server]) -> float:
    return sum(psutil.Process(server.pid).memory_info().rss for server in servers) / 1e6


if __name__ == "__main__":
    main()
