"""What a sweep has found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from digitlab.sweeps import study
from digitlab.sweeps.study import Trial
from digitlab.wording import parts
from digitlab.wording.language import N_, gettext, ngettext, numeral

_NAMES = (
    N_("batch size"), N_("learning rate"), N_("schedule"), N_("scaling"), N_("optimizer"), N_("dropout"), N_("augment"),
    N_("augment end"), N_("written"), N_("non digits"), N_("corrupted"), N_("ema"),
)  # fmt: skip


def hyperparameter(name: str) -> str:
    """A hyperparameter's name as it is shown to people."""
    return gettext(name.replace("_", " "))


def verdict(trials: Sequence[Trial]) -> str:
    """What a sweep has found, in a sentence."""
    best, published = study.best(trials), next((trial.loss for trial in trials if trial.number == 0), None)
    if best is None or best.loss is None:
        return gettext("No trial has finished yet.")
    if best.number == 0:
        said = gettext("No trial has a lower validation loss than the published settings: {best.loss:.4f}.")
    elif published:
        said = gettext(
            "Trial {best.number} has the lowest validation loss, {best.loss:.4f}, {less:.1%} below the published "
            "settings': {chosen}."
        )
    else:
        said = gettext("Trial {best.number} has the lowest validation loss, {best.loss:.4f}: {chosen}.")
    chosen = ", ".join(f"{hyperparameter(name)} {_short(value)}" for name, value in best.values.items())
    return said.format(best=best, less=1 - best.loss / published if published else 0, chosen=chosen)


def ended(trials: Sequence[Trial]) -> str:
    """How many trials of a sweep have ended, in a sentence."""
    count, pruned = (sum(trial.state in states for trial in trials) for states in (study.DONE, ("pruned",)))
    return ngettext(
        "{count} trial, {pruned} of them pruned.", "{count} trials, {pruned} of them pruned.", count
    ).format(count=count, pruned=pruned)


def _short(value: Any) -> str:
    return numeral(value, ".3g") if isinstance(value, float) else str(value)


def how_to_read_choices(trials: Sequence[Trial]) -> str:
    """The parallel axes of a sweep, one for each hyperparameter of its space."""
    shown = [trial for trial in trials if trial.losses]
    lines = ngettext(
        "The line is a trial: follow it from axis to axis to see what was chosen, and at the right how low its loss "
        "is.",
        "Each of the {count} lines is a trial: follow one from axis to axis to see what was chosen, and at the right "
        "how low its loss is.",
        len(shown),
    ).format(count=len(shown))
    advice = gettext("Where the green lines meet on an axis, this choice matters; where they spread, it does not.")
    return parts.sentences(lines, advice, _lowest(trials))


def how_to_read_curves(trials: Sequence[Trial]) -> str:
    """Validation loss of all trials, epoch by epoch."""
    lines = gettext(
        "Each line is a trial, and lower is better. Lines that end early were pruned: after as many epochs, others "
        "were lower."
    )
    pruned = [trial for trial in trials if trial.state == "pruned" and trial.losses]
    full = max((len(trial.losses) for trial in trials), default=0)
    saved = sum(full - len(trial.losses) for trial in pruned)
    spared = ngettext(
        "That was so for {count} trial, which spared {epochs} of {full} epochs.",
        "That was so for {count} trials, which together spared {epochs} epochs of {full} each.",
        len(pruned),
    ).format(count=len(pruned), epochs=saved, full=full)
    return parts.sentences(lines, spared if pruned else "", _lowest(trials))


def how_to_read_importance(shares: Mapping[str, float]) -> str:
    """The shares of hyperparameters in the difference between trials."""
    bars = gettext(
        "The longer a bar, the more of the difference between good and bad trials comes from this one setting."
    )
    (first, share), *rest = sorted(shares.items(), key=lambda one: -one[1])
    most = gettext("Here **{setting}** comes first with {share:.0%}.").format(
        setting=hyperparameter(first), share=share
    )
    least = (
        gettext("With {setting}, at {share:.0%}, it hardly matters what is chosen.")
        if rest and rest[-1][1] < 0.05
        else ""
    )
    if least:
        least = least.format(setting=hyperparameter(rest[-1][0]), share=rest[-1][1])
    return parts.sentences(bars, most, least)


def _lowest(trials: Sequence[Trial]) -> str:
    top = study.best(trials)
    if top is None:
        return ""
    return gettext("The lowest so far is trial {number}, at {loss:.4f} nats.").format(number=top.number, loss=top.loss)
