"""How many people can draw at once, and what limits them: `python -m benchmarks.capacity [--replicas 1 2 4]`.

The given numbers of servers run behind the balancer. Each is limited to a share of a core, so that there are enough
cores for all of them and for the sessions (`--share`; needs root and Linux's control groups; with 0, the system divides
the cores). Sessions without a browser draw a stroke every 3 s and ask like the page while it grows
(`benchmarks.session`). Their number increases until one answer in twenty comes later than a second after pen-up; then
the limit is located more closely. The output also says what a stroke and a session cost, and what the model in
`docs/capacity.md` predicts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import sqlalchemy as sa

from benchmarks.cluster import Cluster, cluster, opened
from benchmarks.session import PATIENCE_S, Drawn, Session
from tests.browser.server import Server

LATE_S = 1.0
FIRST, GROWTH, NARROWINGS = 6, 1.5, 3
SPREAD = {1: 0.0, 2: 0.56, 3: 0.85, 4: 1.03}  # mean of the largest of this many standard normal numbers
PERIOD_US = 100_000  # the period that containers use for their share of a core
GROUPS = Path("/sys/fs/cgroup/cpu")


@dataclass(frozen=True)
class Step:
    """What was measured with one number of sessions.

    Attributes:
        sessions: how many drew at once.
        answered_s: for every stroke, seconds from pen-up to both answers; `PATIENCE_S` if they did not come.
        strokes_s: strokes a second of all sessions together.
        servers, client: cores in use.
        memory_mb: memory of all servers.
        bytes_out, bytes_in: bytes per stroke.
    """

    sessions: int
    answered_s: np.ndarray
    strokes_s: float
    servers: float
    client: float
    memory_mb: float
    bytes_out: float
    bytes_in: float

    @property
    def late(self) -> float:
        """The 95th percentile in seconds."""
        return float(np.percentile(self.answered_s, 95))

    @property
    def stroke_core_s(self) -> float:
        """Core seconds of the servers for each stroke, including everything that belongs to it."""
        return self.servers / self.strokes_s

    def words(self) -> str:
        """A line of the table."""
        middle = float(np.percentile(self.answered_s, 50))
        return (
            f"{self.sessions:4} sessions: p50 {middle * 1000:5.0f} ms, p95 {self.late * 1000:5.0f} ms, "
            f"{self.strokes_s:5.1f} strokes/s, servers {self.servers:.2f} cores, sessions {self.client:.2f} cores, "
            f"{self.memory_mb:.0f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--share", type=float, default=0.25, help="of a core, for each server (%(default)s)")
    parser.add_argument("--seconds", type=float, default=25, help="of drawing in each step (%(default)s)")
    options = parser.parse_args()
    by_count: dict[int, int] = {}
    for count in options.replicas:
        print(f"{count} servers, " + (f"{options.share} of a core each" if options.share else "all cores for all"))
        with (
            tempfile.TemporaryDirectory() as folder,
            cluster(Path(folder), count) as running,
            held_to(running.replicas, options.share),
        ):
            steps = asyncio.run(capacity(running, options.seconds))
        good = max((step for step in steps if step.late <= LATE_S), key=lambda step: step.sessions)
        by_count[count] = good.sessions
        cost(steps)
        rate, core_ms = good.strokes_s / good.sessions, good.stroke_core_s * 1000
        print(f"  {good.sessions} sessions at p95 below {LATE_S:.0f} s: {rate:.2f} strokes/s, {core_ms:.0f} ms each")
    base = min(by_count)
    for count, sessions in by_count.items():
        print(
            f"{count} servers: {sessions} sessions, {sessions / by_count[base]:.2f} times those of {base}; "
            f"the model says {scaled(by_count[base] / base, count):.0f}"
        )
    writes()


async def capacity(running: Cluster, seconds: float) -> list[Step]:
    """Steps with more and more sessions until they are answered late, then between the last two."""
    sessions: list[Session] = []
    steps: list[Step] = []

    async def step(count: int) -> bool:
        while len(sessions) > count:
            await sessions.pop().close()
        sessions.extend(await opened(running.url, count - len(sessions), first=len(sessions)))
        await draw(sessions, 3.0)  # so that new sessions have loaded everything
        steps.append(await measured(running.replicas, sessions, seconds))
        print("  " + steps[-1].words(), flush=True)
        return steps[-1].late <= LATE_S

    low, high = 0, FIRST
    while await step(high):
        low, high = high, round(high * GROWTH)
    for _ in range(NARROWINGS):
        if (middle := (low + high) // 2) in (low, high):
            break
        if await step(middle):
            low = middle
        else:
            high = middle
    await asyncio.gather(*(session.close() for session in sessions))
    return steps


async def measured(replicas: Sequence[Server], sessions: Sequence[Session], seconds: float) -> Step:
    """Let the sessions draw for this many seconds, and measure what that takes."""
    servers, client = [psutil.Process(replica.pid) for replica in replicas], psutil.Process()

    def used() -> tuple[float, float]:
        return sum(_cpu_s(server) for server in servers), _cpu_s(client)

    out, into = sum(session.log.bytes_out for session in sessions), sum(session.log.bytes_in for session in sessions)
    before, began = used(), time.monotonic()
    drawn = await draw(sessions, seconds)
    took, after = time.monotonic() - began, used()
    count = max(len(drawn), 1)
    return Step(
        len(sessions),
        np.array([PATIENCE_S if stroke.answered_s is None else stroke.answered_s for stroke in drawn]),
        count / took,
        (after[0] - before[0]) / took,
        (after[1] - before[1]) / took,
        sum(server.memory_info().rss for server in servers) / 1e6,
        (sum(session.log.bytes_out for session in sessions) - out) / count,
        (sum(session.log.bytes_in for session in sessions) - into) / count,
    )


async def draw(sessions: Sequence[Session], seconds: float) -> list[Drawn]:
    """Let all sessions draw digits for this many seconds, each starting at another moment."""
    until = time.monotonic() + seconds

    async def draw_until(session: Session, wait_s: float) -> list[Drawn]:
        await asyncio.sleep(wait_s)
        drawn: list[Drawn] = []
        while time.monotonic() < until:
            drawn += await session.draw_digit()
        return drawn

    waits = np.linspace(0, min(3.0, seconds / 2), len(sessions), endpoint=False)
    by_session = await asyncio.gather(
        *(draw_until(session, wait) for session, wait in zip(sessions, waits, strict=True))
    )
    return [drawn for some in by_session for drawn in some]


def scaled(each: float, count: int) -> float:
    """The number of sessions at which the fullest of several servers has as many as it can take.

    The balancer spreads sessions at random: with n per server on average, the fullest has about n + SPREAD * sqrt(n).

    Args:
        each: how many sessions one server can take.
        count: how many servers, at most four.
    """
    root = (-SPREAD[count] + math.sqrt(SPREAD[count] ** 2 + 4 * each)) / 2
    return count * root**2


def cost(steps: Sequence[Step]) -> None:
    """Print what a stroke costs on an idle and on a busy server, and what a session costs."""
    first, last = steps[0], max(steps, key=lambda step: step.sessions)
    each = (last.memory_mb - first.memory_mb) / max(last.sessions - first.sessions, 1)
    rest, busy = first.stroke_core_s * 1000, last.stroke_core_s * 1000
    print(
        f"  a stroke: {rest:.0f} ms of a core at rest, {busy:.0f} ms where it is busy, {last.bytes_out / 1000:.0f} kB "
        f"to the server, {last.bytes_in / 1000:.0f} kB back; a session: {each:.1f} MB"
    )


def writes() -> None:
    """Print what PostgreSQL has to write for a drawing that is kept."""
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), 1) as running:
        address = running.database.replace("postgresql:", "postgresql+psycopg:", 1)
        engine = sa.create_engine(address, connect_args={"client_encoding": "utf8"})

        async def keep(drawings: int) -> int:
            sessions = await opened(running.url, 3)
            for _ in range(drawings):
                await asyncio.gather(*(session.draw_digit(keep=True) for session in sessions))
            await asyncio.gather(*(session.close() for session in sessions))
            return sum(len(session.log.kept) for session in sessions)

        asyncio.run(keep(1))  # creates the tables
        time.sleep(2)
        before = _written(engine)
        kept = asyncio.run(keep(4))
        time.sleep(2)  # PostgreSQL updates its statistics at intervals
        after = _written(engine)
        engine.dispose()
    transactions, rows, logged = ((b - a) / kept for a, b in zip(before, after, strict=True))
    print(
        f"a kept drawing: {rows:.1f} rows written in {transactions:.1f} transactions (reads included), "
        f"{logged / 1000:.1f} kB of write-ahead log"
    )


def _written(engine: sa.Engine) -> tuple[int, int, int]:
    query = (
        "SELECT xact_commit, tup_inserted + tup_updated + tup_deleted, pg_current_wal_lsn() - '0/0'::pg_lsn "
        "FROM pg_stat_database WHERE datname = current_database()"
    )
    with engine.connect() as connection:
        counts = connection.execute(sa.text(query)).one()
    return int(counts[0]), int(counts[1]), int(counts[2])


@contextlib.contextmanager
def held_to(servers: Sequence[Server], share: float) -> Iterator[None]:
    """Limit each server to this share of a core."""
    groups = []
    try:
        for server in servers if share else ():
            group = GROUPS / f"digitlab-{server.pid}"
            group.mkdir()
            groups.append(group)
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(round(share * PERIOD_US)))
            (group / "cgroup.procs").write_text(str(server.pid))
        yield
    finally:
        for server, group in zip(servers, groups, strict=False):
            with contextlib.suppress(OSError):
                (GROUPS / "cgroup.procs").write_text(str(server.pid))
            group.rmdir()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
