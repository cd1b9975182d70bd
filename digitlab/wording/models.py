"""One stored model in words: how right it is, beside its author's figures, and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from digitlab import networks
from digitlab.analysis import history
from digitlab.errors import DamagedModel, InvalidValue
from digitlab.networks import TEACHER_TEMPERATURE, Recipe
from digitlab.wording import parts
from digitlab.wording.history import harder
from digitlab.wording.language import N_, gettext, pgettext
from digitlab.wording.stored import translated

UNKNOWN = "–"  # a hyphen would begin a list


def options() -> dict[str, dict[str, str]]:
    """What the values of a recipe's fields mean, by field; a schedule has a place for the rate."""
    return {
        "optimizer": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"},
        "schedule": {
            "constant": gettext("{rate:g}, constant"),
            "cosine": gettext("{rate:g}, reached after a tenth of the steps, from which it falls to 0 along a cosine"),
        },
        "augment": {
            "none": pgettext("augment", "none"),
            "gentle": gettext("gentle: bent, turned, stretched, slanted, shifted, thicker or thinner"),
            "drawn": gettext(
                "as people draw: bent, turned, stretched, slanted, shifted, thicker or thinner, some tilted or small"
            ),
        },
        "scaling": {
            "unit": gettext("pixels divided by 255: from 0 to 1"),
            "standardised": gettext(
                "pixels divided by 255, minus the mean of the training pixels, divided by their standard deviation"
            ),
        },
    }


def value(field: str, chosen: Any) -> str:
    """What the form shows of a value that can be chosen for a field of a recipe."""
    return pgettext(field, str(chosen)) if chosen != "" else pgettext("model", "none")


def summary(run: dict[str, Any]) -> str:
    """What a model is, how it was trained and when, as Markdown.

    Args:
        run: the contents of a `run.json`.
    """
    return gettext(
        "**{summary}.** {parameters:,} parameters, trained in {seconds:.0f} s on {digits:,} digits ({machine}), {day}."
    ).format(
        summary=parts.inert(gettext(run["summary"])), parameters=run["parameters"], seconds=run["duration_s"],
        digits=run["recipe"].get("examples") or run["data"]["train"], machine=parts.inert(run["machine"]),
        day=parts.inert(run["trained_at"][:10]),
    )  # fmt: skip


def version(run: dict[str, Any]) -> str:
    """What tells a version of a model from another: when it was trained, and what it reaches; as Markdown."""
    return gettext("trained {when} UTC, right on {accuracy:.2%} of the validation digits").format(
        when=trained_at(run), accuracy=run["metrics"]["validation"]["accuracy"]
    )


def trained_at(run: dict[str, Any]) -> str:
    """When a version was trained, to the minute."""
    return parts.inert(run["trained_at"].replace("T", " ")[:16])


def in_service(name: str, run: dict[str, Any] | None) -> str:
    """Which version of a model answers now, as Markdown; None for none that is whole."""
    if run is None:
        return gettext("**{model}** has no whole version in service yet.").format(model=name)
    return gettext("In service is the **{model}** {version}.").format(model=name, version=version(run))


def roll_back(run: dict[str, Any] | None) -> str:
    """What a button says that brings a version back; None if there is none before."""
    if run is None:
        return gettext("Roll back")
    return gettext("Roll back to that of {when}").format(when=trained_at(run))


def roll_back_help(run: dict[str, Any] | None) -> str:
    """What that button does."""
    if run is None:
        return gettext("There is no version before the one in service.")
    return gettext("Brings back the version {version}; the one in service is kept, to be brought back as well").format(
        version=version(run)
    )


