"""What was changed while a network learned, and what can be."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.analysis.film import MOST
from digitlab.jobs import Change, Seen
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral

LISTED = 6  # most changes that are told one by one


def changed(change: Change) -> str:
    """A change, shortly: the mark on a curve."""
    said = {
        "learning_rate": _("learning rate {value}"),
        "momentum": _("momentum {value}"),
        "noise": _("noise {value}"),
        "rotation": _("rotation ±{value}°"),
        "epochs": ngettext("{value} epoch", "{value} epochs", int(change.value)),
    }[change.knob]
    return said.format(value=numeral(round(change.value, 10), ".12g"))


def marks(changes: Sequence[Change], *, by_seconds: bool = False) -> list[tuple[float, str]]:
    """The marks of changes on a curve: epochs done, or seconds, and a label; what changed at one place has one mark."""
    labels: dict[float, list[str]] = {}
    for change in changes:
        labels.setdefault(change.elapsed_s if by_seconds else change.at, []).append(changed(change))
    return [(at, " · ".join(together)) for at, together in labels.items()]


def history(model: str, changes: Sequence[Change], *, waits: bool = False) -> str:
    """What was changed in the training of a model, and how it can be repeated all the same; as Markdown.

    Args:
        model: its name.
        changes: at least one.
        waits: whether this is a challenger, whose files are elsewhere.
    """
    listed = "; ".join(
        _("{change} from epoch {at:.1f} on").format(change=changed(change), at=change.at) for change in changes[:LISTED]
    )
    if len(changes) > LISTED:
        listed = _("{listed}; and {count} more").format(listed=listed, count=len(changes) - LISTED)
    told = ngettext(
        "It was changed {count} time while it learned: {listed}.",
        "It was changed {count} times while it learned: {listed}.",
        len(changes),
    ).format(count=len(changes), listed=listed)
    again = _(
        "So its recipe alone would give another network; `python -m digitlab train {model} --again {file}` makes the "
        "same changes at the same batches."
    ).format(model=model, file=f"models/{'.challengers/' if waits else ''}{model}/run.json")
    return f"{told} {again}"


def learning_rate_help(schedule: str) -> str:
    """What the slider of the learning rate does."""
    if schedule == "cosine":
        return _(
            "The peak of the schedule, in place of the recipe's: from the next batch on, every step is as much larger "
            "or smaller, and the schedule still takes it down to zero."
        )
    return _("In place of the recipe's, from the next batch on.")


def momentum_help(optimizer: str) -> str:
    """What the slider of the momentum does."""
    if optimizer == "sgd":
        return _("How much of the last step is added to the next one; this recipe begins without.")
    if optimizer in ("adam", "adamw"):
        return _("Beta 1: how much of its mean gradient Adam keeps at each step; it begins with 0.9.")
    return _("This optimizer has no momentum here.")


def noise_help() -> str:
    """What the slider of the noise does."""
    return _("Standard deviation of random noise on every pixel of the training digits; a pixel is from 0 to 1.")


def rotation_help() -> str:
    """What the slider of the rotation does."""
    return _("Every training digit is turned by a random angle of up to so many degrees, to either side.")


def one_more_help() -> str:
    """What the button for another epoch does."""
    return _(
        "Adds an epoch at the end, and stretches a cosine schedule to it. Early stopping may still end the training "
        "before."
    )


def pace(chosen: str | float) -> str:
    """A speed to choose: "full", "step", or seconds for each batch."""
    if isinstance(chosen, str):
        return {"full": _("full"), "step": _("step by step")}[chosen]
    return ngettext("a batch each second", "a batch every {seconds:g} seconds", round(chosen)).format(seconds=chosen)


def title() -> str:
    """Of all knobs together."""
    return _("Change it while it learns")


def learning_rate(schedule: str) -> str:
    """The slider of the learning rate."""
    return _("Learning rate at its peak") if schedule == "cosine" else _("Learning rate")


def momentum() -> str:
    """The slider of the momentum."""
    return _("Momentum")


def noise() -> str:
    """The slider of the noise."""
    return _("Noise on the digits")


def rotation() -> str:
    """The slider of the rotation."""
    return _("Rotation of the digits")


def speed() -> str:
    """The choice of speeds."""
    return _("Speed")


def step() -> str:
    """The button for the next batch."""
    return _("Next batch")


def one_more() -> str:
    """The button for another epoch."""
    return _("One epoch more")


def epoch() -> str:
    """The slider over the epochs of a film."""
    return _("Epoch")


def no_digit(answer: int) -> str:
    """The answer to a picture that is no digit, shortly."""
    return _("{answer}, no digit").format(answer=answer)


def films() -> str:
    """The part of a page that shows them."""
    return _("Epoch by epoch")


def film() -> str:
    """The choice of one."""
    return _("Film of")


def film_title(model: str) -> str:
    """Of a film."""
    return _("{model} epoch by epoch").format(model=model)


def film_of(model: str, epoch: int) -> str:
    """What one frame of a film is based on, for screen readers."""
    return _("the last hidden layer of {model} after epoch {epoch}").format(model=model, epoch=epoch)


def seen(batch: Seen) -> str:
    """What is shown of a batch in slow motion, as Markdown."""
    right = sum(label == answer for label, answer in zip(batch.labels, batch.answers, strict=True))
    return _(
        "**Batch {number:,}**, loss {loss:.3f} nats. Before it learned from these {size} digits, it read {right} of "
        "the first {shown} right:"
    ).format(number=batch.batch, loss=batch.loss, size=batch.size, right=right, shown=len(batch.labels))


def no_film(model: str) -> str:
    """Where a model has no film."""
    return _(
        "There is no film of the training of {model}: trainings of up to {most} epochs are filmed, and those of "
        "earlier versions were not. Train it again to see its matrix and map after each epoch."
    ).format(model=model, most=MOST)


def frame(epoch: int, counts_right: int, count: int) -> str:
    """The matrix of one epoch, as Markdown."""
    return _("**After epoch {epoch}**, {right:,} of {count:,} validation digits are right ({share:.2%}).").format(
        epoch=epoch, right=counts_right, count=count, share=counts_right / max(count, 1)
    )


def map_of(points: int) -> str:
    """What the map of one epoch shows."""
    return _(
        "{points} validation digits by its last hidden layer, coloured by their true digit. All epochs have the same "
        "two axes, so that a digit moves from epoch to epoch."
    ).format(points=points)
