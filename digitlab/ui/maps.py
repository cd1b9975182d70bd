"""The maps of the Atlas page: where they come from, what is selected on them, and where a drawing lies."""

from __future__ import annotations

import numpy as np
import streamlit as st

from digitlab import charts_atlas, classifier, ink, landscape, mnist, store
from digitlab.errors import DigitlabError
from digitlab.held_out import HeldOut

LAYERS = ("last hidden layer", "pixels")
NEAREST = 5  # held-out digits that a drawing is placed among
MOST_IN_URL = 300


def selected() -> np.ndarray:
    """(k,) indices of the digits selected on any map; they stand in the URL while they are few."""
    if "atlas_selected" not in st.session_state:
        given = st.query_params.get("selected", "").split("-")
        st.session_state["atlas_selected"] = [int(one) for one in given if one.isdecimal()]
    return np.array(st.session_state["atlas_selected"], dtype=np.int64)


def clear() -> None:
    """Select nothing."""
    _select([], None)


def show(
    view: HeldOut, name: str, layer: str, colouring: str, passing: np.ndarray, side: str, drawing: np.ndarray | None,
    *, lasso: bool,
) -> None:  # fmt: skip
    """One model's map; a lasso, a box or a click selects.

    Args:
        view: digits and answers.
        name: of the model.
        layer: one of `LAYERS`.
        colouring: one of `charts_atlas.COLOURINGS`.
        passing: positions in the view that pass the filters.
        side: "left" or "right".
        drawing: (28, 28) float32 pixels of the user's drawing to be placed, or None.
        lasso: whether dragging selects; else it moves the map, and a click selects one point.
    """
    try:
        places = _places(view, name, layer)
    except DigitlabError as error:
        st.warning(str(error))
        return
    asked = (name, layer, colouring, view.split, len(passing), int(passing.sum()), drawing is not None, lasso)
    # The map that was selected on shows its own selection; to redraw it would lose its zoom.
    own = st.session_state.get("_atlas_origin") == (side, asked)
    marked = np.isin(view.indices[passing], selected()) & (not own)
    place = None if drawing is None else _place(view, name, layer, places, drawing)
    answers = view.answers(name)[passing]
    figure = charts_atlas.atlas(
        places[passing], view.indices[passing], view.labels[passing], answers, colouring, marked, place,
        lasso=lasso,
    )  # fmt: skip
    key = f"map_{side}"

    def select() -> None:
        points = st.session_state[key].selection.points
        _select([int(point["customdata"][0]) for point in points if "customdata" in point], (side, asked))

    st.plotly_chart(
        figure, key=key, on_select=select, selection_mode=("points", "box", "lasso"),
        config={"scrollZoom": True, "displaylogo": False, "displayModeBar": True},
        alt=f"Map of {len(passing):,} {view.split} digits by the {layer} of {name}, coloured by {colouring}",
    )  # fmt: skip


def method(name: str, layer: str) -> str:
    """By what a map was made: "t-SNE" or "PCA"."""
    if layer == "pixels":
        return "t-SNE"
    return str(store.read_evaluation(store.read(name)).get("map_method", "PCA"))


def _select(indices: list[int], origin: tuple | None) -> None:
    st.session_state["atlas_selected"] = sorted(set(indices))
    st.session_state["_atlas_origin"] = origin
    if 0 < len(indices) <= MOST_IN_URL:
        st.query_params["selected"] = "-".join(map(str, sorted(set(indices))))
    else:
        st.query_params.pop("selected", None)


def _places(view: HeldOut, name: str, layer: str) -> np.ndarray:
    """(n, 2): where the view's digits lie."""
    if layer == "pixels":
        return landscape.pixel_map(view.split)[view.indices]
    stored = store.read(name)
    places = store.read_evaluation(stored).get(f"{view.split}_map")
    if places is None:
        return _embeddings(view.split, name, store.fingerprint(name), layer)[view.indices][:, :2]
    rows = np.arange(len(places)) if view.split == "test" else mnist.held_out(stored.run["data"]["source"])
    return places[np.searchsorted(rows, view.indices)]


def _place(view: HeldOut, name: str, layer: str, places: np.ndarray, drawing: np.ndarray) -> np.ndarray:
    """(2,): the middle of the held-out digits that are nearest to a drawing in the layer."""
    known = _embeddings(view.split, name, store.fingerprint(name), layer)[view.indices]
    own = drawing.reshape(1, -1) if layer == "pixels" else classifier.get(name).answer(drawing[None]).embedding
    return np.median(places[landscape.nearest(own, known, NEAREST)[0]].astype(np.float32), axis=0)


@st.cache_resource(max_entries=4, show_spinner="Asking the model about every digit …")
def _embeddings(split: str, name: str, fingerprint: tuple, layer: str) -> np.ndarray:
    """(n, d): all digits of a split in a layer of a model."""
    digits = mnist.packaged() if split == "validation" else mnist.load_or_packaged(download=False).test
    images = digits.scaled()
    return images.reshape(len(images), -1) if layer == "pixels" else classifier.get(name).answer(images).embedding


def drawing() -> np.ndarray | None:
    """What was last drawn on the Draw page, as models see it; None if nothing, or nothing legible."""
    drawn = st.session_state.get("drawing")
    if drawn is None:
        return None
    try:
        return ink.read(drawn).pixels
    except DigitlabError:
        return None
