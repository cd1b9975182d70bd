"""What every layer of a model makes of a drawing."""

from __future__ import annotations

from digitlab.explain.inside import Layer, Trace
from digitlab.wording.language import gettext as _
from digitlab.wording.language import ngettext


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
        return _("{height} × {width}, {on} on").format(height=height, width=width, on=on)
    if shown < len(layer):
        return _("{on} on; the {shown} strongest, by what they look for").format(on=on, shown=shown)
    return _("{on} on").format(on=on)


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


def signed(amount: float) -> str:
    """A summand: "+0.25"."""
    return f"{amount:+.2f}".replace("-", "−")


def _exact(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
