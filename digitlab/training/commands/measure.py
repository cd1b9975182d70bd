"""Say how long training a network will take on this machine."""

from __future__ import annotations

import argparse
import time

from digitlab import networks
from digitlab.data import mnist
from digitlab.jobs import Job
from digitlab.training import guard
from digitlab.training.commands import recipe_options


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    recipe_options.add(parser)


def run(options: argparse.Namespace) -> int:
    return do(Job("measure", options.name, recipe_options.recipe(networks.get(options.name).recipe, options)))


def do(job: Job) -> int:
    """Do a measurement."""
    began = time.time()
    network, recipe = networks.get(job.network), job.recipe
    data = mnist.load_or_packaged(download=False)
    with guard.importing():
        from digitlab.training import measure
    measure.keep_preview()
    speed = measure.measure(network, recipe, data, began)
    total_s = speed.total_s(recipe, recipe.examples or len(data.train))
    print(f"Training {network.name} for {recipe.epochs} epochs will take about {total_s:.0f} s here.")
    return 0
