"""Which version is in service, and the panel that compares a new one with it, to promote, dismiss or roll back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab import collection
from digitlab.analysis import comparison, film
from digitlab.analysis import hints as rules
from digitlab.analysis.comparison import Comparison
from digitlab.errors import DamagedModel, UnknownModel
from digitlab.jobs import knobs
from digitlab.models import replica, store, versions
from digitlab.models.store import StoredModel
from digitlab.ui import boundary, hints, presenter, tiles
from digitlab.ui.learn import companion
from digitlab.ui.train import film as film_view
from digitlab.wording import knobs as knob_words
from digitlab.wording import models
from digitlab.wording import trainings as words
from digitlab.wording.comparison import verdict
from digitlab.wording.language import N_, numeral, pgettext
from digitlab.wording.language import gettext as _

SHOWN = 24  # most digits shown as gained and as lost; a demo's training may lose hundreds


def panel(latest: str | None) -> None:
    """Show a challenger that waits, the latest one at first; if none waits, only which version is in service.

    Args:
        latest: name of the network that was trained last; None if there is none.
    """
    waiting = versions.challengers()
    for problem in replica.this.problems():  # a promotion here may not reach the other machines
        st.warning(problem)
    done()
    if not waiting:
        if latest is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                in_service(latest)
        return
    st.header(_("Challenger"))
    name = latest if latest in waiting else waiting[0]
    if len(waiting) > 1:
        name = st.segmented_control(_("Waiting"), waiting, default=name, required=True, key="waiting")
    st.markdown(served(name))
    try:
        challenger = store.read_challenger(name)
        compared, in_room = _compared(challenger, in_room=_is_taught(challenger.run))
    except boundary.EXPECTED as error:
        st.warning(boundary.sentence(error))
        return
    companion.saw("compared", name, compared, in_room)
    if compared is None:
        st.markdown(words.unopposed(name, challenger.run["metrics"]["validation"]["accuracy"]))
        _buttons(name, compared)
    else:
        if in_room is not None:
            st.markdown(_("**This room's handwriting**, on labelled drawings that it was not taught"))
            _verdict(name, in_room, in_room=True)
            st.markdown(_("**MNIST**, which it should not forget"))
        _verdict(name, compared, in_room=False)
        _buttons(name, compared)
        for panel in filter(None, (in_room, compared)):
            _changed_sides(panel)
    _how(challenger)


def _how(challenger: StoredModel) -> None:
    """Show what was changed while a challenger learned, and its film."""
    name, changes = challenger.name, knobs.changes_of(challenger.run)
    if changes:
        st.markdown(knob_words.history(name, changes, waits=True))
    if (taken := film.of_model(challenger)) is not None:
        with st.expander(knob_words.film_title(name), icon=":material/movie:"):
            film_view.show(taken, name, challenger.run["family"], "challenger")


def _buttons(name: str, compared: Comparison | None) -> None:
    with st.container(horizontal=True):
        st.button(
            _("Promote"), icon=":material/upgrade:", on_click=_do, key="promote",
            args=(N_("promote a model"), versions.promote, name, words.done("promote", name)),
            type="primary" if compared is None or compared.better else "secondary",
        )  # fmt: skip
        st.button(
            _("Dismiss"), icon=":material/close:", on_click=_do, key="dismiss",
            args=(N_("dismiss a challenger"), versions.dismiss, name, words.done("dismiss", name)),
        )  # fmt: skip
        roll_back(name)


def in_service(name: str) -> None:
    """Say which version of a model is in service, beside a button that brings the one before back, if there is one."""
    st.markdown(served(name), width="content")
    if versions.has_previous(name):
        roll_back(name)


def served(name: str) -> str:
    """Which version of a model is in service, as Markdown."""
    return models.in_service(name, run_of(store.places(name).current))


def roll_back(name: str) -> None:
    """Show a button that names the version that it brings back; disabled where there is none."""
    before = run_of(store.places(name).previous)
    st.button(
        models.roll_back(before), icon=":material/history:", on_click=_do, key="roll_back",
        help=models.roll_back_help(before), disabled=not versions.has_previous(name),
        args=(N_("roll back a model"), partial(versions.roll_back, seen=before), name, words.done("roll back", name)),
    )  # fmt: skip


def done() -> None:
    """Say once what a button of this module has changed."""
    if message := st.session_state.pop("_challenger_done", None):
        st.success(message, icon=":material/check:")


def run_of(place: Path) -> dict[str, Any] | None:
    """The `run.json` of a version; None if there is no whole one."""
    with suppress(DamagedModel, UnknownModel):
        return store.read_run(place) if store.is_whole(place) else None
    return None


def _do(action: str, change: Callable[[str], object], name: str, message: str) -> None:
    problem = presenter.attempt(action, lambda: change(name))
    st.session_state["_challenger_done"] = None if problem else message
    if problem:
        st.toast(problem, icon=":material/error:")


def compare(name: str) -> Comparison | None:
    """The comparison of the challenger that waits with the model in service; None if no whole model is in service.

    Raises:
        UnknownModel, DamagedModel: no whole challenger waits, or answers cannot be had.
    """
    return _compared(store.read_challenger(name), in_room=False)[0]


def _compared(challenger: StoredModel, *, in_room: bool) -> tuple[Comparison | None, Comparison | None]:
    """How a challenger compares with the model in service on MNIST, and in the room if that is wanted."""
    try:
        before = store.read(challenger.name)
        marks = _mark(before), _mark(challenger)
        there = _compare_in_room(marks, collection.mark(), before, challenger) if in_room else None
        return _compare(marks, before, challenger), there
    except (UnknownModel, DamagedModel):
        return None, None


def _mark(stored: StoredModel) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(stored.run["sha256"].items()))


@st.cache_data(max_entries=20, show_spinner=False)
def _compare(marks: tuple, _before: StoredModel, _after: StoredModel) -> Comparison:
    """The comparison of two versions, computed once for the files that they answer with."""
    return comparison.compare(_before, _after)


@st.cache_data(max_entries=5, show_spinner=False)
def _compare_in_room(marks: tuple, drawn: tuple, _before: StoredModel, _after: StoredModel) -> Comparison | None:
    """The comparison on the room's drawings, computed again when the collection changes."""
    return comparison.compare_in_room(_before, _after)


