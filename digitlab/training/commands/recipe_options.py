"""The options by which a command takes a recipe: one for each hyperparameter."""

from __future__ import annotations

import argparse

from digitlab.networks import HYPERPARAMETERS, Recipe


def add(parser: argparse.ArgumentParser) -> None:
    """Add an option for each hyperparameter; one that is not given keeps the value of the network's recipe."""
    group = parser.add_argument_group("hyperparameters", "without them, the network's own values")
    for hyperparameter in HYPERPARAMETERS.values():
        about = f"{hyperparameter.title}. {hyperparameter.description} ({hyperparameter.values})"
        group.add_argument(
            f"--{hyperparameter.name.replace('_', '-')}", type=hyperparameter.parse, default=argparse.SUPPRESS,
            metavar="VALUE", help=about.replace("%", "%%"),
        )  # fmt: skip


def recipe(published: Recipe, options: argparse.Namespace) -> Recipe:
    """A network's recipe with the values of the options that were given."""
    return published.with_changes(**{name: value for name, value in vars(options).items() if name in HYPERPARAMETERS})
