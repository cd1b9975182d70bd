"""The maps of the Embedding map page: how they are made, which digits are selected, and where a drawing lies."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from digitlab import ink, serving
from digitlab.analysis import embedding_map
from digitlab.analysis.held_out import ROOM, HeldOut, named
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.ui import boundary, digit_map, models
from digitlab.ui.draw import canvas
from digitlab.wording import digits as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

LAYERS = (digit_map.LAST, N_("pixels"))
MOST_IN_URL = 300


def selected(split: str) -> np.ndarray:
    """(k,) indices of the digits of a split that are selected on any map; up to `MOST_IN_URL` are kept in the URL."""
    text = st.query_params.get("selected")
    of, numbers = st.session_state.get("_embedding_map_selected", (split, []))
    if text:
        of, given = named(text)
        numbers = [int(number) for number in given if number.isdecimal() and len(number) <= mnist.LONGEST_INDEX]
    return np.array(numbers if of == split else [], dtype=np.int64)


def side() -> int:
    """On which map digits were selected last: 0, or 1 for the second."""
    return st.session_state.get("_embedding_map_side", 0)


def clear() -> None:
    """Clear the selection."""
    _select("", side(), [])


def show(
    held_out: HeldOut, name: str, layer: str, colouring: str, passing: np.ndarray, number: int,
    drawing: np.ndarray | None, *, lasso: bool,
) -> None:  # fmt: skip
    """Show one model's map; a click or a lasso selects digits.

    Args:
        held_out: digits and answers.
        name: of the model.
        layer: one of `LAYERS`.
        colouring: one of `digit_map.COLOURINGS`.
        passing: positions in `held_out` that pass the filters.
        number: of the map in the page, 0 or 1.
        drawing: (28, 28) float32 pixels of the user's drawing, to be placed on the map, or None.
        lasso: whether dragging selects; otherwise it moves the map. A click selects the nearest digit in either case.
    """
    try:
        made_by = method(held_out.split, name, layer)
        st.markdown(words.layer_map(name, layer, made_by))
        places = _places(held_out, name, layer).astype(np.float32)
    except boundary.EXPECTED as error:
        st.warning(boundary.sentence(error))
        return
    place = None if drawing is None else _place(held_out, name, layer, places, drawing)
    title = words.layer_of(layer, name)
    digit_map.digit_map(
        held_out,
        name,
        passing,
        places,
        colouring,
        f"map_{number}",
        title,
        place,
        selected(held_out.split),
        partial(_select, held_out.split, number),
        lasso=lasso,
        method=made_by,
    )


def method(split: str, name: str, layer: str) -> str:
    """The method by which a map was made: "t-SNE" or "PCA".

    Raises:
        UnknownModel, DamagedModel: as `store.read`.
    """
    if split == ROOM:
        return "PCA"
    if layer == "pixels":
        return "t-SNE"
    arrays = models.stored(name)[1]
    return str(arrays["map_method"]) if f"{split}_map" in arrays else "PCA"


def _select(split: str, number: int, indices: list[int]) -> None:
    chosen = sorted(set(map(int, indices)))
    st.session_state["_embedding_map_side"] = number
    st.session_state["_embedding_map_selected"] = split, chosen
    if 0 < len(chosen) <= MOST_IN_URL:
        st.query_params["selected"] = "-".join(map(str, [split, *chosen]))
    else:
        st.query_params.pop("selected", None)


def _places(held_out: HeldOut, name: str, layer: str) -> np.ndarray:
    """(n, 2): where the held-out digits lie."""
    if held_out.split == ROOM:
        return embedding_map.flat(_of_the_room(held_out, name, layer), thorough=False)
    if layer == "pixels":
        return embedding_map.pixel_map(held_out.split)[held_out.indices]
    places = models.map_places(held_out, name)
    if places is None:
        with st.spinner(_("Asking the model about every digit …")):
            return _quick_map(held_out.split, name, store.fingerprint(name))[held_out.indices]
    return places


def _place(held_out: HeldOut, name: str, layer: str, places: np.ndarray, drawing: np.ndarray) -> np.ndarray:
    """(2,): the middle of the held-out digits that are nearest to a drawing in the layer."""
    if held_out.split == ROOM:
        known = _of_the_room(held_out, name, layer)
    else:
        with st.spinner(_("Asking the model about every digit …")):
            known = _embeddings(held_out.split, name, store.fingerprint(name), layer)[held_out.indices]
    own = _in_layer(drawing[None], name, layer)
    near = embedding_map.nearest(own, known, min(digit_map.NEAREST, len(known)))[0]
    return np.median(places[near].astype(np.float32), axis=0)


def _of_the_room(held_out: HeldOut, name: str, layer: str) -> np.ndarray:
    """(n, d): the room's drawings in a layer of a model; they are so few that caching is not needed."""
    return _in_layer(to_shares(held_out.images), name, layer)


def _in_layer(images: np.ndarray, name: str, layer: str) -> np.ndarray:
    return images.reshape(len(images), -1) if layer == "pixels" else serving.load(name).answer(images).embedding


@st.cache_resource(max_entries=4, show_spinner=False)
def _quick_map(split: str, name: str, fingerprint: tuple) -> np.ndarray:
    """(n, 2): a map of all digits of a split, for models whose training stored no map."""
    return embedding_map.flat(_embeddings(split, name, fingerprint, LAYERS[0]), thorough=False)


@st.cache_resource(max_entries=4, show_spinner=False)
def _embeddings(split: str, name: str, fingerprint: tuple, layer: str) -> np.ndarray:
    """(n, d): all digits of a split in a layer of a model."""
    return _in_layer(to_shares(models.read(split).images), name, layer)


def drawing() -> np.ndarray | None:
    """The drawing on the Draw page as models see it; None if there is none, or `ink` cannot read it."""
    try:
        drawn = canvas.drawing()
        return None if drawn is None else ink.read(drawn).pixels
    except DigitlabError:
        return None