def reached(run: dict[str, Any]) -> list[dict[str, str]]:
    """Rows of a table: accuracy, loss and F1 on the digits of each split; a dash where they were not measured.

    Args:
        run: the contents of a `run.json`, of any age; an old one knows of training digits what its kept epoch reached.
    """
    kept = next(epoch for epoch in run["history"] if epoch["number"] == run["best_epoch"])
    splits = {"training": gettext("Training"), "validation": gettext("Validation"), "test": gettext("Test")}
    columns = {
        gettext("Accuracy"): ("accuracy", ".2%"), gettext("Loss, nats"): ("loss", ".4f"), gettext("F1"): ("f1", ".4f")
    }  # fmt: skip
    metrics = {"training": kept} | run["metrics"]
    return [
        {gettext("Digits"): title}
        | {
            column: format(metrics[split][name], form) if name in metrics.get(split, {}) else UNKNOWN
            for column, (name, form) in columns.items()
        }
        for split, title in splits.items()
    ]


def training_figures(run: dict[str, Any]) -> str:
    """A sentence on how the figures on training digits were measured."""
    if "training" in run["metrics"]:
        return gettext("All are figures of the finished model, on digits without distortion.")
    reasons = harder(history.only_in_training(run))
    if reasons:
        said = gettext(
            "On training digits: means over epoch {epoch} as it learned ({reasons}), not of the finished model."
        )
        return said.format(epoch=run["best_epoch"], reasons=parts.clauses(reasons))
    return gettext("On training digits: means over epoch {epoch} as it learned, not of the finished model.").format(
        epoch=run["best_epoch"]
    )


def reported(name: str) -> str:
    """A sentence on what the author of a network reported of it."""
    network = networks.NETWORKS.get(name)
    if network is None or network.reported is None:
        return gettext("There are no figures of another author to compare with.")
    if "/" in network.reported:
        return gettext("Its author reported {figures} (training / test).").format(figures=network.reported)
    return gettext("Its author reported {figures}.").format(figures=network.reported)


def choices(run: dict[str, Any]) -> dict[str, str]:
    """Every choice by which a model was trained, by what was chosen; without what was switched off.

    Args:
        run: the contents of a `run.json`, of any age.

    Raises:
        DamagedModel: its recipe is none, or has values that only a newer version of digitlab knows.
    """
    try:
        recipe = Recipe(**run["recipe"])
    except (InvalidValue, TypeError) as error:
        raise DamagedModel(N_("The recipe of this model cannot be told: {error}"), error=error) from error
    chosen = {field: meanings[getattr(recipe, field)] for field, meanings in options().items()}

    def filled(sentence: str) -> str:
        return sentence.format(run=run, recipe=recipe, done=len(run["history"]), rate=recipe.learning_rate)

    said = {
        gettext("Output"): _output(run),
        gettext("Loss"): _loss(recipe),
        gettext("Optimizer"): chosen["optimizer"],
        gettext("Learning rate"): filled(chosen["schedule"]),
        gettext("Batch size"): f"{recipe.batch_size}",
        gettext("Epochs"): filled(
            gettext("{done} of {recipe.epochs}; kept are the weights of epoch {run[best_epoch]}")
        ),
        gettext("Ended"): parts.inert(translated(run.get("ended") or "")),
        gettext("Early stopping"): recipe.patience
        and filled(gettext("after {recipe.patience} epochs without a better validation loss")),
        gettext("Digits"): _digits(run, recipe),
        gettext("Input scaling"): chosen["scaling"],
        gettext("Distortion"): _distortion(recipe, chosen["augment"]),
        **_shares(run, recipe),
        gettext("Weights"): filled(gettext("averaged, momentum {recipe.ema:g} (less in a short training)"))
        if recipe.ema
        else gettext("as trained"),
        gettext("Begun with"): filled(gettext("the weights of {recipe.start}, then in service"))
        if recipe.start
        else gettext("random weights"),
        gettext("Views"): _views(run, recipe),
        gettext("Temperature"): filled(
            gettext("{run[temperature]:g}, which divides the logits; fitted on validation digits")
        ),
        gettext("Seed"): f"{recipe.seed}",
        gettext("Versions"): parts.inert(
            ", ".join(f"{name} {number}" for name, number in sorted(run.get("versions", {}).items()))
        ),
    }
    return {what: choice for what, choice in said.items() if choice}


