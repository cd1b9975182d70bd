"""Surgery in the tab "Inside": units that pass on more, less or nothing, which the URL keeps, and what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab.charts import surgery as charts
from digitlab.explain import network, surgery
from digitlab.explain.inside import Inside
from digitlab.explain.network import Arrays, Network
from digitlab.models import store
from digitlab.ui import boundary, style
from digitlab.wording import surgery as words

MOST = 30  # changed units; so the link stays short
STEP = 10  # per cent
_MOST_PER_CENT = round(100 * surgery.MOST_FACTOR)

Changes = tuple[
    tuple[int, int, int], ...
]  # number of the hidden layer, from 1; of the unit; per cent that it passes on
Key = tuple[str, Path, tuple]  # a model's name, the folder of models, and its fingerprint


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
        st.query_params["surgery"] = "_".join([name, *("-".join(map(str, each)) for each in kept)])
    else:
        st.query_params.pop("surgery", None)


def factors(trained: Network, given: Changes) -> Arrays:
    """`surgery.factors` of changes in per cent."""
    return surgery.factors(trained, [(layer, unit, per_cent / 100) for layer, unit, per_cent in given])


def panel(
    key: Key, given: Changes, found: Inside, chosen: tuple[int, int],
    answered: tuple[np.ndarray, np.ndarray],
) -> dict[str, Any]:  # fmt: skip
    """What the script needs to show beside a unit: its controls, the two figures, and the changed units.

    Args:
        key: the model's name, the folder of models, and its fingerprint.
        given: the changes.
        found: the layers after these changes.
        chosen: number of the layer and of the unit.
        answered: (10,) probabilities of the answer to the drawing, before and after the changes.
    """
    number, unit = chosen
    is_hidden = 0 < number < len(found.layers) - 1
    told: dict[str, Any] = {
        "is_hidden": is_hidden,
        "of": "_".join("-".join(map(str, each)) for each in given),
        "words": words.controls(len(given)),
        "changed": [
            [layer, at, per_cent, words.changed(words.name(found.layers[layer].kind, layer, at), per_cent)]
            for layer, at, per_cent in given
        ],
        "figures": [],
    }
    if is_hidden:
        told["unit"] = words.name(found.layers[number].kind, number, unit)
        told["per_cent"] = next((each[2] for each in given if each[:2] == chosen), 100)
        told["factors"] = [words.factor(per_cent) for per_cent in range(0, _MOST_PER_CENT + 1, STEP)]
        told["step"] = STEP
    if given:
        before, after = (words.answer(int(each.argmax()), float(each.max())) for each in answered)
        shares = [words.right(_accuracy(*key, each)) for each in ((), given)]
        told["figures"] = [[words.drawing(), before, after], [words.digits(surgery.COUNT), *shares]]
    return told


def prepare(key: Key) -> None:
    """Measure the model as it is, so that the first change need not wait for it."""
    _accuracy(*key, ())


@st.cache_data(max_entries=500, show_spinner=False)
def _accuracy(name: str, folder: Path, fingerprint: tuple, given: Changes) -> float:
    stored = store.read(name)
    return surgery.accuracy(surgery.operated(stored, factors(network.read(name, stored.run), given)))


@st.fragment
def which_can_go(name: str, trained: Network) -> None:
    """Show a switch and, while it is on, how accurate the model stays when its units go, the least important first.

    Args:
        name: of the model.
        trained: its layers.
    """
    if not st.toggle("Which units can go?", key="prune", bind="query-params"):
        return
    choices = {words.every_layer(): tuple(step.name for step in trained.hidden)}
    if len(trained.hidden) > 1:
        choices |= {words.layer(number): (step.name,) for number, step in enumerate(trained.hidden, 1)}
        if st.session_state.get("prune_in") not in choices:
            st.session_state.pop("prune_in", None)
        chosen = st.selectbox("Units go from", list(choices), key="prune_in", bind="query-params", width=300)
    else:
        chosen = words.every_layer()
    with boundary.in_place():
        _curve((name, store.folder(), store.fingerprint(name)), trained, choices[chosen])


def _curve(key: Key, trained: Network, layers: tuple[str, ...]) -> None:
    by_importance, at_random = words.ways()
    shares: dict[str, list[float]] = {by_importance: [], at_random: []}
    text = words.measuring(2 * len(surgery.LEFT) - 1)
    bar = st.progress(0.0, text=text)
    for at, left in enumerate(surgery.LEFT):
        shares[by_importance].append(_pruned(*key, layers, left, False))
        bar.progress((2 * at + 1) / (2 * len(surgery.LEFT)), text=text)
        shares[at_random].append(_pruned(*key, layers, left, left < 1))
        bar.progress((at + 1) / len(surgery.LEFT), text=text)
    bar.empty()
    sizes = [trained[layer].units for layer in layers]
    units = [sum(max(1, round(left * size)) for size in sizes) for left in surgery.LEFT]
    said = words.can_go(units, *shares.values())
    st.markdown(said)
    st.plotly_chart(
        style.themed(charts.pruned(units, shares, words.axes())), key="prune_curve",
        config={"displayModeBar": False}, alt=said,
    )  # fmt: skip
    st.caption(words.measure())
    with st.expander("The same as a table"):
        rows = {words.axes()[0]: units} | {way: [f"{share:.1%}" for share in each] for way, each in shares.items()}
        st.table(rows, hide_index=True, alt=said)


@st.cache_data(max_entries=500, show_spinner=False)
def _pruned(
    name: str, folder: Path, fingerprint: tuple, layers: tuple[str, ...], left: float, at_random: bool
) -> float:
    amounts = surgery.pruned(_importance(name, folder, fingerprint), left, layers, at_random=at_random)
    return surgery.accuracy(surgery.operated(store.read(name), amounts))


@st.cache_data(max_entries=20, show_spinner=False)
def _importance(name: str, folder: Path, fingerprint: tuple) -> Arrays:
    return surgery.importance(store.read(name))