def _is_taught(run: dict[str, Any]) -> bool:
    return "room" in run["data"]


def _verdict(name: str, compared: Comparison, *, in_room: bool) -> None:
    before, after = compared.before_summary, compared.after_summary
    with st.container(horizontal=True):
        _metric(
            _("Room accuracy") if in_room else _("Validation accuracy"), numeral(after.accuracy, ".2%"),
            100 * (after.accuracy - before.accuracy), _("{change:+.2f} points"),
            _("In service: {accuracy:.2%}, on the same {count:,} held-out digits").format(
                accuracy=before.accuracy, count=before.count
            ),
        )  # fmt: skip
        _metric(
            _("Loss, nats"), numeral(after.loss, ".4f"), after.loss - before.loss, _("{change:+.4f}"),
            _("In service: {loss:.4f}").format(loss=before.loss),
        )  # fmt: skip
        st.metric(_("Gained"), len(compared.gained), help=_("Wrong in service, right by the challenger"))
        st.metric(pgettext("digits", "Lost"), len(compared.lost), help=_("Right in service, wrong by the challenger"))
    said = _("**{model}**, compared with the version in service: {verdict}")
    st.markdown(said.format(model=name, verdict=verdict(compared)))
    st.caption(words.test(compared, in_room=in_room))
    hints.show([rules.within_chance(len(compared.gained), len(compared.lost), compared.p_value)])


def _metric(label: str, value: str, change: float, said: str, help: str) -> None:
    """A figure of the challenger and how it differs, without green: the verdict below weighs whether that is chance."""
    delta = said.format(change=change)
    differs = any(sign in "123456789" for sign in delta)  # as it is rounded
    st.metric(label, value, delta, delta_color="off", delta_arrow="auto" if differs else "off", help=help)


def _changed_sides(compared: Comparison) -> None:
    for mark, places in (("gained", compared.gained), ("lost", compared.lost)):
        if len(places):
            st.markdown(words.changed_sides(mark, len(places), SHOWN))
            st.html(_sides(compared, places[:SHOWN], mark))


def _sides(compared: Comparison, places: np.ndarray, mark: str) -> str:
    images = compared.images[places]
    captions = [f"{compared.before[at]} → {compared.after[at]} {'✓' if mark == 'gained' else '✗'}" for at in places]
    return tiles.tiles(images, captions, ["right" if mark == "gained" else "wrong"] * len(places))
