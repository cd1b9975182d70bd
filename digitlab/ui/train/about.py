"""One stored model in words: how right it is, beside its author's figures, and how it was trained."""

from __future__ import annotations

from typing import Any

import streamlit as st

from digitlab import networks
from digitlab.analysis import history
from digitlab.models import store
from digitlab.networks import TEACHER_TEMPERATURE, Recipe

SPLITS = {"training": "Training", "validation": "Validation", "test": "Test"}
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}
SCHEDULES = {
    "constant": "constant",
    "cosine": "reached after a tenth of the steps, from which it falls to 0 along a cosine",
}
DISTORTIONS = {
    "none": "none",
    "gentle": "gentle: bent, turned, stretched, slanted, shifted, thicker or thinner",
    "drawn": "as people draw: bent, turned, stretched, slanted, shifted, thicker or thinner, some tilted or small",
}
SCALINGS = {
    "unit": "pixels divided by 255: from 0 to 1",
    "standardised": "pixels divided by 255, minus the mean of the training pixels, divided by their standard deviation",
}
UNKNOWN = "–"  # a hyphen would begin a list


def show(stored: store.StoredModel) -> None:
    """Show a model's figures and its recipe."""
    run = stored.run
    figures, recipe = st.columns([2, 3], gap="large")
    with figures:
        st.markdown("**How right it is**")
        st.table(reached(run), hide_index=True, alt=f"Accuracy, loss and F1 of {stored.name} on each split")
        st.caption(training_figures(run))
        st.caption(reported(stored.name))
    with recipe:
        st.markdown("**How it was trained**")
        st.table(choices(run), alt=f"The recipe of {stored.name}")


def reached(run: dict[str, Any]) -> list[dict[str, str]]:
    """Rows of a table: accuracy, loss and F1 on the digits of each split; a dash where they were not measured.

    Args:
        run: the contents of a `run.json`, of any age; an old one knows of training digits what its kept epoch reached.
    """
    kept = next(epoch for epoch in run["history"] if epoch["number"] == run["best_epoch"])
    metrics = {"training": kept} | run["metrics"]
    columns = {"Accuracy": ("accuracy", ".2%"), "Loss, nats": ("loss", ".4f"), "F1": ("f1", ".4f")}
    return [
        {"Digits": title}
        | {
            column: format(metrics[split][name], form) if name in metrics.get(split, {}) else UNKNOWN
            for column, (name, form) in columns.items()
        }
        for split, title in SPLITS.items()
    ]


def training_figures(run: dict[str, Any]) -> str:
    """A sentence on how the figures on training digits were measured."""
    if "training" in run["metrics"]:
        return "All are figures of the finished model, on digits without distortion."
    harder = history.only_in_training(run)
    listed = f" ({history.listed(harder)})" if harder else ""
    return f"On training digits: means over epoch {run['best_epoch']} as it learned{listed}, not of the finished model."


def reported(name: str) -> str:
    """A sentence on what the author of a network reported of it."""
    network = networks.NETWORKS.get(name)
    if network is None or network.reported is None:
        return "There are no figures of another author to compare with."
    order = " (training / test)" if "/" in network.reported else ""
    return f"Its author reported {network.reported}{order}."


def choices(run: dict[str, Any]) -> dict[str, str]:
    """Every choice by which a model was trained, in words, by what was chosen; without what was switched off.

    Args:
        run: the contents of a `run.json`, of any age.
    """
    recipe, room = Recipe(**run["recipe"]), run["data"].get("room", {})
    dropout = history.dropout(run)
    share, weaker = history.share, recipe.augment_end < 1
    found = {
        "Output": _output(run),
        "Loss": _loss(recipe),
        "Optimizer": OPTIMIZERS[recipe.optimizer],
        "Learning rate": f"{recipe.learning_rate:g}, {SCHEDULES[recipe.schedule]}",
        "Batch size": f"{recipe.batch_size}",
        "Epochs": f"{len(run['history'])} of {recipe.epochs}; kept are the weights of epoch {run['best_epoch']}",
        "Ended": run.get("ended"),
        "Early stopping": recipe.patience and f"after {recipe.patience} epochs without a better validation loss",
        "Digits": _digits(run, recipe),
        "Input scaling": SCALINGS[recipe.scaling],
        "Distortion": DISTORTIONS[recipe.augment]
        + (f"; at the end {share(recipe.augment_end)} as much" if recipe.augment != "none" and weaker else ""),
        "Other forms": recipe.written and f"up to {share(recipe.written)} of the digits",
        "Non-digits": recipe.non_digits and f"up to {share(recipe.non_digits)} of the pictures",
        "Corrupted": recipe.corrupted
        and f"up to {share(recipe.corrupted)} of the pictures: background, contrast, noise, lines, missing patches",
        "This room's": recipe.room
        and f"up to {share(recipe.room)} of the digits, from {room.get('drawings', 0)} drawings",
        "Dropout": dropout and f"{share(dropout)} of a layer's units",
        "Weights": f"averaged, momentum {recipe.ema:g} (less in a short training)" if recipe.ema else "as trained",
        "Begun with": f"the weights of {recipe.start}, then in service" if recipe.start else "random weights",
        "Views": _views(run, recipe),
        "Temperature": f"{run['temperature']:g}, which divides the logits; fitted on validation digits",
        "Seed": f"{recipe.seed}",
        "Versions": ", ".join(f"{package} {version}" for package, version in sorted(run.get("versions", {}).items())),
    }
    return {what: choice for what, choice in found.items() if choice}


def _output(run: dict[str, Any]) -> str:
    network = networks.NETWORKS.get(run.get("name", ""))
    if network is not None and network.head == "sigmoid":
        return "ten sigmoids, divided by their sum (their logarithms are the logits)"
    return "ten linear outputs (logits), from which softmax makes probabilities"


def _loss(recipe: Recipe) -> str:
    if recipe.teacher:
        return (
            f"distillation: cross-entropy with the answers of {recipe.teacher} instead of the labels, both at "
            f"temperature {TEACHER_TEMPERATURE:g}"
        )
    sparse = "sparse categorical cross-entropy"
    return f"{sparse}; for non-digits, cross-entropy with 10% for each digit" if recipe.non_digits else sparse


def _digits(run: dict[str, Any], recipe: Recipe) -> str:
    there = run["data"]["train"]
    whole = f"{there:,} of full MNIST" if run["data"]["source"] == "full" else f"{there:,} that ship with digitlab"
    return f"{recipe.examples:,} of the {whole}" if recipe.examples and recipe.examples < there else whole


def _views(run: dict[str, Any], recipe: Recipe) -> str | None:
    """How many views of a digit a network with three answers from; see `training.build.for_export`."""
    network = networks.NETWORKS.get(run.get("name", ""))
    if network is None or not network.views:
        return None
    return "the mean over three" if recipe.is_long or recipe.start else "only one, after so short a training"
