"""What a training's history says, in numbers and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TURN = 1.05  # validation loss has turned up once it is this many times its minimum
TIE = 0.002  # accuracies that differ by at most this (0.2 points) are called the same


@dataclass(frozen=True)
class History:
    """A training, epoch by epoch.

    Attributes:
        epochs: numbers of the epochs, from 1.
        elapsed_s: seconds since training began, at the end of each epoch.
        loss, val_loss: cross-entropy in nats, on training and on validation digits.
        accuracy, val_accuracy: shares of right answers in [0, 1], on training and on validation digits.
        best: index of the epoch whose weights were kept.
        distorted: whether training digits were distorted, which makes them harder.
    """

    epochs: Sequence[int]
    elapsed_s: Sequence[float]
    loss: Sequence[float]
    val_loss: Sequence[float]
    accuracy: Sequence[float]
    val_accuracy: Sequence[float]
    best: int
    distorted: bool


def read(run: dict[str, Any]) -> History:
    """The history in the contents of a `run.json`."""
    columns = {name: [epoch[name] for epoch in run["history"]] for name in run["history"][0]}
    epochs = columns.pop("number")
    return History(
        epochs=epochs,
        best=epochs.index(run["best_epoch"]),
        distorted=run["recipe"]["augment"] != "none",
        **columns,
    )


def explain(history: History) -> str:
    """A sentence on how training and validation differ, computed from the numbers."""
    least = min(range(len(history.epochs)), key=lambda at: history.val_loss[at])
    last = len(history.epochs) - 1
    accuracy, val_accuracy = history.accuracy[history.best], history.val_accuracy[history.best]
    gap = accuracy - val_accuracy
    if least < last and history.val_loss[last] > TURN * history.val_loss[least]:
        return (
            f"Validation loss turns up after epoch {history.epochs[least]}, from {history.val_loss[least]:.3f} to "
            f"{history.val_loss[last]:.3f} at epoch {history.epochs[last]}, while training loss goes from "
            f"{history.loss[least]:.3f} to {history.loss[last]:.3f}: "
            "from there on it learns its training digits by heart."
        )
    if gap < -TIE:
        reason = "distorted digits" if history.distorted else "digits with units dropped or early weights"
        return (
            f"Validation accuracy ({val_accuracy:.2%}) is above training accuracy "
            f"({accuracy:.2%}) because training is measured on {reason}, which are harder; "
            "there is no overfitting to see."
        )
    if gap > TIE:
        return (
            f"At the best epoch, {history.epochs[history.best]}, it is right on {accuracy:.2%} of "
            f"the training digits and on {val_accuracy:.2%} of the validation digits: a gap of "
            f"{100 * gap:.1f} points, and validation loss has not turned up yet."
        )
    return (
        f"Training and validation accuracy end within {100 * TIE:.1f} points of each other "
        f"({accuracy:.2%} and {val_accuracy:.2%}): no overfitting to see."
    )
