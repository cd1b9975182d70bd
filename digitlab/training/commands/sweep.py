"""Try hyperparameters of a network; the best settings become a challenger."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from digitlab import networks, sweeps
from digitlab.errors import InvalidValue
from digitlab.jobs import Job
from digitlab.sweeps import study
from digitlab.training import guard
from digitlab.training.commands import recipe_options, train
from digitlab.training.worker import Worker
from digitlab.wording.sweeps import verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--trials", metavar="N", type=int, default=30, help="stop after this many trials (%(default)s)")
    parser.add_argument("--budget-s", metavar="S", type=float, help="stop after this many seconds")
    parser.add_argument("--space", metavar="FILE", type=Path, help="JSON file of the hyperparameters and their values")
    parser.add_argument("--workers", metavar="N", type=int, help="processes on this machine (default: one per core)")
    parser.add_argument("--cluster", metavar="tcp://HOST:PORT", help="a Dask cluster to train on instead")
    parser.add_argument("--anew", action="store_true", help="start a new study instead of continuing the earlier one")
    parser.add_argument("--no-challenger", action="store_true", help="do not train the best settings at the end")
    parser.add_argument("--json", action="store_true", help="print every trial as JSON at the end")
    recipe_options.add(parser)


def run(options: argparse.Namespace) -> int:
    job = Job(
        "sweep", options.name, recipe_options.recipe(networks.get(options.name).recipe, options),
        trials=options.trials, budget_s=options.budget_s, workers=options.workers, anew=options.anew,
        challenger=not options.no_challenger, space=sweeps.read_space(options.space) if options.space else None,
    )  # fmt: skip
    return do(job, cluster=options.cluster, as_json=options.json)


def do(job: Job, *, cluster: str | None = None, as_json: bool = False) -> int:
    """Do a sweep.

    Args:
        job: what to do.
        cluster: address of a Dask cluster to train on; None for processes on this machine.
        as_json: whether to print all trials as JSON, and nothing else on stdout.
    """
    from digitlab.training import dispatch  # imports multiprocessing

    guard.expect_tensorflow()
    network = networks.get(job.network)
    if job.recipe.room > 0:  # the workers of a cluster need not reach the collection
        raise InvalidValue("A sweep does not learn from the drawings of the room: leave out --room.")
    space = sweeps.space_from(job.space, network, job.recipe)
    sweep = study.Sweep(network, job.recipe, space)
    workers = dispatch.Cluster(cluster) if cluster else dispatch.Pool(job.workers)
    limits = dispatch.Limits(job.trials, time.time() + (job.budget_s or float("inf")))
    out = sys.stderr if as_json else sys.stdout
    with Worker(job, sweep.name) as worker:
        data = train.read_digits(worker)
        sweep = study.continued(dataclasses.replace(sweep, source=data.source), anew=job.anew)
        worker.goes_on(sweep.name)

        def tell(line: str) -> None:
            worker.phase(f"Sweep: {line}")
            print(line, file=sys.stderr, flush=True)

        trials = dispatch.run(sweep, limits, workers, tell=tell)
        best, found = study.best(trials), verdict(trials)
        if as_json:
            told = [dataclasses.asdict(trial) for trial in trials]
            print(json.dumps({"study": sweep.name, "trials": told}, indent=1))
        else:
            print(found)
        if best is None or best.number == 0 or not job.challenger:
            worker.done(found, promoted=False)
            return 0
        worker.turn_to(sweep.recipe(best.values))
        with redirect_stdout(out):
            made = train.make(worker, data, found)
    with redirect_stdout(out):
        train.complete(made, worker.recipe, data)
    return 0
