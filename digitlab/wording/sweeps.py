"""What a sweep has found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digitlab.sweeps import study
from digitlab.sweeps.study import Trial
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
