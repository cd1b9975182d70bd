"""The registry of networks: to add one, write a function and decorate it; everything else then finds it.

A network's function takes Keras's `layers` module, the images as a (batch, 28, 28, 1) tensor in [0, 1] and the
dropout rate, and returns its last hidden layer; `training.build` adds the ten logits. So networks are described
without importing Keras, and listing them costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from digitlab.errors import UnknownNetwork
from digitlab.language import N_
from digitlab.networks.recipe import Recipe

CLASSES = 10

Hidden = Callable[[Any, Any, float], Any]  # (layers, images, dropout) -> the last hidden layer


@dataclass(frozen=True)
class Network:
    """One entry of the registry.

    Attributes:
        name: as on the command line and in `models/`.
        family: "DNN" (dense layers only) or "CNN".
        summary: one line for tables.
        recipe: how it is trained by default.
        dropout: its dropout rate unless the recipe names another.
        hidden: (layers, images, dropout) -> the last hidden layer.
        head: how its ten outputs are trained: "softmax", or "sigmoid" (each separately, then normalised to sum to 1).
        deslanted: whether it first takes the slant out of a digit (see `training.deslant`).
        views: whether it answers with the mean over three views of a digit (see `training.views`) after a long
            training; it is trained on one view.
        reported: the result that its author reported, for `docs/classics.md`; None for digitlab's own networks.
    """

    name: str
    family: str
    summary: str
    recipe: Recipe
    dropout: float
    hidden: Hidden
    head: str = "softmax"
    deslanted: bool = False
    views: bool = False
    reported: str | None = None


NETWORKS: dict[str, Network] = {}


def get(name: str) -> Network:
    """The network of this name.

    Raises:
        UnknownNetwork: there is no such network; the message lists the existing names.
    """
    try:
        return NETWORKS[name]
    except KeyError:
        raise UnknownNetwork(
            N_("There is no network {name!r}. Known: {names}."), name=name, names=", ".join(NETWORKS)
        ) from None


def network(
    name: str, family: str, summary: str, recipe: Recipe, dropout: float = 0.0, **rest: Any
) -> Callable[[Hidden], Hidden]:
    """Register the decorated function as the network `name`."""

    def register(hidden: Hidden) -> Hidden:
        NETWORKS[name] = Network(name, family, summary, recipe, dropout, hidden, **rest)
        return hidden

    return register
