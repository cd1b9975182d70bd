"""The part "Fewest pixels": the smallest change of pixels that makes each model answer another digit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from digitlab.serving import Classifier
from digitlab.ui.draw import asked, overlays
from digitlab.wording import explanations
from digitlab.wording.language import gettext as _


def show(pixels: np.ndarray, models: Sequence[Classifier]) -> None:
    """Show the change for each model, over the ink and in words."""
    with st.spinner(_("Trying pixels …")):
        figures = "".join(_figure(model, pixels) for model in models)
    st.html(f'<div class="looks">{figures}</div>')
    st.caption(
        _(
            "Green frames: pixels that become ink. Pink frames: ink taken away. There may be a smaller change that the "
            "search has missed."
        )
    )


def _figure(model: Classifier, pixels: np.ndarray) -> str:
    name, found = model.name.upper(), asked.smallest_change(model, pixels)
    said, nothing = explanations.fewest_pixels(found), np.zeros(pixels.shape, bool)
    if found is None:
        picture = overlays.change(pixels, nothing, nothing, _("{model}: the drawing, unchanged").format(model=name))
    else:
        picture = overlays.change(pixels, found.removed, found.added, f"{name}: {said}")
    return f'<figure class="look">{picture}<figcaption><b>{escape(name)}</b>{said}</figcaption></figure>'
