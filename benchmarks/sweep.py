"""Sweeps: how much a second worker helps, what kills cost, and what a sweep finds.

    python -m benchmarks.sweep speed    12 trials of one epoch on a Dask cluster of one worker, then of two
    python -m benchmarks.sweep kills    ten workers and three schedulers of such a cluster are killed with -9
    python -m benchmarks.sweep best     30 trials of cnn-32-64 within its published epochs, half an hour

All of them run `python -m digitlab sweep` like a user, in a temporary folder (or in `--keep FOLDER`, to go on there).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from digitlab.settings import REPOSITORY
from tests.sweeps.cluster import Dask, dask

NETWORK = "cnn-32-64"
# Only the learning rate is chosen, since it does not change how long a trial takes.
SHORT = {"learning_rate": {"low": 0.0003, "high": 0.01, "log": True}}
EXAMPLES = 40_000
KILLED_WORKERS, KILLED_SCHEDULERS = 10, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "kills", "best"])
    parser.add_argument("--trials", type=int, help="default: 12, 24 or 30")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="folder for models and study")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        {"speed": _speed, "kills": _kills, "best": _best}[options.what](folder, options.trials)


def _speed(folder: Path, trials: int | None) -> None:
    count = trials or 12
    space = _space(folder)
    rates = {}
    for workers in (1, 2):
        place = folder / f"{workers}"
        place.mkdir(parents=True)
        os.environ.update(_environment(place))  # the cluster's workers must find the study
        with dask(place, workers) as cluster:
            began = time.perf_counter()
            report = _sweep(place, count, "--cluster", cluster.address, "--space", str(space), *_short(1))
            seconds = time.perf_counter() - began
        ended = sum(trial["state"] in ("finished", "pruned") for trial in report["trials"])
        rates[workers] = ended / seconds * 60
        print(
            f"{workers} worker{'s' * (workers > 1)}: {ended} trials in {seconds:.0f} s, {rates[workers]:.1f} a minute"
        )
    print(f"two against one: {rates[2] / rates[1]:.2f} times the trials a minute")


def _kills(folder: Path, trials: int | None) -> None:
    count = trials or 24
    chance = random.Random(0)
    ended: dict[int, Any] = {}
    lost = changed = 0
    os.environ.update(_environment(folder))  # the cluster's workers must find the study
    with dask(folder, workers=2) as cluster:
        process = _begin(folder, count, "--cluster", cluster.address, "--space", str(_space(folder)), *_short(3))
        plan = [*["worker"] * KILLED_WORKERS, *["scheduler"] * KILLED_SCHEDULERS]
        chance.shuffle(plan)
        for what in plan:
            until = time.monotonic() + chance.uniform(6, 14)
            while time.monotonic() < until and process.poll() is None:
                time.sleep(0.2)
            assert process.poll() is None, "the sweep was over before all was killed: give it more trials"
            _kill(cluster, what, chance)
            now = _trials(folder)
            lost += sum(number not in now or now[number]["state"] == "running" for number in ended)
            changed += sum(now.get(number) != trial for number, trial in ended.items())
            ended = {
                number: trial for number, trial in now.items() if trial["state"] in ("finished", "pruned", "failed")
            }
            print(f"{what} killed; {len(ended)} trials had ended", flush=True)
        output, _ = process.communicate()
        assert process.returncode == 0, output
    report = json.loads(output)["trials"]
    numbers = [trial["number"] for trial in report]
    states = [trial["state"] for trial in report]
    assert lost == changed == 0, (lost, changed)
    print(
        f"{KILLED_WORKERS} workers and {KILLED_SCHEDULERS} schedulers killed: {lost} finished trials lost, "
        f"{len(numbers) - len(set(numbers))} counted twice, {changed} changed afterwards; of {count} trials "
        + ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    )


def _kill(cluster: Dask, what: str, chance: random.Random) -> None:
    """Kill one process with -9, and start another in its place, like a service manager."""
    if what == "worker":
        victim = chance.choice([worker for worker in cluster.workers if worker.poll() is None])
        victim.kill()
        victim.wait()
    else:
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        cluster.restart()
        for worker in cluster.workers:  # they end with their scheduler
            worker.wait(60)
    while sum(worker.poll() is None for worker in cluster.workers) < 2:
        cluster.add_worker()


def _best(folder: Path, trials: int | None) -> None:
    began = time.perf_counter()
    report = _sweep(folder, trials or 30)
    minutes = (time.perf_counter() - began) / 60
    finished = [trial for trial in report["trials"] if trial["loss"] is not None]
    published, best = report["trials"][0]["loss"], min(finished, key=lambda trial: trial["loss"])
    pruned = sum(trial["state"] == "pruned" for trial in report["trials"])
    print(f"{len(report['trials'])} trials, {pruned} of them pruned, in {minutes:.0f} min")
    print(f"published settings: validation loss {published:.4f}")
    print(f"trial {best['number']}: {best['loss']:.4f}, {1 - best['loss'] / published:.0%} below; {best['values']}")


def _short(epochs: int) -> list[str]:
    return ["--epochs", str(epochs), "--examples", str(EXAMPLES)]


def _space(folder: Path) -> Path:
    file = folder / "space.json"
    file.write_text(json.dumps(SHORT))
    return file


def _sweep(folder: Path, trials: int, *options: str) -> Any:
    process = _begin(folder, trials, *options)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return json.loads(output)


def _begin(folder: Path, trials: int, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "digitlab", "sweep", NETWORK, "--trials", str(trials), "--budget-s", "7200",
        "--no-challenger", "--json", *options,
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=REPOSITORY, env=_environment(folder), stdout=subprocess.PIPE, text=True)


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "DIGITLAB_MODELS": str(folder / "models"), "DIGITLAB_DATABASE": ""}


def _trials(folder: Path) -> dict[int, Any]:
    """The study's trials by number, read by a separate process."""
    script = (
        "import dataclasses, json\nfrom digitlab.sweeps import study\n"
        "print(json.dumps([dataclasses.asdict(trial) for trial in study.Study(study.known()[0]).trials()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    return {trial["number"]: trial for trial in json.loads(done.stdout)}


if __name__ == "__main__":
    main()
