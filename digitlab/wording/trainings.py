"""A training that runs, and what becomes of the model that it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitlab import collection
from digitlab.analysis.comparison import Comparison
from digitlab.jobs import Status
from digitlab.networks import Network
from digitlab.wording.language import gettext, ngettext, numeral
from digitlab.wording.parts import duration, inert, sentences
from digitlab.wording.stored import translated


def progress(status: Status) -> str:
    """Where a running training is, as Markdown."""
    epochs = status.recipe["epochs"]
    where = {"training": gettext("Epoch {epoch} of {epochs}"), "paused": gettext("Paused in epoch {epoch} of {epochs}")}
    said = [gettext("**{network}**: {where}")]
    if status.train:
        said.append(ngettext("{digits:,} digit", "{digits:,} digits", status.train))
    if status.left_s is not None:
        said.append(gettext("can be promoted in about {left}"))
    at = inert(message(status).rstrip("."))
    if status.state in where:
        at = where[status.state].format(epoch=min(len(status.history) + 1, epochs), epochs=epochs)
    figures = {"network": inert(status.network), "where": at, "digits": status.train}
    return " · ".join(part.format(**figures, left=duration(status.left_s or 0)) for part in said)


def message(status: Status) -> str:
    """What a job last said of itself."""
    return translated(status.message)


def queued(status: Status) -> str:
    """A job that waits for a machine, as Markdown."""
    said = gettext("**{network}**: queued. {message}")
    return said.format(network=inert(status.network), message=inert(message(status)))


def running(status: Status) -> str:
    """Why nothing else can be trained at the moment, as Markdown."""
    return gettext("Running: {who}. One training at a time.").format(who=inert(status.who()))


def packaged_only(digits: int) -> str:
    """Where full MNIST is not here, what a training will use."""
    return gettext(
        "Full MNIST is not on this machine. A training fetches it (11 MB) if it can, or else uses the {digits:,} "
        "digits that come with digitlab."
    ).format(digits=digits)


def takes_about(time: str, *, is_trained: bool) -> str:
    """How long a training takes on a machine whose speed has not been measured.

    Args:
        time: as `duration` says it.
        is_trained: whether that is known from an earlier training of the network.
    """
    said = gettext("Can be promoted after about {time}, at a guess.")
    if is_trained:
        said = gettext("Can be promoted after about {time}, judging by an earlier training.")
    return said.format(time=time)


def preview(*, distorted: bool) -> tuple[str, str]:
    """The digits that a network will see: for screen readers, and the caption."""
    if distorted:
        return (
            gettext("Ten digits, distorted anew in every epoch"),
            gettext("MNIST's digits as the network will see them: distorted anew in every epoch"),
        )
    return gettext("Ten digits, undistorted"), gettext("MNIST's digits as the network will see them: undistorted")


def network(of: Network, parameters: int) -> str:
    """What a network is, as Markdown."""
    said = gettext("**{name}**, a {family} of {parameters:,} parameters: {summary}")
    return said.format(name=of.name, family=of.family, parameters=parameters, summary=gettext(of.summary))


def changed_sides(side: str, count: int, shown: int) -> str:
    """Above the digits that a challenger has "gained" or "lost", as Markdown; at most so many are shown."""
    if count > shown:
        said = {
            "gained": gettext("**Gained** ({count}, the first {shown})"),
            "lost": gettext("**Lost** ({count}, the first {shown})"),
        }[side]
    else:
        said = {"gained": gettext("**Gained** ({count})"), "lost": gettext("**Lost** ({count})")}[side]
    return said.format(count=count, shown=shown)


def curve(status: Status, quantity: str) -> str:
    """What the curve of a quantity, "loss" or "accuracy", shows so far, for screen readers."""
    name = {"loss": gettext("Loss"), "accuracy": gettext("Accuracy")}[quantity]
    if not status.history:
        return gettext("{quantity} by batch; no epoch is done yet").format(quantity=name)
    last = status.history[-1]
    return gettext(
        "{quantity} after epoch {epoch}: {training:.4f} in training, {validation:.4f} on validation digits"
    ).format(quantity=name, epoch=last["number"], training=last[quantity], validation=last[f"val_{quantity}"])


def epochs(status: Status) -> list[list[str]]:
    """The epochs done so far as rows of a table, below their headings."""
    heads = [
        gettext("Epoch"), gettext("Loss in training"), gettext("on validation digits"),
        gettext("Accuracy in training"), gettext("on validation digits"),
    ]  # fmt: skip
    return [heads] + [
        [
            str(epoch["number"]),
            *(numeral(epoch[name], ".4f") for name in ("loss", "val_loss")),
            *(numeral(epoch[name], ".2%") for name in ("accuracy", "val_accuracy")),
        ]
        for epoch in status.history
    ]


def right_now(right: int, count: int) -> str:
    """How many of the digits shown during a training are right at the moment, as Markdown."""
    return ngettext(
        "**{right} of these {count}** held-out digits is right at the moment; a third are hard ones.",
        "**{right} of these {count}** held-out digits are right at the moment; a third are hard ones.",
        right,
    ).format(right=right, count=count)


def done(change: str, model: str) -> str:
    """What a change of a model's versions has done: "promote", "dismiss" or "roll back"; as Markdown."""
    return {
        "promote": gettext(
            "{model} is in service: every open window answers with it at its next stroke. "
            "[Draw with it](/?right={model})"
        ),
        "dismiss": gettext("The challenger is gone; {model} is as before."),
        "roll back": gettext("{model} answers as the version before did. The version that it replaced is kept."),
    }[change].format(model=model)


