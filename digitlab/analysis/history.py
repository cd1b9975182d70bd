"""What a training's history says: how it went, and how its curves for training and for validation differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitlab import networks
from digitlab.errors import UnknownNetwork

COLUMNS = ("elapsed_s", "loss", "val_loss", "accuracy", "val_accuracy")  # of an epoch, beside its number
TURN = 1.05  # a loss has turned up once it is this many times its minimum
TIE = 0.002  # accuracies that differ by at most this (0.2 points) are called the same
GUESSING = math.log(networks.CLASSES)  # loss, in nats, of 10% for each digit
HARDLY = 0.8  # a training loss of more than this share of it is hardly better


@dataclass(frozen=True)
class History:
    """A training, epoch by epoch.

    Attributes:
        epochs: numbers of the epochs, from 1.
        elapsed_s: seconds since training began, at the end of each epoch.
        loss, val_loss: cross-entropy in nats, on training and on validation digits.
        accuracy, val_accuracy: shares of right answers in [0, 1], on training and on validation digits.
        best: index of the epoch whose weights were kept.
        recipe: the hyperparameters, as in `run.json`.
        harder: see `only_in_training`.
        usual_rate: see `usual_rate`.
        ended: why it ended before its last epoch, as a sentence; None if it did not.
        alike: accuracies of the exported model on training and validation digits, both undistorted; None if the former
            was not measured.
    """

    epochs: Sequence[int]
    elapsed_s: Sequence[float]
    loss: Sequence[float]
    val_loss: Sequence[float]
    accuracy: Sequence[float]
    val_accuracy: Sequence[float]
    best: int
    recipe: dict[str, Any]
    harder: Mapping[str, float]
    usual_rate: float | None
    ended: str | None
    alike: tuple[float, float] | None

    @property
    def lowest(self) -> int:
        """Index of the epoch with the lowest validation loss."""
        return _lowest(self.val_loss)

    @property
    def has_hardly_learned(self) -> bool:
        """Whether its training loss ends hardly below that of guessing."""
        return self.loss[-1] > HARDLY * GUESSING

    @property
    def lowest_before_rise(self) -> int | None:
        """Index of the epoch with the lowest training loss, if this loss and accuracy get worse after it; else None.

        No training wants that, whatever validation says.
        """
        lowest = _lowest(self.loss)
        rises = self.loss[-1] > TURN * self.loss[lowest] and self.accuracy[-1] < max(self.accuracy) - TIE
        return lowest if rises else None

    @property
    def overfits(self) -> bool:
        """Whether validation loss turns up while training loss goes on falling."""
        return self.val_loss[-1] > TURN * self.val_loss[self.lowest] and self.loss[-1] < self.loss[self.lowest]

    @property
    def is_falling(self) -> bool:
        """Whether more epochs would probably lower the validation loss."""
        falls = len(self.epochs) > 1 and TURN * self.val_loss[-1] < self.val_loss[-2]
        return falls and self.recipe["schedule"] == "constant"

    @property
    def above(self) -> int:
        """In how many epochs the training loss lies above the validation loss."""
        return sum(loss > val_loss for loss, val_loss in zip(self.loss, self.val_loss, strict=True))

    @property
    def lies_above(self) -> bool:
        """Whether the training loss lies above the validation loss mostly, or in the kept epoch."""
        return 2 * self.above >= len(self.epochs) or self.loss[self.best] > self.val_loss[self.best]


def read(run: dict[str, Any]) -> History:
    """The history in the contents of a `run.json`."""
    columns = {name: [epoch[name] for epoch in run["history"]] for name in COLUMNS}
    epochs, metrics = [epoch["number"] for epoch in run["history"]], run["metrics"]
    return History(
        epochs=epochs,
        best=epochs.index(run["best_epoch"]),
        recipe=run["recipe"],
        harder=only_in_training(run),
        usual_rate=usual_rate(run.get("name", ""), run["recipe"]),
        ended=run.get("ended"),
        alike=(metrics["training"]["accuracy"], metrics["validation"]["accuracy"]) if "training" in metrics else None,
        **columns,
    )


def usual_rate(network: str, recipe: Mapping[str, Any]) -> float | None:
    """The learning rate of a network's own recipe; None if the network is not in the registry, or if `recipe` has
    another optimizer, whose rates cannot be compared."""
    own = networks.NETWORKS.get(network)
    return own.recipe.learning_rate if own and own.recipe.optimizer == recipe.get("optimizer") else None


def only_in_training(run: dict[str, Any]) -> dict[str, float]:
    """What makes digits harder to read during this training than when it is validated.

    Args:
        run: the contents of a `run.json`, of any age.

    Returns:
        Shares in [0, 1], by kind. "distorted": how much of the distortion is left at the end; "small", drawn small:
        always 1; "written", other forms, and "room", a room's drawings: the largest share of the digits; "dropout":
        the share of a layer's units.
    """
    recipe = run["recipe"]
    kinds = {
        "distorted": recipe.get("augment_end", 1.0) if recipe["augment"] != "none" else None,
        "small": 1.0 if recipe["augment"] == "drawn" else None,
        "written": recipe.get("written"),
        "room": recipe.get("room"),
        "dropout": dropout(run),
    }
    return {kind: share for kind, share in kinds.items() if share or (kind == "distorted" and share is not None)}


def dropout(run: dict[str, Any]) -> float | None:
    """The share of units that a training dropped; 0 if its network drops none, None if that is no longer known.

    Args:
        run: the contents of a `run.json`, of any age.
    """
    rate = run["recipe"].get("dropout")
    try:
        network = networks.get(run.get("name", ""))
    except UnknownNetwork:
        return rate
    has_dropout = any(layer.kind.startswith("Dropout") for layer in networks.layer_table(network))
    return (network.dropout if rate is None else rate) if has_dropout else 0.0


def _lowest(losses: Sequence[float]) -> int:
    return min(range(len(losses)), key=losses.__getitem__)
