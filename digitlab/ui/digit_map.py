"""A map of held-out digits: each is a point, to hover over or to select; a drawing can have its place on it, too."""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from digitlab.analysis.held_out import HeldOut
from digitlab.ui import style
from digitlab.ui.component import component
from digitlab.wording import digits as words
from digitlab.wording.language import N_, NP_, numeral, pgettext
from digitlab.wording.language import gettext as _

COLOURINGS = (N_("true digit"), N_("answer"), N_("right or wrong"))
# Ten hues that are as easy to tell apart as ten can be (Petroff, "Accessible color sequences for data visualization",
# 2021); the map also shows each digit's number.
DIGIT_COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
LAST = N_("last hidden layer")
RIGHT_OR_WRONG = (
    (NP_("digits", "right"), "#8C8C8C", False), (NP_("digits", "wrong"), "#c2459a", True),
)  # fmt: skip # name, colour, is a cross
NEAREST = 5  # a drawing is placed in the middle of this many nearest held-out digits
_component = component(__file__, "map-frame")


def digit_map(
    held_out: HeldOut, name: str, passing: np.ndarray, places: np.ndarray, colouring: str, key: str, title: str,
    drawing: np.ndarray | None, selected: np.ndarray, on_select: Callable[[list[int]], None] | None,
    *, lasso: bool, method: str,
) -> None:  # fmt: skip
    """Show a map, and folded below it, how each digit on it is read; choosing digits calls `on_select` with their
    indices before the page runs again.

    Args:
        held_out: digits and answers.
        name: of the model whose answers are shown.
        passing: positions in `held_out` of the digits to show.
        places: (n, 2) float32 in [0, 1], where each of `held_out` lies.
        colouring: one of `COLOURINGS`.
        key: of the map in the page.
        title: what the map is based on, for screen readers.
        drawing: (2,) where the user's drawing lies, or None.
        selected: indices of the digits that are marked.
        on_select: called with the indices of the chosen digits; None where choosing has no effect.
        lasso: whether dragging selects; otherwise it moves the map. A click selects the nearest digit in either case.
        method: by which the map was made: "t-SNE" or "PCA".
    """
    labels, answers = held_out.labels[passing], held_out.answers(name)[passing]
    if colouring == "right or wrong":
        styles: list[list[object]] = [
            [pgettext("digits", name), colour, cross] for name, colour, cross in RIGHT_OR_WRONG
        ]
        kinds = (labels != answers).astype(np.uint8)
    else:
        styles = [[str(digit), colour, False] for digit, colour in enumerate(DIGIT_COLOURS)]
        kinds = labels if colouring == "true digit" else answers
    own = places[passing]
    middles = [[*np.median(own[labels == digit], axis=0).tolist(), str(digit)] for digit in np.unique(labels)]
    data = {
        "xs": _packed(own[:, 0] * 65535, np.uint16),
        "ys": _packed(own[:, 1] * 65535, np.uint16),
        "indices": _packed(held_out.indices[passing], np.uint32),
        "labels": _packed(labels, np.uint8),
        "answers": _packed(answers, np.uint8),
        "kinds": _packed(kinds, np.uint8),
        "styles": styles,
        "names": middles,
        "marked": selected.tolist(),
        "drawing": None if drawing is None else drawing.tolist(),
        "lasso": lasso,
        "words": words.on_map(),
        "label": words.map_label(len(passing), held_out.split, title, colouring),
    }

    def select() -> None:
        indices = st.session_state[key].selected
        if indices is not None and on_select is not None:
            on_select(indices)

    _component(key=key, data=data, on_selected_change=select)
    style.table(_rows(labels, answers), key=key, alt=data["label"])
    style.how_to_read(words.how_to_read_map(held_out, name, passing, method), key=key)


def _rows(labels: np.ndarray, answers: np.ndarray) -> list[list[str]]:
    """The digits on a map as rows of text, one for each true digit."""
    rows = [[_("True digit"), _("On the map"), _("Read right"), _("Mistaken for")]]
    for digit in np.unique(labels):
        given = answers[labels == digit]
        wrong = np.bincount(given[given != digit], minlength=10)
        mistaken = f"{wrong.argmax()} ({numeral(int(wrong.max()), ',')})" if wrong.any() else "–"
        rows.append([str(digit), numeral(len(given), ","), numeral((given == digit).mean(), ".1%"), mistaken])
    return rows


def _packed(values: np.ndarray, kind: type) -> str:
    """Numbers as base64 of little-endian integers, which take a tenth of the space of text."""
    return base64.b64encode(np.round(values).astype(np.dtype(kind).newbyteorder("<")).tobytes()).decode("ascii")
