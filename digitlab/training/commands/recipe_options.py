"""The options by which a command takes a recipe, one for each hyperparameter, and what becomes of its network."""

from __future__ import annotations

import argparse

from digitlab.jobs import PROMOTE
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


def add_promote(parser: argparse.ArgumentParser, default: str) -> None:
    """Add the option that says what becomes of the network after training."""
    parser.add_argument(
        "--promote", choices=PROMOTE, default=default,
        help=f"put the trained network into service, or let it wait as a challenger (default: {default})",
    )  # fmt: skip


def recipe(published: Recipe, options: argparse.Namespace) -> Recipe:
    """A network's recipe with the values of the options that were given."""
    return published.with_changes(**{name: value for name, value in vars(options).items() if name in HYPERPARAMETERS})
