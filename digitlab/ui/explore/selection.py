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
from digitlab.wording.language import N_, NP_, pgettext
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import inert

ANY, NONE = NP_("digit", "any"), slices.NONE
FORMERLY = {"only left wrong": "only A wrong", "only right wrong": "only B wrong"}


def pick_group(models: int, *, everything: bool) -> str:
    """Choose which of one or two models must be wrong; `everything` starts with all digits, for a saved selection."""
    options = mistakes.ALONE if models == 1 else mistakes.DUEL
    return choice.one_of(
        _("Show"), options, default="all" if everything else options[0], key="group", shown=choice.within("digits"),
        formerly=FORMERLY,
    )  # fmt: skip


def pick_filter(group: str, model: str) -> Filter:
    """Choose what else the digits of a group must be.

    Args:
        group: one of `mistakes.ALONE` or `mistakes.DUEL`.
        model: whose confidence counts.
    """
    with st.popover(_("Filters"), icon=":material/filter_list:"):
        label = _pick_digit(_("True digit"), "label")
        given = _pick_digit(_("Answer"), "given")
        least, most = st.slider(
            _("Confidence of {model}").format(model=model), 0, 100, (0, 100), format="%d%%", key="confidence",
            bind="query-params",
        )  # fmt: skip
        contested = st.toggle(
            _("Contested labels"), value=True, key="contested", bind="query-params", help=words.contested()
        )
    return Filter(group, label, given, least / 100, most / 100, contested)


def _pick_digit(label: str, key: str) -> int | None:
    """Choose one digit, or None for any."""
    chosen = choice.from_list(label, [ANY, *map(str, range(10))], default=ANY, key=key, shown=choice.within("digit"))
    return None if chosen == ANY else int(chosen)


def pick_slice() -> Slice | None:
    """Choose a saved selection, or None. The URL keeps the choice, so that it can be shared."""
    saved = slices.names()
    asked = st.query_params.get("slice", NONE)
    if not saved and asked == NONE:
        return None
    if asked not in {NONE, *saved}:
        st.warning(words.no_selection(asked, saved))
    chosen = choice.from_list(
        _("Saved selection"), [NONE, *saved], default=NONE, key="slice",
        shown=lambda name: pgettext("selection", "none") if name == NONE else name, width=models.WIDTH_PX,
    )  # fmt: skip
    return None if chosen == NONE else slices.read(chosen)


def within(held_out: HeldOut, places: np.ndarray, chosen: Slice) -> np.ndarray:
    """The positions among `places` whose digits belong to a saved selection."""
    return places[np.isin(held_out.indices[places], chosen.indices)]


def save(held_out: HeldOut, places: np.ndarray) -> None:
    """Save the selected digits under a name, or delete a saved selection."""
    with st.popover(_("Save"), icon=":material/bookmark:"):
        name = st.text_input(
            _("Name"), key="slice_name", placeholder=_("fours like nines"), max_chars=slices.LONGEST_NAME
        )
        indices = held_out.indices[places].tolist()
        st.button(
            words.save(len(places)), on_click=_save, args=(name, held_out.split, indices),
            key="save_slice", disabled=not name.strip() or not indices,
        )  # fmt: skip
        current = st.session_state.get("slice", NONE)
        if current != NONE:
            st.button(
                _("Forget {name}").format(name=inert(current)), on_click=_forget, args=(current,), key="forget_slice"
            )
    if said := st.session_state.pop("_slice_said", None):
        st.toast(said)


def _save(name: str, split: str, indices: list[int]) -> None:
    problem = presenter.attempt(N_("save a slice"), lambda: slices.save(name, split, indices))
    saved = _("Saved. The address of this page with slice={name} shows it to others.").format(name=inert(name))
    st.session_state["_slice_said"] = problem or saved


def _forget(name: str) -> None:
    problem = presenter.attempt(N_("delete a slice"), lambda: slices.delete(name))
    if problem:
        st.session_state["_slice_said"] = problem
    else:
        st.query_params.pop("slice", None)  # else the page would miss what the address names