def unopposed(model: str, accuracy: float) -> str:
    """What is known of a challenger if no whole version of the model is in service, as Markdown."""
    return gettext(
        "**{model}** is right on {accuracy:.2%} of the validation digits. No whole version of it is in service."
    ).format(model=model, accuracy=accuracy)


def test(compared: Comparison, *, in_room: bool) -> str:
    """By which test a challenger was compared, and on which digits."""
    if in_room:
        said = gettext("McNemar's exact test on {count:,} drawings of this room, p = {p_value:.3g}.")
    else:
        said = gettext("McNemar's exact test on {count:,} validation digits, p = {p_value:.3g}.")
    return said.format(count=compared.before_summary.count, p_value=compared.p_value)


def teaching(labelled: int) -> str:
    """What a model is taught with, or how many drawings that still takes."""
    if labelled < collection.TEACHABLE:
        return gettext(
            "It takes {least} drawings with a label; the collection has {labelled}. The Wall shows how to draw some."
        ).format(least=collection.TEACHABLE, labelled=labelled)
    return gettext(
        "From {labelled:,} labelled drawings, mixed with MNIST so that it does not forget. One drawing in {aside} is "
        "set aside, to compare before and after."
    ).format(labelled=labelled, aside=collection.ASIDE)


def nothing_to_teach(model: str) -> str:
    """Why a model cannot be taught if no whole version of it is in service."""
    return gettext("There is no whole model {model} in service to teach.").format(model=model)


def how_to_read(history: Sequence[Mapping[str, float]], epochs: int) -> str:
    """The two charts of a running training.

    Args:
        history: its epochs so far.
        epochs: how many there will be.
    """
    lines = gettext(
        "The grey line is every batch of training digits, the dotted one their mean over an epoch, the solid one "
        "validation digits. Loss should fall and accuracy rise."
    )
    if not history:
        return sentences(lines, gettext("The solid line begins once the first epoch is done."))
    last = history[-1]
    now = gettext(
        "After epoch {epoch} of {epochs}, loss is {loss:.3f} in training and {val_loss:.3f} on validation digits."
    ).format(epoch=last["number"], epochs=epochs, loss=last["loss"], val_loss=last["val_loss"])
    if last["val_loss"] <= last["loss"]:
        gap = gettext(
            "Both are as they should be: it reads digits that it does not know no worse than those it learns from."
        )
    else:
        gap = gettext("The difference between them is what it knows of its training digits only.")
    return sentences(lines, now, gap)
