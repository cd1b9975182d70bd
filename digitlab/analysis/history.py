"""What a training's history says, in numbers and in sentences that follow from them and from its recipe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitlab import networks
from digitlab.errors import UnknownNetwork

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
        usual_rate: the learning rate of the network's own recipe; None if the network is no longer in the registry, or
            if it was trained with another optimizer, whose rates cannot be compared.
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
    harder: Sequence[str]
    usual_rate: float | None
    ended: str | None
    alike: tuple[float, float] | None


def read(run: dict[str, Any]) -> History:
    """The history in the contents of a `run.json`."""
    columns = {name: [epoch[name] for epoch in run["history"]] for name in run["history"][0]}
    epochs, metrics = columns.pop("number"), run["metrics"]
    network = networks.NETWORKS.get(run.get("name", ""))
    is_usual = network is not None and network.recipe.optimizer == run["recipe"]["optimizer"]
    return History(
        epochs=epochs,
        best=epochs.index(run["best_epoch"]),
        recipe=run["recipe"],
        harder=only_in_training(run),
        usual_rate=network.recipe.learning_rate if network and is_usual else None,
        ended=run.get("ended"),
        alike=(metrics["training"]["accuracy"], metrics["validation"]["accuracy"]) if "training" in metrics else None,
        **columns,
    )


def only_in_training(run: dict[str, Any]) -> list[str]:
    """What makes digits harder to read during this training than when it is validated, as clauses; may be empty.

    Args:
        run: the contents of a `run.json`, of any age.
    """
    recipe, clauses = run["recipe"], []
    if recipe["augment"] != "none":
        end = recipe.get("augment_end", 1.0)
        weaker = "" if end == 1 else f" (at the end {share(end)} as much as at first)"
        clauses.append(f"digits are distorted{weaker}")
    if recipe["augment"] == "drawn":
        clauses.append("some are drawn small")
    if recipe.get("written"):
        clauses.append(f"up to {share(recipe['written'])} are in other forms")
    if recipe.get("room"):
        clauses.append(f"up to {share(recipe['room'])} are a room's drawings")
    if rate := dropout(run):
        clauses.append(f"dropout switches off {share(rate)} of a layer's units")
    return clauses


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


def explain(history: History) -> str:
    """Sentences on how this training went, and on how its curves for training and for validation differ."""
    ended = history.ended or ""
    if "NaN" in ended:
        return ended
    failure = _hardly_learned(history) or _rising(history)
    told = [failure] if failure else [_overfitting(history), _measured_differently(history), _taught(history)]
    return " ".join(sentence for sentence in (ended, *told) if sentence)


def _hardly_learned(history: History) -> str | None:
    loss = history.loss[-1]
    if loss <= HARDLY * GUESSING:
        return None
    ends = (
        f"It has hardly learned anything: its training loss ends at {loss:.2f} nats, and guessing would give "
        f"{GUESSING:.2f}."
    )
    rate, usual = history.recipe["learning_rate"], history.usual_rate
    if usual is not None and rate < usual:
        return f"{ends} Its learning rate, {rate:g}, is too small for so few steps: the network's own is {usual:g}."
    if usual is not None and rate > usual:
        return f"{ends} Its learning rate, {rate:g}, is probably too large: the network's own is {usual:g}."
    return f"{ends} Its learning rate, {rate:g}, is probably too large; or, with few steps, too small."


def _rising(history: History) -> str | None:
    """What to say where the training loss itself gets worse, which no training wants."""
    lowest = _lowest(history.loss)
    if history.loss[-1] <= TURN * history.loss[lowest] or history.accuracy[-1] >= max(history.accuracy) - TIE:
        return None
    rate = history.recipe["learning_rate"]
    return (
        f"Even its training loss gets worse, from {history.loss[lowest]:.3f} at epoch {history.epochs[lowest]} to "
        f"{history.loss[-1]:.3f} at epoch {history.epochs[-1]}: its steps overshoot. Its learning rate, {rate:g}, is "
        f"probably too large; try {rate / 10:g}."
    )


def _overfitting(history: History) -> str:
    lowest, best = _lowest(history.val_loss), history.best
    least, ends = history.val_loss[lowest], history.val_loss[-1]
    if ends > TURN * least and history.loss[-1] < history.loss[lowest]:
        before, after = history.val_accuracy[lowest], history.val_accuracy[-1]
        meaning = "from there on it learns its training digits by heart."
        if after > before:
            meaning = (
                f"in the end it is right on {after:.2%} of the validation digits instead of {before:.2%}, but its "
                "probabilities for them have got worse."
            )
        return (
            f"Validation loss turns up after epoch {history.epochs[lowest]}, from {least:.3f} to {ends:.3f} at epoch "
            f"{history.epochs[-1]}, while training loss goes from {history.loss[lowest]:.3f} to "
            f"{history.loss[-1]:.3f}: {meaning}"
        )
    accuracy, val_accuracy = history.alike or (history.accuracy[best], history.val_accuracy[best])
    gap = accuracy - val_accuracy
    # Without figures measured alike, an easier validation may hide that training digits are known by heart.
    is_hidden = history.alike is None and history.harder
    when = f"At the kept epoch, {history.epochs[best]}"
    if history.alike:
        when = "On undistorted digits"
    elif len(history.epochs) == 1:
        when = "In its only epoch"
    told = (
        f"{when}, it is right on {accuracy:.2%} of the training digits{', as it sees them,' if is_hidden else ''} and "
        f"on {val_accuracy:.2%} of the validation digits: "
    )
    if gap > TIE:
        told += f"a gap of {100 * gap:.1f} points."
    elif is_hidden:
        told += "since training digits are harder to read, this neither shows overfitting nor rules it out."
    else:
        told += "no overfitting to see."
    if ends > least:
        told += f" Validation loss ends {100 * (ends / least - 1):.1f}% above its lowest, that of epoch "
        told += f"{history.epochs[lowest]}."
    elif len(history.epochs) > 1 and TURN * ends < history.val_loss[-2] and history.recipe["schedule"] == "constant":
        told += " Validation loss is still falling: more epochs would probably lower it."
    return told


def _measured_differently(history: History) -> str | None:
    """Why the training loss lies above the validation loss, where it does so mostly or in the end."""
    pairs = list(zip(history.loss, history.val_loss, strict=True))
    above = sum(loss > val_loss for loss, val_loss in pairs)
    if 2 * above < len(pairs) and pairs[history.best][0] <= pairs[history.best][1]:
        return None
    where = f"in {above} of {len(pairs)} epochs"
    if above == len(pairs):
        where = "in every epoch" if above > 1 else "in its only epoch"
    reasons = [*history.harder]
    if history.recipe.get("ema"):
        reasons.append("weights are not averaged")
    reasons.append("the loss is a mean over the whole epoch, in which the weights still get better")
    return (
        f"Training loss lies above validation loss {where}, for reasons that hold in training alone: {listed(reasons)}."
    )


def _taught(history: History) -> str | None:
    """What the training minimised, where that is another number than the curves show."""
    teacher, non_digits = history.recipe.get("teacher"), history.recipe.get("non_digits")
    if teacher:
        beside = ", to non-digits as well, which neither curve counts" if non_digits else ""
        return f"Both curves compare with the labels, but it learned the answers of its teacher, {teacher}{beside}."
    if non_digits:
        return (
            f"Neither curve counts the non-digits, up to {share(non_digits)} of what it saw, for which it learned to "
            "prefer none of the ten."
        )
    return None


def _lowest(losses: Sequence[float]) -> int:
    return min(range(len(losses)), key=losses.__getitem__)


def share(part: float) -> str:
    """A share in [0, 1] as text, to three digits: "12.5%"."""
    return f"{100 * part:.3g}%"


def listed(clauses: Sequence[str]) -> str:
    """One clause or more as a list in a sentence: "a, b, and c"."""
    *first, last = clauses
    return f"{', '.join(first)}, and {last}" if first else last
