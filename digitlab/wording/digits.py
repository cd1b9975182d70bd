"""Held-out digits, and what models say of digits whose label is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitlab.analysis import mistakes
from digitlab.analysis.held_out import CONTESTED, HeldOut
from digitlab.analysis.mistakes import Filter
from digitlab.wording import parts
from digitlab.wording.answers import per_cent
from digitlab.wording.language import gettext, ngettext
from digitlab.wording.parts import inert


def caption(answer: int, label: int) -> str:
    """A model's answer to a digit in a few characters: "4 ✓" or "4 ✗ is 9"."""
    if answer == label:
        return f"{answer} ✓"
    return gettext("{answer} ✗ is {label}").format(answer=answer, label=label)


def one(label: int) -> str:
    """A digit by its label: "a 4"."""
    return gettext("a {digit}").format(digit=label)


def answers(held_out: HeldOut, at: int, names: Sequence[str]) -> str:
    """One digit with the answers of some models; `at` is its position in `held_out`."""
    says = gettext("{model} says {digit} ({share})")
    said = ", ".join(
        says.format(
            model=name, digit=held_out.probabilities[name][at].argmax(),
            share=per_cent(held_out.probabilities[name][at].max()),
        )
        for name in names
    )  # fmt: skip
    return gettext("{digit}: {answers}").format(digit=title(held_out, at), answers=said)


def legend(names: Sequence[str], *, has_contested: bool) -> str:
    """What stands below each digit of a gallery."""
    if len(names) == 1:
        said = gettext("Below each digit: its label, then the answer of {first}; ✓ right, ✗ wrong.")
        if has_contested:
            said = gettext(
                "Below each digit: its label, then the answer of {first}; ✓ right, ✗ wrong, ⚑ label contested by human "
                "raters."
            )
    else:
        said = gettext("Below each digit: its label, then the answer of {first}, then of {then}; ✓ right, ✗ wrong.")
        if has_contested:
            said = gettext(
                "Below each digit: its label, then the answer of {first}, then of {then}; ✓ right, ✗ wrong, ⚑ label "
                "contested by human raters."
            )
    return said.format(first=names[0], then=", ".join(names[1:]))


def save(count: int) -> str:
    """On the button that saves a selection."""
    return ngettext("Save this {count:,} digit", "Save these {count:,} digits", count).format(count=count)


def layer_of(layer: str, model: str) -> str:
    """What a map is based on: the pixels, or the last hidden layer of a model."""
    said = gettext("the pixels ({model})") if layer == "pixels" else gettext("the last hidden layer of {model}")
    return said.format(model=model)


def map_label(count: int, split: str, basis: str, colouring: str) -> str:
    """A map for screen readers: of how many digits, by what `layer_of` says, in which colours."""
    return gettext("Map of {count:,} {digits} by {basis}, coloured by {colouring}").format(
        count=count, digits=parts.digits_of(split), basis=basis, colouring=gettext(colouring)
    )


def on_map() -> dict[str, str]:
    """What the script of a map says, by its names there; it fills in the numbers."""
    return {
        "drawing": gettext("my drawing"),
        "digit": gettext("digit {index}: label {label}, answer {answer}"),
    }


def score(held_out: HeldOut, name: str) -> str:
    """How often a model is right, as Markdown, with and without contested labels."""
    right, contested = held_out.answers(name) == held_out.labels, held_out.contested()
    if contested.any():
        said = ngettext(
            "**{model}** is right on {share:.2%} of {count:,} {digits} ({rest:.2%} without the {contested} contested "
            "label)",
            "**{model}** is right on {share:.2%} of {count:,} {digits} ({rest:.2%} without the {contested} contested "
            "labels)",
            contested.sum(),
        )
    else:
        said = gettext("**{model}** is right on {share:.2%} of {count:,} {digits}")
    return said.format(
        model=name, share=right.mean(), count=len(right), digits=parts.digits_of(held_out.split),
        rest=right[~contested].mean() if contested.any() else 0, contested=contested.sum(),
    )  # fmt: skip


