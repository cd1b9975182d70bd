"""A gallery of digits that can be opened: one picture holds all of them, and every tile is a button."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from digitlab.ui import tiles
from digitlab.ui.component import component
from digitlab.wording.language import gettext as _

_component = component(__file__, "gallery")


def gallery(
    images: np.ndarray,
    indices: Sequence[int],
    captions: Sequence[str],
    labels: Sequence[str],
    marks: Sequence[str],
    on_open: Callable[[int], None],
    key: str,
) -> None:
    """Show digits as tiles; opening one calls `on_open` with its index before the page runs again.

    Args:
        images: (n, 28, 28) uint8, white ink on black.
        indices: n numbers by which `on_open` knows them.
        captions: n short texts below the tiles.
        labels: n whole sentences, for tooltips and screen readers.
        marks: n CSS classes: "right", "wrong" or "".
        on_open: called with the index of the opened digit.
        key: of the component in the page.
    """
    if not len(images):
        st.caption(_("Nothing to show."))
        return

    def opened() -> None:
        index = st.session_state[key].opened
        if index is not None:
            on_open(int(index))

    _component(
        key=key,
        data={
            "sheet": tiles.sheet(images, tiles.COLUMNS),
            "columns": tiles.COLUMNS,
            "tiles": [list(tile) for tile in zip(map(int, indices), captions, marks, labels, strict=True)],
        },
        on_opened_change=opened,
    )
