"""The tab "Inside": what every layer of a model makes of the drawing, to hover over and to click through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab.explain import inside, network
from digitlab.explain.inside import Inside, Layer
from digitlab.models import store
from digitlab.serving import Classifier
from digitlab.ui import boundary, choice, style, tiles
from digitlab.ui.component import component
from digitlab.ui.draw import surgery
from digitlab.ui.draw.surgery import Changes
from digitlab.wording import layers
from digitlab.wording.language import gettext as _

UNITS = 32  # how many units of a dense layer are shown
BARS = 10
COLUMNS = 16  # pictures in a row of a sheet
GREY = 128  # stands for weight 0, between black and white
_component = component(__file__, "inside")


def show(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    """Show the layers of one of the models for a drawing.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        models: the models that answer, to choose from.
    """
    st.fragment(_body)({model.name: model for model in models}, pixels)


def _body(models: dict[str, Classifier], pixels: np.ndarray) -> None:
    name = next(iter(models))
    if len(models) > 1:
        name = choice.one_of(
            _("Model to look into"), list(models), default=name, key="inside",
            label_visibility="collapsed",
        )  # fmt: skip
    model, key = models[name], (name, store.folder(), store.fingerprint(name))
    try:
        trained = network.read(name, model.run)
        # First, since the layers take longer.
        changed, changes = surgery.figures(model, trained, surgery.changes(name, trained), pixels)
        found, rows = _rows(changed, *key, pixels, changes)
        chosen = _chosen(found)
        trace = _traced(found, *chosen)
    except boundary.EXPECTED as error:
        st.info(boundary.sentence(error), icon=":material/info:")
        return
    data = {
        "rows": rows,
        "chosen": list(chosen),
        "trace": trace,
        "surgery": surgery.panel(changes, found, chosen),
        "words": layers.pictures(),
        "label": _("The layers of {model} for this drawing").format(model=name),
    }

    def choose() -> None:
        unit = st.session_state["inside_layers"].unit
        if unit is not None:
            st.query_params["unit"] = "-".join(map(str, unit))

    def change() -> None:
        given = st.session_state["inside_layers"].factor
        if given is not None:
            surgery.change(name, changes, given)

    _component(key="inside_layers", data=data, on_unit_change=choose, on_factor_change=change)
    if found.network.is_mean:
        st.caption(layers.mean_of_views(name))
    style.how_to_read(layers.how_to_read(found, name), key="inside")
    if trained.hidden:
        surgery.which_can_go(model, trained)
    if chosen[0] in range(1, len(found.layers) - 1):
        with boundary.in_place(st.info):
            surgery.prepare(model)


def _chosen(found: Inside) -> tuple[int, int]:
    """Number of the layer and of the unit to trace: those in the URL, else the digit that wins."""
    numbers = st.query_params.get("unit", "").split("-")
    if len(numbers) == 2 and all(number.isdecimal() and len(number) <= 4 for number in numbers):
        layer, unit = map(int, numbers)
        if 0 < layer < len(found.layers) and unit < len(found.layers[layer]):
            return layer, unit
    return len(found.layers) - 1, int(found.layers[-1].activations.argmax())


@st.cache_resource(max_entries=4, show_spinner=False)
def _rows(
    _model: Classifier, name: str, folder: Path, fingerprint: tuple, pixels: np.ndarray, changes: Changes
) -> tuple[Inside, list[dict[str, Any]]]:
    found = inside.inside(_model, pixels, surgery.factors(network.read(name, _model.run), changes))
    return found, [_row(found, number, layer) for number, layer in enumerate(found.layers)]


def _row(found: Inside, number: int, layer: Layer) -> dict[str, Any]:
    """One layer as the script needs it: its texts, its pictures and its units."""
    values = layer.values()
    units = np.arange(len(layer))
    if layer.kind == "pixels":
        return {
            "title": layers.title(number, layer), "note": layers.note(layer, 1), "kind": layer.kind,
            "units": [[0, "", ""]], "columns": 1,
            "sheet": tiles.sheet(_bright(layer.activations.reshape(1, 28, 28)), 1),
        }  # fmt: skip
    if layer.kind == "units":
        units = np.argsort(-values, kind="stable")[:UNITS]
    looked_for = tiles.sheet(_weights(found.looked_for(layer.name, units.tolist())), COLUMNS)
    row: dict[str, Any] = {
        "title": layers.title(number, layer), "note": layers.note(layer, len(units)), "kind": layer.kind,
        "columns": COLUMNS, "sheet": looked_for,
    }  # fmt: skip
    if layer.kind == "maps":
        row["looked"] = looked_for
        row["sheet"] = tiles.sheet(_bright(layer.activations.transpose(2, 0, 1)), COLUMNS)
        if layer.filters is not None and layer.filters.shape[2] == 1:
            row["filters"] = tiles.sheet(_weights(layer.filters[:, :, 0].transpose(2, 0, 1)), COLUMNS)
    row["units"] = [[int(unit), layers.value(values[unit]), layers.unit(number, layer, int(unit))] for unit in units]
    return row


def _traced(found: Inside, number: int, unit: int) -> dict[str, Any]:
    """The sum behind a unit as the script needs it: a sentence, and bars for the largest contributions."""
    layer = found.layers[number]
    trace = found.trace(layer.name, unit)
    numbers = {one.name: at for at, one in enumerate(found.layers)}
    most = max((abs(feeder.amount) for feeder in trace.feeders), default=1.0) or 1.0
    shown = trace.feeders[:BARS]
    bars = [
        [at, feeder.unit, layers.feeder(at, found.layers[at], feeder.unit), layers.signed(feeder.amount),
         round(feeder.amount / most, 3)]
        for feeder in shown for at in [numbers[feeder.layer]]
    ]  # fmt: skip
    fed_by = None
    if numbers[shown[0].layer]:  # pixels have no picture of what they look for
        fed_by = np.concatenate([found.looked_for(feeder.layer, [feeder.unit]) for feeder in shown])
    picture = found.looked_for(layer.name, [unit])
    seen = picture * found.layers[0].activations.reshape(28, 28) if found.layers[0].name in layer.sources else None
    return {
        "title": layers.unit(number, layer, unit),
        "said": layers.total(layer, trace, len(bars)),
        "bars": bars,
        "picture": tiles.sheet(_weights(picture), 1),
        "fedBy": None if fed_by is None else tiles.sheet(_weights(fed_by), len(shown)),
        "seen": None if seen is None else tiles.sheet(_weights(seen), 1),
    }


def _bright(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w) activations as uint8: 0 is black, the largest of all pictures is white."""
    return np.round(255 * np.clip(pictures, 0, None) / max(float(pictures.max()), 1e-12)).astype(np.uint8)


def _weights(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w) weights as uint8: 0 is grey; in each picture, the weight with the largest amount is white or black."""
    most = np.abs(pictures).max(axis=(1, 2), keepdims=True)
    return np.round(GREY + (255 - GREY) * pictures / np.maximum(most, 1e-12)).clip(0, 255).astype(np.uint8)
