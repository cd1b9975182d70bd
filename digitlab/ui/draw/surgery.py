"""Surgery in the tab "Inside": units that pass on more, less or nothing, which the URL keeps, and what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from digitlab.charts import surgery as charts
from digitlab.explain import surgery
from digitlab.explain.inside import Inside
from digitlab.explain.network import Arrays, Network
from digitlab.models import store
from digitlab.models.store import StoredModel
from digitlab.serving import Classifier
from digitlab.ui import boundary, choice, style
from digitlab.wording import surgery as words

MOST = 30  # changed units; so the link stays short
STEP = 10  # per cent
_MOST_PER_CENT = round(100 * surgery.MOST_FACTOR)

# Of each changed unit, the number of its hidden layer, from 1, its own, and the per cent that it passes on.
Changes = tuple[tuple[int, int, int], ...]


def changes(name: str, trained: Network) -> Changes:
    """The changes to a model in the URL, sorted; what does not fit the model is left out."""
    of, *given = st.query_params.get("surgery", "").split("_")[: MOST + 1]
    found = {}
    for each in given if of == name else ():
        if matched := re.fullmatch(r"(\d{1,2})-(\d{1,4})-(\d{1,3})", each):
            layer, unit, per_cent = map(int, matched.groups())
            if 0 < layer <= len(trained.hidden) and unit < trained.hidden[layer - 1].units:
                found[layer, unit] = min(per_cent, _MOST_PER_CENT)
    return tuple((layer, unit, per_cent) for (layer, unit), per_cent in sorted(found.items()) if per_cent != 100)


def change(name: str, before: Changes, given: Sequence[int]) -> None:
    """Put a changed unit into the URL, or take all changes out of it if none is given."""
    kept: list[Sequence[int]] = [each for each in before if given and list(each[:2]) != list(given[:2])]
    if given and given[2] != 100:
        kept = [*kept[-MOST + 1 :], given]
    if kept:
        st.query_params["surgery"] = f"{name}_{_link(kept)}"
    else:
        st.query_params.pop("surgery", None)


def factors(trained: Network, given: Changes) -> Arrays:
    """`surgery.factors` of changes in per cent."""
    return surgery.factors(trained, [(layer, unit, per_cent / 100) for layer, unit, per_cent in given])


def figures(model: Classifier, trained: Network, given: Changes, pixels: np.ndarray) -> tuple[Classifier, Changes]:
    """Show what changes do to the answer and to the accuracy, in a place that keeps its height.

    Args:
        model: the model in service.
        trained: its layers.
        given: the changes.
        pixels: (28, 28) float32 in [0, 1], the drawing.

    Returns:
        The model after these changes, and the changes; the model in service and none if they cannot be made.
    """
    shown = st.container(key="surgery_figures")
    if not given:
        shown.html(f'<div class="surgery-figures">{escape(words.nothing_changed(bool(trained.hidden)))}</div>')
        return model, given
    try:
        in_service = _stored(model)
        operated = surgery.operated(in_service, factors(trained, given))
        changed = Classifier(operated)
        right = [
            words.right(_accuracy(_mark(model), (), lambda: in_service)),
            words.right(_accuracy(_mark(model), given, lambda: operated)),
        ]
    except boundary.EXPECTED as error:
        shown.info(boundary.sentence(error), icon=":material/info:")
        st.query_params.pop("surgery", None)
        return model, ()
    before, after = (words.answer(*_best(one, pixels)) for one in (model, changed))
    pairs = {words.drawing(): (before, after), words.digits(surgery.COUNT): right}
    told = "".join(
        f"<p>{escape(title)}<span>{escape(was)} → <b>{escape(now)}</b></span></p>"
        for title, (was, now) in pairs.items()
    )
    shown.html(f'<div class="surgery-figures" role="status" data-of="{_link(given)}">{told}</div>')
    return changed, given


def _best(model: Classifier, pixels: np.ndarray) -> tuple[int, float]:
    (probabilities,) = model.answer_one(pixels).probabilities
    return int(probabilities.argmax()), float(probabilities.max())


def _link(given: Iterable[Sequence[int]]) -> str:
    return "_".join("-".join(map(str, each)) for each in given)


def panel(given: Changes, found: Inside, chosen: tuple[int, int]) -> dict[str, Any]:
    """What the script needs to show beside a unit: its controls, and a list of the changed units.

    Args:
        given: the changes.
        found: the layers after these changes.
        chosen: number of the layer and of the unit.
    """
    number, unit = chosen
    told: dict[str, Any] = {
        "words": words.controls(len(given)),
        "changed": [
            [layer, at, per_cent, words.changed(words.name(found.layers[layer].kind, layer, at), per_cent)]
            for layer, at, per_cent in given
        ],
        "unit": None,
    }
    if 0 < number < len(found.layers) - 1:
        told["unit"] = words.name(found.layers[number].kind, number, unit)
        told["perCent"] = next((each[2] for each in given if each[:2] == chosen), 100)
        told["factors"] = [words.factor(per_cent) for per_cent in range(0, _MOST_PER_CENT + 1, STEP)]
        told["step"] = STEP
    return told


def prepare(model: Classifier) -> None:
    """Measure the model as it is, so that the first change need not wait for it."""
    _accuracy(_mark(model), (), lambda: _stored(model))


def _mark(model: Classifier) -> str:
    """Tells what a model answers from what others do, also from its next version."""
    return model.run["sha256"][store.TFLITE]


def _stored(model: Classifier) -> StoredModel:
    return store.read_if_still(model.name, store.TFLITE, _mark(model))


@st.cache_data(max_entries=500, show_spinner=False)
def _accuracy(mark: str, given: Changes, _changed: Callable[[], StoredModel]) -> float:
    return surgery.accuracy(_changed())


@st.fragment
def which_can_go(model: Classifier, trained: Network) -> None:
    """Show a switch and, while it is on, how accurate the model stays when its units go, the least important first.

    Args:
        model: the model in service.
        trained: its layers.
    """
    if not st.toggle(words.which_can_go(), key="prune", bind="query-params"):
        return
    choices = {0: tuple(step.name for step in trained.hidden)}
    chosen = 0
    if len(trained.hidden) > 1:
        choices |= {number: (step.name,) for number, step in enumerate(trained.hidden, 1)}
        chosen = choice.from_list(words.go_from(), choices, default=0, key="prune_in", shown=words.layer, width=300)
    with boundary.in_place():
        _curve(model, trained, choices[chosen])


def _curve(model: Classifier, trained: Network, layers: tuple[str, ...]) -> None:
    by_importance, at_random = words.ways()
    shares: dict[str, list[float]] = {by_importance: [], at_random: []}
    text = words.measuring(2 * len(surgery.LEFT) - 1)
    bar = st.progress(0.0, text=text)
    for at, left in enumerate(surgery.LEFT, 1):
        shares[by_importance].append(_pruned(_mark(model), layers, left, False, model))
        shares[at_random].append(_pruned(_mark(model), layers, left, left < 1, model))
        bar.progress(at / len(surgery.LEFT), text=text)
    bar.empty()
    sizes = [trained[layer].units for layer in layers]
    units = [sum(max(1, round(left * size)) for size in sizes) for left in surgery.LEFT]
    said = words.can_go(units, *shares.values())
    st.markdown(said)
    how = words.how_to_read(units, *shares.values())
    style.chart(charts.pruned(units, shares, words.axes()), key="prune_curve", alt=said, how=how)
    st.caption(words.measure(surgery.ASKED))


@st.cache_data(max_entries=500, show_spinner=False)
def _pruned(mark: str, layers: tuple[str, ...], left: float, at_random: bool, _model: Classifier) -> float:
    amounts = surgery.pruned(_importance(mark, _model), left, layers, at_random=at_random)
    return surgery.accuracy(surgery.operated(_stored(_model), amounts))


@st.cache_data(max_entries=20, show_spinner=False)
def _importance(mark: str, _model: Classifier) -> Arrays:
    return surgery.importance(_stored(_model))
