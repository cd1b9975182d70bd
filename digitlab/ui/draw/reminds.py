"""The part "Similar digits": the digits that each model finds most like the drawing, and its place on the map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.explain import nearest
from digitlab.explain.index import Index
from digitlab.serving import Classifier
from digitlab.ui import boundary, tiles
from digitlab.ui import models as stored_models
from digitlab.ui.digit_map import COLOURINGS, LAST, NEAREST, digit_map
from digitlab.wording import digits, explanations
from digitlab.wording.language import gettext as _

SHOWN = 12
LOOK_AGAIN_S = 2.0  # how often the tab reruns while more digits are being prepared
SPLIT = "validation"  # the digits on the map, since these ship


def show(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    """Show what a drawing reminds the models of, among the digits that have been prepared so far.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        models: the models that answer.
    """
    goes_on = any(nearest.preparation(model).going_on for model in models)
    st.fragment(_body, run_every=LOOK_AGAIN_S if goes_on else None)(pixels, models)


def _body(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    for column, model in zip(st.columns(len(models)), models, strict=True):
        with column:
            _reminded(model, pixels)


def _reminded(model: Classifier, pixels: np.ndarray) -> None:
    prepared = nearest.preparation(model)
    if prepared.found is None:
        st.markdown(f"**{model.name}** …" if prepared.going_on else f"**{model.name}**")
        st.caption(explanations.no_neighbours(model.name, is_going_on=prepared.going_on))
        return
    try:
        neighbours = nearest.nearest(model, pixels, SHOWN, prepared.found)
    except boundary.EXPECTED as error:
        st.warning(boundary.sentence(error))
        return
    st.markdown(f"**{model.name}**: {explanations.reminds(neighbours)}")
    st.html(
        tiles.tiles(
            np.stack([neighbour.image for neighbour in neighbours]),
            [digits.one(neighbour.label) for neighbour in neighbours],
        )
    )
    st.caption(explanations.among(prepared.found, is_going_on=prepared.going_on))
    if prepared.shipped is not None:
        _map(model, pixels, prepared.shipped)


def _map(model: Classifier, pixels: np.ndarray, shipped: Index) -> None:
    """Show where the drawing lies on the model's embedding map: in the middle of the digits nearest to it."""
    name = model.name
    try:
        held_out = stored_models.read(SPLIT, name)
        places = stored_models.map_places(held_out, name)
        method = str(stored_models.stored(name)[1].get("map_method", ""))
    except boundary.EXPECTED as error:
        st.caption(boundary.sentence(error))
        return
    if places is None:
        none = _("**{model}** has no embedding map yet: `python -m digitlab map {model}` makes it.")
        st.caption(none.format(model=name))
        return
    places = places.astype(np.float32)
    near = shipped.candidates(model.answer_one(pixels).embedding)
    near = np.searchsorted(held_out.indices, near[np.isin(near, held_out.indices)][:NEAREST])
    with st.container(key=f"reminds_map_{name}"):
        digit_map(
            held_out, name, np.arange(len(places)), places, COLOURINGS[0], f"map_of_{name}",
            digits.layer_of(LAST, name), np.median(places[near], axis=0) if len(near) else None,
            np.array([], int), None, lasso=False, method=method,
        )  # fmt: skip
    st.page_link(
        "pages/explore/embedding_map.py", label=_("On the whole map"), icon=":material/scatter_plot:",
        query_params={"left": name, "split": SPLIT, "mine": "true"},
    )  # fmt: skip