def groups(held_out: HeldOut) -> str:
    """How many digits are in each group of `mistakes` that shares none with the others, as Markdown."""
    left, right = (*held_out.probabilities, "")[:2]
    called = {
        "only A wrong": gettext("only {left} wrong **{count:,}**"),
        "only B wrong": gettext("only {right} wrong **{count:,}**"),
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


def title(held_out: HeldOut, at: int) -> str:
    """One digit and its label; `at` is its position in `held_out`."""
    digit = parts.digit_of(held_out.split, str(held_out.indices[at]))
    return gettext("{digit}, labelled {label}").format(digit=digit[:1].upper() + digit[1:], label=held_out.labels[at])


def contested_by(label: int, guess: int, for_label: int, for_guess: int, neither: int) -> str:
    """What human raters said of a digit whose label they contested."""
    return gettext(
        "Is the label wrong? Of five human raters, {for_label} saw a {label}, {for_guess} a {guess}, {neither} neither "
        "(Northcutt, Athalye and Mueller 2021, labelerrors.com)."
    ).format(label=label, guess=guess, for_label=for_label, for_guess=for_guess, neither=neither)


def neighbours(model: str) -> str:
    """Above the training digits that a model's last hidden layer puts nearest, as Markdown."""
    return gettext("Training digits most like it, as **{model}** sees them").format(model=model)


def no_neighbours(model: str) -> str:
    """Nobody has looked for the nearest training digits, as Markdown."""
    return gettext(
        "Which training digits are most like it for **{model}** is found within minutes after a long training, or by "
        "`python -m digitlab map {model}`."
    ).format(model=model)


def neighbours_elsewhere(model: str) -> str:
    """The nearest training digits are known, but not here, as Markdown."""
    return gettext(
        "The training digits most like it for **{model}** are part of full MNIST, which is not on this machine."
    ).format(model=model)


def filters(wanted: Filter, model: str) -> str:
    """What a filter leaves of a group, empty if it leaves everything; `model` is the one whose confidence counts."""
    bounds = gettext("{model} {least:.0%} to {most:.0%} sure").format(model=model, least=wanted.least, most=wanted.most)
    said = [
        gettext("only digits labelled {label}").format(label=wanted.label) if wanted.label is not None else "",
        gettext("read as {given}").format(given=wanted.given) if wanted.given is not None else "",
        bounds if (wanted.least, wanted.most) != (0, 1) else "",
        "" if wanted.contested else gettext("without contested labels"),
    ]
    return ", ".join(filter(None, said))


def no_selection(name: str, saved: Sequence[str]) -> str:
    """A link names a saved selection that there is not."""
    if not saved:
        return gettext("There is no saved selection {name}: none has been saved yet.").format(name=inert(repr(name)))
    return gettext("There is no saved selection {name}. Saved are: {saved}.").format(
        name=inert(repr(name)), saved=inert(", ".join(saved))
    )


def pages(count: int, at_a_time: int) -> str:
    """How many digits there are, and how many of them a page shows."""
    if count <= at_a_time:
        return ngettext("{count:,} digit", "{count:,} digits", count).format(count=count)
    return gettext("{count:,} digits, {shown} at a time").format(count=count, shown=at_a_time)


def layer_map(model: str, layer: str, method: str) -> str:
    """Above a map, as Markdown: of which layer of a model it is, and by what method it was made."""
    return gettext("**{model}**: {layer}, by {method}").format(model=model, layer=gettext(layer), method=method)


def selected(passing: int, count: int, most: int) -> str:
    """How many digits are selected on a map, and how many of these pass the filters; `most` are shown."""
    if not count:
        return gettext("No digit selected")
    if passing > most:
        said = gettext("{passing:,} of {count:,} selected digits, the first {most} shown")
    elif passing < count:
        said = gettext("{passing:,} of {count:,} selected digits pass the filters")
    else:
        said = ngettext("{count:,} digit selected", "{count:,} digits selected", count)
    return said.format(passing=passing, count=count, most=most)


def nothing_selected(maps: int) -> str:
    """How to select digits."""
    if maps == 1:
        return gettext("Click a point to see its digit here, or choose that dragging selects.")
    return gettext("Click a point to see its digit here; the other map shows where it lies, too.")


def how_to_read_map(held_out: HeldOut, name: str, passing: np.ndarray, method: str) -> str:
    """An embedding map.

    Args:
        held_out: digits and answers.
        name: of the model.
        passing: positions in `held_out` of the digits shown.
        method: by which it was made: "t-SNE" or "PCA".
    """
    count = len(passing)
    wrong = int((held_out.answers(name)[passing] != held_out.labels[passing]).sum())
    points = ngettext(
        "The point is a digit.",
        "Each of the {count:,} points is a digit; points that are close together look alike to {model}.",
        count,
    ).format(count=count, model=name)
    islands = gettext(
        "An island of one colour is a digit that it tells apart well. Of the points here it reads {wrong:,} wrong: "
        "look for them between the islands, or on the wrong one."
    ).format(wrong=wrong)
    if method == "t-SNE":
        caution = gettext(
            "The axes have no meaning, and how far apart islands lie says little: t-SNE keeps neighbours together, no "
            "more."
        )
    else:
        caution = gettext(
            "The axes are the two directions in which the digits differ most; much that tells them apart is not to be "
            "seen."
        )
    return parts.sentences(points, islands, caution)
