"""Teach a model in service the handwriting of the labelled drawings."""

from __future__ import annotations

import argparse

from digitlab import networks
from digitlab.explain import labels
from digitlab.jobs import Job, presets
from digitlab.training.commands import recipe_options, train
from digitlab.wording import labels as words


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    recipe_options.add(parser)
    recipe_options.add_promote(parser, "never")
    parser.add_argument(
        "--keep-disputed", action="store_true",
        help="teach drawings, too, whose labels the models and the nearest digits contradict",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    network = networks.get(options.name)
    digits = len(train.digits(network.name, download=False).train)
    recipe = recipe_options.recipe(presets.teach(network.name, network.recipe, digits), options)
    check = labels.of_room()
    if check.disputed:
        print(words.told(check, are_taught=options.keep_disputed))
    left_out = () if options.keep_disputed else check.numbers
    return train.do(Job("train", network.name, recipe, options.promote, left_out=left_out))
