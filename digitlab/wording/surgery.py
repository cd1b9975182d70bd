"""What happens to a network when some of its units pass on more, less or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from digitlab.wording import answers, parts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral

CLEAR = 0.01  # a network that reads at most this share fewer digits right has lost little


def name(kind: str, layer: int, unit: int) -> str:
    """Which unit; `kind` is that of its layer."""
    sentence = _("Map {unit} of layer {number}") if kind == "maps" else _("Unit {unit} of layer {number}")
    return sentence.format(unit=unit, number=layer)


def factor(per_cent: int) -> str:
    """How much a unit passes on of what it finds."""
    if per_cent == 0:
        return _("nothing")
    return _("all, as trained") if per_cent == 100 else _("× {factor}").format(factor=numeral(per_cent / 100, ".1f"))


def changed(unit: str, per_cent: int) -> str:
    """A changed unit in the list of them."""
    if per_cent == 0:
        return _("{unit}: off").format(unit=unit)
    return _("{unit}: × {factor}").format(unit=unit, factor=numeral(per_cent / 100, ".1f"))


def controls(count: int) -> dict[str, str]:
    """The texts of the controls beside a unit, if so many units are changed."""
    return {
        "off": _("Switch off"),
        "normal": _("Back to normal"),
        "passes": _("It passes on"),
        "all": _("All back to normal"),
        "changed": ngettext("{count} unit is changed", "{count} units are changed", count).format(count=count),
        "only": _("Only you see this. The model in service stays as it is."),
    }


def nothing_changed(has_hidden: bool) -> str:
    """What stands in the place of the two figures while no unit is changed."""
    if not has_hidden:
        return _("This network has no hidden layer, so there is no unit to switch off.")
    return _(
        "Choose a unit of a layer and switch it off: here you then see what the network says of the drawing, and how "
        "many of 1,000 digits it still reads."
    )


def drawing() -> str:
    """The title of the answer to the drawing."""
    return _("This drawing")


def digits(count: int) -> str:
    """The title of the accuracy on so many digits."""
    return _("{count:,} held-out digits").format(count=count)


def answer(digit: int, probability: float) -> str:
    """An answer to the drawing."""
    return _("{digit}, {share}").format(digit=digit, share=answers.per_cent(probability))


def right(accuracy: float) -> str:
    """The share of digits that are read right."""
    return _("{share} right").format(share=numeral(accuracy, ".1%"))


def which_can_go() -> str:
    """The switch of the curve."""
    return _("Which units can go?")


def go_from() -> str:
    """The label of the choice of layers."""
    return _("Units go from")


def layer(number: int) -> str:
    """The choice of one hidden layer, or of all with 0."""
    return _("Layer {number}").format(number=number) if number else _("Every layer")


def measuring(count: int) -> str:
    """What is going on while so many pruned networks are measured."""
    return _("Reading 1,000 digits with each of {count} smaller networks").format(count=count)


def ways() -> tuple[str, str]:
    """The two orders in which units go."""
    return _("least important first"), _("at random")


def axes() -> tuple[str, str]:
    """The titles of the curve's axes."""
    return _("units left"), _("digits read right")


def can_go(units: Sequence[int], by_importance: Sequence[float], at_random: Sequence[float]) -> str:
    """How many units can go.

    Args:
        units: how many are left at each point, all of them at first.
        by_importance, at_random: share of the digits that the network then reads right.
    """
    all_right = _("With all {total:,} units the network reads {share} of 1,000 digits right.")
    told = [all_right.format(total=units[0], share=numeral(by_importance[0], ".1%"))]
    important, random = (_gone(units, shares) for shares in (by_importance, at_random))
    if important:
        sentence = ngettext(
            "Without the least important one it still reads {share} right.",
            "Without the {count:,} least important ones it still reads {share} right.",
            important,
        )
        kept = by_importance[list(units).index(units[0] - important)]
        told.append(sentence.format(count=important, share=numeral(kept, ".1%")))
    else:
        told.append(_("Already the first step costs it more than one digit in a hundred."))
    if random < important:
        sentence = _("Chosen at random, already the first step costs it more than one digit in a hundred.")
        if random:
            sentence = ngettext(
                "Chosen at random, only {count:,} can go at so small a loss.",
                "Chosen at random, only {count:,} can go at so small a loss.",
                random,
            )
        told.append(sentence.format(count=random))
    elif important:
        told.append(_("Chosen at random, as many can go."))
    return " ".join(told)


def measure(count: int) -> str:
    """How importance is measured, on so many digits."""
    return _(
        "A unit is important if the network's lead depends on it: how much of the winning digit's lead over the second "
        "comes from the unit, without its sign, on average over {count} other digits (after Molchanov and others, "
        "2017). Every layer that loses units loses the same share of them, and nothing is trained again."
    ).format(count=count)


def _gone(units: Sequence[int], shares: Sequence[float]) -> int:
    """How many units can go before more than one digit in a hundred is lost."""
    gone = 0
    for left, share in zip(units, shares, strict=True):
        if share < shares[0] - CLEAR - 1e-9:
            break
        gone = units[0] - left
    return gone


def how_to_read(units: Sequence[int], by_importance: Sequence[float], at_random: Sequence[float]) -> str:
    """The curves of a network that loses units.

    Args:
        units: how many are left at each point, all of them at first.
        by_importance, at_random: share of the digits that the network then reads right.
    """
    axes = _(
        "From the left to the right the network loses units. The longer a line stays high, the more units it could do "
        "without."
    )
    half = min(range(len(units)), key=lambda at: abs(units[at] - units[0] / 2))
    now = _(
        "With {left:,} of {all:,} units it reads {important:.1%} right if the least important ones went, and "
        "{random:.1%} if chance chose."
    ).format(left=units[half], all=units[0], important=by_importance[half], random=at_random[half])
    return parts.sentences(axes, now, _("The further the lines are apart, the more the measure of importance knows."))
