"""A film of a training: a slider over its epochs, with the confusion matrix and the map after each."""

from __future__ import annotations

import numpy as np
import streamlit as st

from digitlab.analysis.film import Film
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.networks import CLASSES
from digitlab.ui import digit_map
from digitlab.ui.explore import matrix
from digitlab.wording import knobs as words


@st.fragment  # so that another epoch reruns only this function
def show(film: Film, name: str, family: str, key: str) -> None:
    """Show a film; a cell of the matrix marks its digits on the map.

    Args:
        film: with at least one frame; the page has the style sheet of exploring pages.
        name: of the network or model.
        family: "DNN" or "CNN", for the colour.
        key: of the film in the page.
    """
    last = len(film.counts)
    epoch = last if last == 1 else st.slider(words.epoch(), 1, last, value=last, key=f"film_{key}")
    counts, answers, places = film.counts[epoch - 1], film.answers[epoch - 1], film.places[epoch - 1]
    digits = mnist.packaged()
    labels = digits.labels[film.indices]
    held_out = HeldOut(
        "validation", film.indices.astype(np.int64), digits.images[film.indices], labels,
        {name: np.eye(CLASSES, dtype=np.float32)[answers]},
    )  # fmt: skip
    chosen = st.session_state.get(f"film_cell_{key}")
    marked = np.zeros(len(labels), bool) if chosen is None else (labels == chosen[0]) & (answers == chosen[1])

    def choose(_: str, true: int, given: int) -> None:
        cell = (true, given)
        st.session_state[f"film_cell_{key}"] = None if cell == chosen else cell

    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(words.frame(epoch, int(np.trace(counts)), int(counts.sum())))
        matrix.matrix(
            name, counts.astype(np.int64), family, shown="counts", errors_only=True, chosen=chosen, on_choose=choose,
            key=f"film_matrix_{key}",
        )  # fmt: skip
    with right:
        digit_map.digit_map(
            held_out, name, np.arange(len(labels)), places.astype(np.float32) / 255, "true digit", f"film_map_{key}",
            words.film_of(name, epoch), None, held_out.indices[marked], None, lasso=False, method="PCA",
        )  # fmt: skip
        st.caption(words.map_of(len(labels)))
