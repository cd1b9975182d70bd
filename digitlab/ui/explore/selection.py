"""The filters of the Mistakes page, and saved selections of digits."""

from __future__ import annotations

import numpy as np
import streamlit as st

from digitlab.analysis import mistakes
from digitlab.analysis.held_out import HeldOut
from digitlab.analysis.mistakes import Filter
from digitlab.data import slices
from digitlab.data.slices import Slice
from digitlab.ui import choice, models, presenter
from digitlab.wording import digits as words
from digitlab.wording.parts import inert

ANY, NONE = "any", slices.NONE
FORMERLY = {"only left wrong": "only A wrong", "only right wrong": "only B wrong"}


def pick_group(models: int, *, everything: bool) -> str:
    """Choose which of one or two models must be wrong; `everything` starts with all digits, for a saved selection."""
    options = mistakes.ALONE if models == 1 else mistakes.DUEL
    if st.session_state.get("group") not in options:
        st.session_state.pop("group", None)
    return choice.one_of("Show", options, default="all" if everything else options[0], key="group", formerly=FORMERLY)


def pick_filter(group: str, model: str) -> Filter:
    """Choose what else the digits of a group must be.

    Args:
        group: one of `mistakes.ALONE` or `mistakes.DUEL`.
        model: whose confidence counts.
    """
    with st.popover("Filters", icon=":material/filter_list:"):
        label = _pick_digit("True digit", "label")
        given = _pick_digit("Answer", "given")
        least, most = st.slider(
            f"Confidence of {model}", 0, 100, (0, 100), format="%d%%", key="confidence", bind="query-params"
        )
        contested = st.toggle(
            "Contested labels", value=True, key="contested", bind="query-params", help=words.contested()
        )
    return Filter(group, label, given, least / 100, most / 100, contested)


def _pick_digit(label: str, key: str) -> int | None:
    """Choose one digit, or None for any."""
    choice = st.selectbox(label, [ANY, *map(str, range(10))], key=key, bind="query-params")
    return None if choice == ANY else int(choice)


def pick_slice() -> Slice | None:
    """Choose a saved selection, or None. The URL keeps the choice, so that it can be shared."""
    saved = slices.names()
    asked = st.query_params.get("slice", NONE)
    if not saved and asked == NONE:
        return None
    if asked not in {NONE, *saved}:
        st.warning(words.no_selection(asked, saved))
    choice = st.selectbox("Saved selection", [NONE, *saved], key="slice", bind="query-params", width=models.WIDTH_PX)
    return None if choice == NONE else slices.read(choice)


def within(held_out: HeldOut, places: np.ndarray, chosen: Slice) -> np.ndarray:
    """The positions among `places` whose digits belong to a saved selection."""
    return places[np.isin(held_out.indices[places], chosen.indices)]


def save(held_out: HeldOut, places: np.ndarray) -> None:
    """Save the selected digits under a name, or delete a saved selection."""
    with st.popover("Save", icon=":material/bookmark:"):
        name = st.text_input("Name", key="slice_name", placeholder="fours like nines", max_chars=slices.LONGEST_NAME)
        indices = held_out.indices[places].tolist()
        st.button(
            f"Save these {len(places):,} digits", on_click=_save, args=(name, held_out.split, indices),
            key="save_slice", disabled=not name.strip() or not indices,
        )  # fmt: skip
        current = st.session_state.get("slice", NONE)
        if current != NONE:
            st.button(f"Forget {inert(current)}", on_click=_forget, args=(current,), key="forget_slice")
    if said := st.session_state.pop("_slice_said", None):
        st.toast(said)


def _save(name: str, split: str, indices: list[int]) -> None:
    problem = presenter.attempt("save a slice", lambda: slices.save(name, split, indices))
    st.session_state["_slice_said"] = (
        problem or f"Saved. The address of this page with slice={inert(name)} shows it to others."
    )


def _forget(name: str) -> None:
    problem = presenter.attempt("delete a slice", lambda: slices.delete(name))
    if problem:
        st.session_state["_slice_said"] = problem
    else:
        st.session_state["slice"] = NONE
