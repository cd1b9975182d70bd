"""What every layer of a model makes of a drawing."""

from __future__ import annotations

import numpy as np

from digitlab.explain.inside import Inside, Layer, Trace
from digitlab.wording import parts
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext, numeral


def title(number: int, layer: Layer) -> str:
    """What the layer with this number is."""
    if layer.kind == "pixels":
        return _("The drawing")
    if layer.kind == "answers":
        return _("The answers")
    count = layer.activations.shape[-1]
    sentence = ngettext("Layer {number}: {count} unit", "Layer {number}: {count} units", count)
    if layer.kind == "maps":
        sentence = ngettext("Layer {number}: {count} feature map", "Layer {number}: {count} feature maps", count)
    return sentence.format(number=number, count=count)


def note(layer: Layer, shown: int) -> str:
    """What is shown of a layer, of which so many units are shown."""
    if layer.kind == "pixels":
        return _("28 × 28 pixels, as the layers get them")
    if layer.kind == "answers":
        return _("what each digit looks for, and its sum")
    on = int((layer.values() > 0).sum())
    if layer.kind == "maps":
        height, width, _count = layer.activations.shape
        return ngettext("{height} × {width}, {on} on", "{height} × {width}, {on} on", on).format(
            height=height, width=width, on=on
        )
    if shown < len(layer):
        return ngettext(
            "{on} on; the {shown} strongest, by what they look for",
            "{on} on; the {shown} strongest, by what they look for",
            on,
        ).format(on=on, shown=shown)
    return ngettext("{on} on", "{on} on", on).format(on=on)


def unit(number: int, layer: Layer, at: int) -> str:
    """What a unit of the layer with this number is and how active it is, for tooltips and screen readers."""
    value, row, column = layer.values()[at], 0, 0
    if layer.kind == "answers":
        sentence = _("Digit {unit}: {value}")
    elif layer.kind == "units":
        sentence = (
            _("Unit {unit} of layer {number}: {value}") if value > 0 else _("Unit {unit} of layer {number} is off")
        )
    else:
        row, column = layer.place(at)
        sentence = _("Map {unit} of layer {number}: off everywhere")
        if value > 0:
            sentence = _("Map {unit} of layer {number}: strongest with {value} in row {row}, column {column}")
    return sentence.format(unit=at, number=number, value=_exact(value), row=row + 1, column=column + 1)


def feeder(number: int, layer: Layer, at: int) -> str:
    """A unit that another one gets something from."""
    if layer.kind == "pixels":
        return _("pixel in row {row}, column {column}").format(row=at // 28 + 1, column=at % 28 + 1)
    sentence = _("map {unit} of layer {number}") if layer.kind == "maps" else _("unit {unit} of layer {number}")
    return sentence.format(unit=at, number=number)


def total(layer: Layer, trace: Trace, shown: int) -> str:
    """The sum behind a unit, below the largest of its summands, of which so many are shown."""
    rest = len(trace.feeders) - shown
    sentence = _("{own} of its own: {total} in all.")
    if rest > 0:
        sentence = ngettext(
            "{amount} from {count:,} smaller one, {own} of its own: {total} in all.",
            "{amount} from {count:,} smaller ones, {own} of its own: {total} in all.",
            rest,
        )
    amount = signed(sum(feeder.amount for feeder in trace.feeders[shown:]))
    told = sentence.format(amount=amount, count=rest, own=signed(trace.bias), total=_exact(trace.total))
    return told if layer.kind == "answers" or trace.total > 0 else " ".join([told, _("Below 0, so it is off.")])


def value(activation: float) -> str:
    """Below a unit, its activation in a few characters."""
    return numeral(activation, ".1f").replace("-", "−")


def mean_of_views(model: str) -> str:
    """How the layers of a model are to be understood that answers from three views."""
    return _(
        "{model} answers with the mean over three views of the digit. The layers show the first view, the digit "
        "itself; the answers and the bars of the last layer belong to the mean."
    ).format(model=model)


def pictures() -> dict[str, str]:
    """Below the pictures of a unit, by the names in `inside.js`."""
    return {
        "looks_for": _("What it looks for"),
        "finds": _("What it finds"),
        "unit": _("What it looks for."),
        "map": _("Left: what it found. Right: what it looks for there."),
    }


def _in_general() -> str:
    """What the layers show, as Markdown."""
    return _(
        """
A drawing goes through a network from the top to the bottom. Bright in a map, or a large number below a unit, means
that something was found there.

- **A feature map** shows where on the drawing one small filter found what it looks for.
- **What a unit looks for** is a picture of weights: white where ink makes it stronger, black where ink makes it weaker,
  grey where ink does not matter. It holds for this very drawing: another one switches other units on.
- **Switch a unit off**, or let it pass on more or less than it finds, beside the unit you chose. The layers after it,
  the answer and the 1,000 digits follow. This happens in a copy for you alone: the model in service stays as it is.
- **The ten bars** belong to the unit you chose: what the units before it add to it or take from it, each its activation
  times its weight. Click on through them, from an answer back to the drawing.
"""
    )


def signed(amount: float) -> str:
    """A summand: "+0.25"."""
    return numeral(amount, "+.2f").replace("-", "−")


def _exact(value: float) -> str:
    return numeral(value, ".2f").replace("-", "−")


def how_to_read(found: Inside, name: str) -> str:
    """The layers of a model for a drawing."""
    answers = found.layers[-1].activations
    told = _("**{model}** says {digit}: this sum is the largest of the ten, {lead:.1f} ahead of the second.")
    first, second = np.sort(answers)[::-1][:2]
    said = told.format(model=name, digit=int(answers.argmax()), lead=float(first - second))
    hidden = [layer for layer in found.layers if layer.kind in ("maps", "units")]
    on = ""
    if hidden:
        count = int((hidden[-1].values() > 0).sum())
        on = ngettext(
            "In the last hidden layer {count} of {all} units is on for this drawing.",
            "In the last hidden layer {count} of {all} units are on for this drawing.",
            count,
        ).format(count=count, all=len(hidden[-1]))
    return "\n\n".join([parts.sentences(said, on), _in_general()])
