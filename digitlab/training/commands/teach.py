"""Teach a model in service the handwriting of the labelled drawings."""

from __future__ import annotations

import argparse

from digitlab import networks
from digitlab.jobs import PROMOTE, Job, presets
from digitlab.training.commands import recipe_options, train


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    recipe_options.add(parser)
    parser.add_argument(
        "--promote", choices=PROMOTE, default="never",
        help="put the taught network into service, or let it wait as a challenger (default: never)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    network = networks.get(options.name)
    digits = len(train.digits(network.name, download=False).train)
    recipe = recipe_options.recipe(presets.teach(network.name, network.recipe, digits), options)
    return train.do(Job("train", network.name, recipe, options.promote))
