"""Held-out digits, and what models say of digits whose label is known."""

from __future__ import annotations

from digitlab.analysis import mistakes
from digitlab.analysis.held_out import CONTESTED, HeldOut
from digitlab.wording.language import gettext, ngettext


def caption(answer: int, label: int) -> str:
    """A model's answer to a digit in a few characters: "4 ✓" or "4 ✗ is 9"."""
    if answer == label:
        return f"{answer} ✓"
    return gettext("{answer} ✗ is {label}").format(answer=answer, label=label)


def score(held_out: HeldOut, name: str) -> str:
    """How often a model is right, as Markdown, with and without contested labels."""
    right, contested = held_out.answers(name) == held_out.labels, held_out.contested()
    if contested.any():
        said = ngettext(
            "**{model}** is right on {share:.2%} of {count:,} {split} digits ({rest:.2%} without the {contested} "
            "contested label)",
            "**{model}** is right on {share:.2%} of {count:,} {split} digits ({rest:.2%} without the {contested} "
            "contested labels)",
            contested.sum(),
        )
    else:
        said = gettext("**{model}** is right on {share:.2%} of {count:,} {split} digits")
    return said.format(
        model=name, share=right.mean(), count=len(right), split=held_out.split,
        rest=right[~contested].mean() if contested.any() else 0, contested=contested.sum(),
    )  # fmt: skip


def groups(held_out: HeldOut) -> str:
    """How many digits are in each group of `mistakes` that shares none with the others, as Markdown."""
    left, right = (*held_out.probabilities, "")[:2]
    called = {
        "only left wrong": gettext("only {left} wrong **{count:,}**"),
        "only right wrong": gettext("only {right} wrong **{count:,}**"),
        "both wrong": gettext("both wrong **{count:,}**"),
        "both right": gettext("both right **{count:,}**"),
        "wrong": gettext("wrong **{count:,}**"),
        "right": gettext("right **{count:,}**"),
    }
    masks = mistakes.groups(held_out)
    return " · ".join(
        sentence.format(left=left, right=right, count=masks[group].sum())
        for group, sentence in called.items()
        if group in masks
    )


def contested() -> str:
    """What the mark of a contested label means."""
    return gettext(
        "⚑ marks labels that fewer than three of five human raters confirmed: test digits {digits} (Northcutt, Athalye "
        "and Mueller 2021, labelerrors.com)."
    ).format(digits=", ".join(map(str, CONTESTED)))


def pages(count: int, at_a_time: int) -> str:
    """How many digits there are, and how many of them a page shows."""
    if count <= at_a_time:
        return ngettext("{count:,} digit", "{count:,} digits", count).format(count=count)
    return gettext("{count:,} digits, {shown} at a time").format(count=count, shown=at_a_time)


def selected(passing: int, count: int, most: int) -> str:
    """How many of the digits selected on a map pass the filters; `most` are shown."""
    if passing > most:
        said = gettext("{passing:,} of {count:,} selected digits pass the filters, the first {most} shown")
    else:
        said = gettext("{passing:,} of {count:,} selected digits pass the filters")
    return said.format(passing=passing, count=count, most=most)
