"""How a training went, in sentences that follow from its history and its recipe."""

from __future__ import annotations

from collections.abc import Mapping

from digitlab.analysis.history import GUESSING, TIE, History
from digitlab.wording import parts
from digitlab.wording.language import gettext
from digitlab.wording.stored import translated


def lead() -> str:
    """What training curves show."""
    return gettext(
        "How each model learned. Where training loss goes on falling and validation loss does not, it only memorises."
    )


def explain(history: History) -> str:
    """Sentences on how this training went, and on how its curves for training and for validation differ."""
    ended = parts.inert(translated(history.ended)) if history.ended is not None else None
    if ended is not None and "NaN" in (history.ended or ""):
        return ended
    said: list[str | None] = [ended]
    if history.has_hardly_learned:
        said += [_hardly_learned(history)]
    elif history.lowest_before_rise is not None:
        said += [_rising(history, history.lowest_before_rise)]
    else:
        said += [_overfitting(history)] if history.overfits else [_gap(history), _validation_loss(history)]
        said += [_measured_differently(history), _taught(history)]
    return " ".join(filter(None, said))


def _hardly_learned(history: History) -> str:
    rate, usual = history.recipe["learning_rate"], history.usual_rate
    loss = gettext(
        "It has hardly learned anything: its training loss ends at {loss:.2f} nats, and guessing would give "
        "{guessing:.2f}."
    ).format(loss=history.loss[-1], guessing=GUESSING)
    if usual is None or rate == usual:
        why = gettext("Its learning rate, {rate:g}, is probably too large; or, with few steps, too small.")
    elif rate < usual:
        why = gettext("Its learning rate, {rate:g}, is too small for so few steps: the network's own is {usual:g}.")
    else:
        why = gettext("Its learning rate, {rate:g}, is probably too large: the network's own is {usual:g}.")
    return f"{loss} {why.format(rate=rate, usual=usual)}"


def _rising(history: History, lowest: int) -> str:
    rate = history.recipe["learning_rate"]
    return gettext(
        "Even its training loss gets worse, from {least:.3f} at epoch {lowest} to {loss:.3f} at epoch {last}: its "
        "steps overshoot. Its learning rate, {rate:g}, is probably too large; try {less:g}."
    ).format(
        least=history.loss[lowest], lowest=history.epochs[lowest], loss=history.loss[-1], last=history.epochs[-1],
        rate=rate, less=rate / 10,
    )  # fmt: skip


def _overfitting(history: History) -> str:
    lowest = history.lowest
    before, after = history.val_accuracy[lowest], history.val_accuracy[-1]
    if after > before:
        said = gettext(
            "Validation loss turns up after epoch {lowest}, from {least:.3f} to {ends:.3f} at epoch {last}, while "
            "training loss goes from {loss:.3f} to {last_loss:.3f}: in the end it is right on {after:.2%} of the "
            "validation digits instead of {before:.2%}, but its probabilities for them have got worse."
        )
    else:
        said = gettext(
            "Validation loss turns up after epoch {lowest}, from {least:.3f} to {ends:.3f} at epoch {last}, while "
            "training loss goes from {loss:.3f} to {last_loss:.3f}: from there on it learns its training digits by "
            "heart."
        )
    return said.format(
        lowest=history.epochs[lowest], least=history.val_loss[lowest], ends=history.val_loss[-1],
        last=history.epochs[-1], loss=history.loss[lowest], last_loss=history.loss[-1], before=before, after=after,
    )  # fmt: skip


def _gap(history: History) -> str:
    """How often it is right on training and on validation digits, and what the difference means."""
    accuracy, val_accuracy = history.alike or (history.accuracy[history.best], history.val_accuracy[history.best])
    if history.alike:
        reached = gettext(
            "On undistorted digits, it is right on {accuracy:.2%} of the training digits and on {val_accuracy:.2%} of "
            "the validation digits."
        )
    elif len(history.epochs) == 1:
        reached = gettext(
            "In its only epoch, it is right on {accuracy:.2%} of the training digits, as it sees them, and on "
            "{val_accuracy:.2%} of the validation digits."
        )
    else:
        reached = gettext(
            "At the kept epoch, {kept}, it is right on {accuracy:.2%} of the training digits, as it sees them, and on "
            "{val_accuracy:.2%} of the validation digits."
        )
    if accuracy - val_accuracy > TIE:
        meaning = gettext("That is a gap of {points:.1f} points.")
    elif history.harder and not history.alike:  # an easier validation may hide that training digits are known by heart
        meaning = gettext("Since training digits are harder to read, this neither shows overfitting nor rules it out.")
    else:
        meaning = gettext("There is no sign of overfitting.")
    figures = {"kept": history.epochs[history.best], "accuracy": accuracy, "val_accuracy": val_accuracy}
    points = 100 * (accuracy - val_accuracy)
    return " ".join(sentence.format(**figures, points=points) for sentence in (reached, meaning))


