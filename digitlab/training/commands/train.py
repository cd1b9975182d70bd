"""Train a network and put it into models/."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import msgspec

from digitlab import networks
from digitlab.analysis.evaluation import summary_line
from digitlab.data import mnist
from digitlab.errors import DamagedModel, InvalidValue, Unfinished, UnknownModel, VersionGone
from digitlab.jobs import Change, Job, knobs, speed
from digitlab.models import run_file, store, versions
from digitlab.networks import Recipe
from digitlab.training import guard, lesson
from digitlab.training.commands import recipe_options
from digitlab.training.terminal import Terminal
from digitlab.training.worker import Worker


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a network of the registry, such as dnn or cnn")
    recipe_options.add(parser)
    recipe_options.add_promote(parser, "always")
    parser.add_argument(
        "--again", metavar="FILE", type=Path,
        help="the run.json of a model whose recipe to follow, with all that was changed while it learned",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    published = networks.get(options.name).recipe
    changes: tuple[Change, ...] = ()
    if options.again is not None:
        published, changes = _earlier(options.again)
    recipe = recipe_options.recipe(published, options)
    return do(Job("train", options.name, recipe, options.promote, changes=changes))


def _earlier(file: Path) -> tuple[Recipe, tuple[Change, ...]]:
    """The recipe of an earlier training, and what was changed in it."""
    try:
        earlier = run_file.read(file.read_bytes())
        return msgspec.convert(earlier["recipe"], Recipe), knobs.changes_of(earlier)
    except (OSError, ValueError) as error:
        raise InvalidValue(f"{file} is no run.json of a model: {getattr(error, 'strerror', None) or error}.") from error


def do(job: Job) -> int:
    """Do a training."""
    guard.expect_tensorflow()
    with Worker(job) as worker:
        lesson.read(job.recipe, job.left_out)  # so that missing drawings are reported before TensorFlow starts
        data = read_digits(worker)
        made = make(worker, data)
    complete(made, job.recipe, data)
    return 0


def digits(start: str, *, download: bool = True) -> mnist.Mnist:
    """The digits to train on.

    If the model to start from was trained on the packaged digits only, these are used again: that model has learned
    digits which full MNIST holds out.
    """
    if start and store.read(start).run["data"]["source"] == "packaged":
        return mnist.of_source("packaged")
    return mnist.load_or_packaged(download=download)


def read_digits(worker: Worker) -> mnist.Mnist:
    """Read the digits of a worker's recipe, and say so where they are not all of MNIST."""
    data = digits(worker.recipe.start)
    if data.source == "packaged":
        print(
            f"Full MNIST is not available here: training on the {len(data.train):,} packaged digits.", file=sys.stderr
        )
    worker.reading(data)
    return data


def make(worker: Worker, data: mnist.Mnist, found: str | None = None) -> store.StoredModel:
    """Train and store a network, promote it as the worker's status says, and print how it went; `complete` comes next.

    Args:
        worker: a worker that has read the digits.
        data: these.
        found: the verdict of a sweep, which becomes part of the final status.
    """
    network, recipe = networks.get(worker.status.network), worker.recipe
    print(f"Training {network.name} ({network.summary}): {recipe.epochs} epochs, seed {recipe.seed}")
    with guard.importing():
        from digitlab.training import produce
    made = produce.produce(network, recipe, data, Terminal(worker, recipe.epochs), worker.left_out, worker.changes)
    run = made.run
    print(f"Kept epoch {run['best_epoch']}, after {run['duration_s']:.0f} s of training.")
    print(f"validation: {summary_line(run['metrics']['validation'])}")
    with worker.replacing():
        promoted, message = promote(network.name, worker.status.promote)
        worker.done(" ".join(filter(None, (found, run["ended"], message))), promoted=promoted)
    if run["ended"]:
        print(run["ended"])
    print(message if promoted else f"{message} Its files: {store.places(network.name).challenger}", flush=True)
    return made


def complete(made: store.StoredModel, recipe: Recipe, data: mnist.Mnist) -> None:
    """Add what takes long to a model that may be promoted meanwhile; the job is over."""
    began = time.monotonic()
    print("Its map and the figures on test and training digits follow.", flush=True)
    with guard.importing():
        from digitlab.training import produce
    try:
        produce.complete(made, data)
    except VersionGone:
        print("This version has been replaced already: nothing was added to it.")
        return
    except KeyboardInterrupt:
        raise Unfinished(
            f"interrupted; {made.name} stays as it is, without its map, which python -m digitlab map {made.name} makes "
            "once it is in service."
        ) from None
    speed.remember_completion(made.name, recipe, time.monotonic() - began)
    for split in ("test", "training"):
        if split in made.run["metrics"]:
            print(f"{split}: {summary_line(made.run['metrics'][split])}")


def promote(name: str, when: str) -> tuple[bool, str]:
    """Put the finished network into service if `when` says so; return whether it was, and a message about it."""
    waits = "It waits as a challenger beside the model in service."
    if when == "never":
        return False, waits
    if when == "if-better":
        from digitlab.analysis import comparison  # imports scikit-learn
        from digitlab.wording.comparison import verdict

        try:
            compared = comparison.compare(store.read(name), store.read_challenger(name))
        except (UnknownModel, DamagedModel):
            pass  # no whole model is in service, so any is better
        else:
            if not compared.better:
                return False, f"It is not better than the model in service: {verdict(compared)} {waits}"
    versions.promote(name)
    return True, f"It is in service as {name}; the version before is kept to roll back to."