def _distortion(recipe: Recipe, distortion: str) -> str:
    if recipe.augment == "none" or recipe.augment_end == 1:
        return distortion
    said = gettext("{distortion}; at the end {share} as much")
    return said.format(distortion=distortion, share=parts.share(recipe.augment_end))


def _shares(run: dict[str, Any], recipe: Recipe) -> dict[str, str]:
    """What was mixed in and dropped, without what was switched off."""
    said = {
        gettext("Other forms"): (recipe.written, gettext("up to {share} of the digits")),
        gettext("Non-digits"): (recipe.non_digits, gettext("up to {share} of the pictures")),
        gettext("Corrupted"): (
            recipe.corrupted,
            gettext("up to {share} of the pictures: background, contrast, noise, lines, missing patches"),
        ),
        gettext("This room's"): (recipe.room, gettext("up to {share} of the digits, from {drawings} drawings")),
        gettext("Dropout"): (history.dropout(run), gettext("{share} of a layer's units")),
    }
    drawings = run["data"].get("room", {}).get("drawings", 0)
    return {
        what: sentence.format(share=parts.share(share), drawings=drawings)
        for what, (share, sentence) in said.items()
        if share
    }


def _output(run: dict[str, Any]) -> str:
    network = networks.NETWORKS.get(run.get("name", ""))
    if network is not None and network.head == "sigmoid":
        return gettext("ten sigmoids, divided by their sum (their logarithms are the logits)")
    return gettext("ten linear outputs (logits), from which softmax makes probabilities")


def _loss(recipe: Recipe) -> str:
    if recipe.teacher:
        return gettext(
            "distillation: cross-entropy with the answers of {teacher} instead of the labels, both at temperature "
            "{temperature:g}"
        ).format(teacher=recipe.teacher, temperature=TEACHER_TEMPERATURE)
    if recipe.non_digits:
        return gettext("sparse categorical cross-entropy; for non-digits, cross-entropy with 10% for each digit")
    return gettext("sparse categorical cross-entropy")


def _digits(run: dict[str, Any], recipe: Recipe) -> str:
    there = run["data"]["train"]
    is_full, is_part = run["data"]["source"] == "full", recipe.examples and recipe.examples < there
    if is_full and is_part:
        said = gettext("{examples:,} of the {there:,} of full MNIST")
    elif is_full:
        said = gettext("{there:,} of full MNIST")
    elif is_part:
        said = gettext("{examples:,} of the {there:,} that ship with digitlab")
    else:
        said = gettext("{there:,} that ship with digitlab")
    return said.format(examples=recipe.examples or there, there=there)


def _views(run: dict[str, Any], recipe: Recipe) -> str | None:
    """How many views of a digit a network with three answers from; see `training.build.for_export`."""
    network = networks.NETWORKS.get(run.get("name", ""))
    if network is None or not network.views:
        return None
    if recipe.is_long or recipe.start:
        return gettext("the mean over three")
    return gettext("only one, after so short a training")


def how_to_read(rows: Sequence[Mapping[str, Any]]) -> str:
    """Accuracy against size; `rows` have a `name`, its `parameters` and its `accuracy` in [0, 1]."""
    axes = gettext(
        "Each point is a model: further to the right it has more parameters, ten times as many at each step of the "
        "scale, and further up it reads more digits right."
    )
    top = max(rows, key=lambda row: row["accuracy"])
    small = min(rows, key=lambda row: row["parameters"])
    highest = gettext("The highest is **{model}**: {share:.2%} with {parameters:,} parameters.").format(
        model=top["name"], share=top["accuracy"], parameters=top["parameters"]
    )
    if small["name"] == top["name"]:
        return parts.sentences(axes, highest, gettext("It is also the smallest.") if len(rows) > 1 else "")
    smallest = gettext(
        "The smallest, **{model}**, gets {share:.2%} with {parameters:,}. Size alone does not decide: look for models "
        "that lie high and to the left."
    ).format(model=small["name"], share=small["accuracy"], parameters=small["parameters"])
    return parts.sentences(axes, highest, smallest)