def _validation_loss(history: History) -> str | None:
    least, ends = history.val_loss[history.lowest], history.val_loss[-1]
    if ends > least:
        return gettext("Validation loss ends {above:.1%} above its lowest, that of epoch {lowest}.").format(
            above=ends / least - 1, lowest=history.epochs[history.lowest]
        )
    return (
        gettext("Validation loss is still falling: more epochs would probably lower it.")
        if history.is_falling
        else None
    )


def _measured_differently(history: History) -> str | None:
    """Why the training loss lies above the validation loss, where it does so mostly or in the end."""
    if not history.lies_above:
        return None
    if history.above < len(history.epochs):
        said = gettext(
            "Training loss lies above validation loss in {above} of {epochs} epochs, for reasons that hold in training "
            "alone: {reasons}."
        )
    elif history.above > 1:
        said = gettext(
            "Training loss lies above validation loss in every epoch, for reasons that hold in training alone: "
            "{reasons}."
        )
    else:
        said = gettext(
            "Training loss lies above validation loss in its only epoch, for reasons that hold in training alone: "
            "{reasons}."
        )
    reasons = harder(history.harder)
    if history.recipe.get("ema"):
        reasons.append(gettext("its weights are those of the moment, not their average"))
    reasons.append(gettext("the loss is a mean over the whole epoch, in which the weights still get better"))
    return said.format(above=history.above, epochs=len(history.epochs), reasons=parts.clauses(reasons))


def harder(kinds: Mapping[str, float]) -> list[str]:
    """What makes digits harder to read in training than when it is validated, as clauses.

    Args:
        kinds: as `analysis.history.only_in_training` gives them.
    """
    clauses = {
        "distorted": gettext("digits are distorted (at the end {share} as much as at first)"),
        "small": gettext("some are drawn small"),
        "written": gettext("up to {share} are in other forms"),
        "room": gettext("up to {share} are a room's drawings"),
        "dropout": gettext("dropout switches off {share} of a layer's units"),
    }
    if kinds.get("distorted") == 1:
        clauses["distorted"] = gettext("digits are distorted")
    return [clauses[kind].format(share=parts.share(share)) for kind, share in kinds.items()]


def _taught(history: History) -> str | None:
    """What the training minimised, where that is another number than the curves show."""
    teacher, non_digits = history.recipe.get("teacher"), history.recipe.get("non_digits")
    if teacher and non_digits:
        said = gettext(
            "Both curves compare with the labels, but it learned the answers of its teacher, {teacher}, to non-digits "
            "as well, which neither curve counts."
        )
    elif teacher:
        said = gettext("Both curves compare with the labels, but it learned the answers of its teacher, {teacher}.")
    elif non_digits:
        said = gettext(
            "Neither curve counts the non-digits, up to {share} of what it saw, for which it learned to prefer none of "
            "the ten."
        )
    else:
        return None
    return said.format(teacher=teacher, share=parts.share(non_digits or 0))


def how_to_read(histories: Mapping[str, History], quantity: str, *, log: bool) -> str:
    """Training curves.

    Args:
        histories: by the models' names.
        quantity: "loss" or "accuracy".
        log: whether the vertical axis is logarithmic; accuracy is then drawn as the error.
    """
    if quantity == "loss":
        meaning = gettext(
            "Down is better: at {guessing:.1f} nats a model guesses, at 0 it is certain and right."
        ).format(guessing=GUESSING)
        told = gettext(
            "**{model}** begins at {first:.3f} on validation digits; its star, at epoch {epoch}, is at {kept:.3f}."
        )
    elif log:
        meaning = gettext("The share of mistakes is shown, so down is better.")
        told = gettext(
            "**{model}** begins with {first:.2%} mistakes on validation digits; its star, at epoch {epoch}, is at "
            "{kept:.2%}."
        )
    else:
        meaning = gettext("The share that is read right is shown, so up is better.")
        told = gettext(
            "**{model}** begins at {first:.2%} on validation digits; its star, at epoch {epoch}, is at {kept:.2%}."
        )
    lines = gettext(
        "Each model has two lines: dotted for the digits that it learns from, solid for validation digits, which it "
        "never learns from."
    )
    scale = gettext(
        "Equal steps upwards multiply the number by the same factor, so small numbers can be told apart as well."
    )
    found = []
    for name, history in histories.items():
        values = history.val_loss if quantity == "loss" else [1 - one if log else one for one in history.val_accuracy]
        kept = history.best
        found.append(told.format(model=name, first=values[0], epoch=history.epochs[kept], kept=values[kept]))
    return parts.sentences(lines, meaning, scale if log else "", *found)
