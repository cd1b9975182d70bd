"""Teach a model in service the handwriting of the labelled drawings."""

from __future__ import annotations

import argparse

from digitlab import networks
from digitlab.jobs import Job, presets
from digitlab.training.commands import recipe_options, train


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    recipe_options.add(parser)
    recipe_options.add_promote(parser, "never")


def run(options: argparse.Namespace) -> int:
    network = networks.get(options.name)
    digits = len(train.digits(network.name, download=False).train)
    recipe = recipe_options.recipe(presets.teach(network.name, network.recipe, digits), options)
    return train.do(Job("train", network.name, recipe, options.promote))
