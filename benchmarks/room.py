"""A hall that draws along, and whether everybody gets what a lecture needs.

    python -m benchmarks.room [--only PART]... [--phones 200] [--seconds 60] [--tree FOLDER] [--strokes FILE]

Parts: `ink` (a digit from strokes to 28 x 28 pixels), `phones` (a hall that draws: pen-up to answer, and to the wall),
`crowd` (500 phones connected, 100 of them draw; memory), `kill` (the server is killed with -9 under that load, and the
collection is searched for every drawing that was confirmed as kept), and `live` (the processor time of a stroke on the
Draw page, in a real Chromium). A phone is simulated by sending what its page sends (`benchmarks/phones.py`); time is
measured from the end of a stroke until its answer is read. The wall is asked for as the lecture's page asks. Every row
ends with its bound, and whether it was met.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from benchmarks import live, strokes
from benchmarks.phones import Log, Phones
from benchmarks.strokes import OnCanvas
from digitlab import ink
from digitlab.errors import InkError
from digitlab.settings import REPOSITORY
from tests import drawings
from tests.browser.server import serve

PARTS = ("ink", "phones", "crowd", "kill", "live")
CONNECTED, DRAWING = 500, 100  # phones of the crowd
SETTLED_S = 10  # from the start of the server to the first phone
INK_MS, ANSWER_S, WALL_S, MEMORY_MB, LIVE_MS = 2.0, 1.0, 2.0, 500.0, 80.0  # the bounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=PARTS, help="can be repeated (default: all parts)")
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kill-after", type=float, default=20, help="seconds of load before the kill")
    parser.add_argument("--tree", type=Path, default=REPOSITORY, help="the working tree whose server is measured")
    parser.add_argument(
        "--strokes", metavar="FILE", help="recorded strokes for `ink`, as benchmarks.drawings takes them"
    )
    options = parser.parse_args()
    parts = options.only or PARTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "ink" in parts:
            measure_ink(options.strokes)
        if "phones" in parts:
            hall(folder, options.tree, options.phones, 0, options.seconds)
        if "crowd" in parts:
            hall(folder, options.tree, DRAWING, CONNECTED - DRAWING, options.seconds)
        if "kill" in parts:
            kill(folder, options.tree, options.phones, options.kill_after)
        if "live" in parts:
            live.processor(options.tree, LIVE_MS)


def measure_ink(file: str | None) -> None:
    """Processor time of `ink.read`, for the digits of the tests or for recorded ones, each at its best of five."""
    digits = [(str(digit), drawings.strokes(digit)) for digit in range(10)]
    if file is not None:
        generator = np.random.default_rng(0)
        digits = [
            (label, strokes.place(drawing, generator.uniform(110, 200), ink.CANVAS_PX, ink.BRUSH_PX, generator))
            for label, drawing in strokes.load(file)
        ]
    took = [
        min(_read_s(OnCanvas(drawing, ink.CANVAS_PX, ink.BRUSH_PX).strokes) for _ in range(5)) for _, drawing in digits
    ]
    row(f"ink of a drawn digit, mean of {len(took)}", f"{np.mean(took) * 1e3:.2f} ms", np.mean(took) * 1e3 <= INK_MS)


def _read_s(drawing: ink.Strokes) -> float:
    began = time.thread_time()
    with suppress(InkError):
        ink.read(drawing)
    return time.thread_time() - began


def hall(folder: Path, tree: Path, drawing: int, waiting: int, seconds: float) -> None:
    """Let phones draw and others wait; print what they saw, and the most memory of the server and its processes."""
    who = f"{drawing} phones" if not waiting else f"{drawing + waiting} phones connected, {drawing} drawing"
    with serve(folder / "log", cwd=tree) as server:
        time.sleep(SETTLED_S)
        server_process = psutil.Process(server.pid)
        first, began, memory = memory_mb(server_process), processor_s(server_process), 0.0
        with Phones(server.url, drawing, waiting, seconds) as phones:
            while phones.draw:
                memory = max(memory, memory_mb(server_process))
                time.sleep(2)
            log = phones.log()
        took_s = processor_s(server_process) - began
        count = 1 + len(server_process.children(recursive=True))
    answers(who, log)
    if waiting:
        row(f"{who}: memory of {count} processes", f"{memory:.0f} MB, {first:.0f} MB before", memory <= MEMORY_MB)
    elif log.has_wall:
        on_wall = [log.seen[number] - at for number, at in log.hung.items() if number in log.seen]
        p95 = float(np.quantile(on_wall, 0.95))
        row(f"{who}: drawing to wall", f"p95 {p95:.2f} s of {len(on_wall)}", p95 <= WALL_S)
    else:
        print("drawing to wall: this server does not tell what is on its wall")
    print(
        f"    processor {took_s / seconds:.0%} of a core, memory {first:.0f} to {memory:.0f} MB, connections for news "
        f"{log.at_once or 'none'}, load of this machine {os.getloadavg()[0]:.1f}"
    )


def answers(who: str, log: Log) -> None:
    """Print how long answers took, and how many requests failed."""
    if not log.answer_s:
        row(f"{who}: pen-up to answer", "no answers", is_met=False)
        return
    p50, p95 = np.quantile(log.answer_s, [0.5, 0.95])
    told = f"p95 {p95:.3f} s, median {p50:.3f} s, most {max(log.answer_s):.2f} s of {len(log.answer_s)}"
    row(f"{who}: pen-up to answer", told, p95 <= ANSWER_S)
    row(f"{who}: failed", f"{log.failed} of {log.sent}", log.failed == 0)


def kill(folder: Path, tree: Path, phones: int, seconds: float) -> None:
    """Kill the server while phones draw; print how many drawings that were told to be kept are lost."""
    with serve(folder / "log", cwd=tree) as server, Phones(server.url, phones, 0, seconds + 5) as drawing:
        time.sleep(seconds)
        children = psutil.Process(server.pid).children(recursive=True)
        os.kill(server.pid, signal.SIGKILL)
        log = drawing.log()
        left = sum(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    with serve(folder / "log", cwd=tree):
        time.sleep(SETTLED_S)  # what waits in the journal is kept now
    with sqlite3.connect(folder / "collection.sqlite") as stored:
        labels = dict(stored.execute("select token, label from drawings").fetchall())
    lost = [token for token, label in log.kept.items() if labels.get(token) != label]
    row(f"{phones} phones: lost after kill -9", f"{len(lost)} of {len(log.kept)}", not lost and bool(log.kept))
    row("processes that outlive the server", f"{left} of {len(children)}", left == 0)


def memory_mb(process: psutil.Process) -> float:
    """Memory of a process and its children; what they share counts once."""
    return sum(_memory_mb(each) for each in (process, *process.children(recursive=True)))


def _memory_mb(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        taken = process.memory_full_info()
        return getattr(taken, "pss", taken.rss) / 1e6
    return 0.0


def processor_s(process: psutil.Process) -> float:
    """Processor time of a process and its children, in seconds."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def row(what: str, found: str, is_met: bool | np.bool_) -> None:
    print(f"{what}: {found} -> {'met' if is_met else 'NOT MET'}", flush=True)


if __name__ == "__main__":
    main()
