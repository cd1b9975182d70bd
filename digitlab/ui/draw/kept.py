"""One slim line below the answers, where authors say which digit it really was and so keep the drawing.

Nothing is stored at pen-up. A drawing is kept when its author clicks what it is, and only while the switch is on.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import streamlit as st

from digitlab import audience, collection, ink
from digitlab.access import network
from digitlab.ink import Ink, Strokes
from digitlab.pixels import to_bytes
from digitlab.serving import Reading
from digitlab.ui.draw import canvas
from digitlab.wording import room
from digitlab.wording.language import gettext as _


def line(drawing: Strokes | bytes | None, seen: Ink | None, reading: Reading | None) -> None:
    """Show the line. It is there even without a drawing, so that nothing on the page moves.

    Args:
        drawing: as the canvas gives it; only strokes can be kept.
        seen: what `ink` made of the drawing.
        reading: what the models answered.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kept_line"):
        st.toggle(
            _("Keep what I confirm"), key="keep_mine", on_change=_take_back, persist_state="session",
            help=_("In this server's collection: the strokes, the 28 × 28 pixels, the answers and what it was. "
                   "No name. Switching this off takes back the drawing on the canvas"),
        )  # fmt: skip
        can_keep = bool(st.session_state.get("keep_mine"))
        is_one = isinstance(drawing, Strokes) and seen is not None and reading is not None and not reading.is_several
        said = {verdict.digit for verdict in reading.whole.values()} if reading is not None and is_one else set()
        ready = can_keep and bool(said)
        shown = (canvas.as_json() if ready else {}, seen, reading)
        st.button(
            _("That's right"), icon=":material/check:", type="tertiary", key="kept_right", on_click=_keep,
            args=(*shown, min(said, default=0)), disabled=not ready or len(said) != 1,
        )  # fmt: skip
        with st.popover(_("It was a …"), type="tertiary", key="kept_was", disabled=not ready):
            for row in (range(5), range(5, 10)) if ready else ():  # only then: they are a quarter of what a run sends
                with st.container(horizontal=True, gap="small"):
                    for label in row:
                        st.button(str(label), key=f"kept_{label}", on_click=_keep, args=(*shown, label))
        told = st.session_state.get("_kept_told")
        is_this = told is not None and seen is not None and told[0] == _mark(seen)
        st.caption(told[1] if told is not None and is_this else "", width="stretch")


def _keep(strokes: dict[str, Any], seen: Ink, reading: Reading, label: int) -> None:
    """Keep the drawing under its label; a second click on the same drawing changes the label."""
    state = st.session_state
    if not state.get("keep_mine"):  # a forged message may press a disabled button
        return
    mark = _mark(seen)
    if state.get("_kept_mark") != mark:
        state.update(_kept_mark=mark, _kept_token=secrets.token_hex(16))
    pixels, given = to_bytes(seen.pixels), audience.answers(reading)
    wanted = collection.change.keep(state["_kept_token"], ink.thinned(strokes), pixels, given, label)
    client = network.one_client(st.context.ip_address or "")
    fate = collection.keeper.ask(wanted, client)
    state["_kept_told"] = (mark, room.kept(label, fate), label if fate in ("kept", "waits") else None)


def label_of(seen: Ink) -> int | None:
    """What its author said this drawing was; None if it is not kept."""
    mark, _, label = st.session_state.get("_kept_told") or ("", "", None)
    return label if mark == _mark(seen) else None


def _take_back() -> None:
    """Delete the drawing that was kept last, if the switch has been turned off."""
    state = st.session_state
    token = state.pop("_kept_token", None)
    state.pop("_kept_mark", None)
    state.pop("_kept_told", None)
    if token is None or state.get("keep_mine"):
        return
    fate = collection.keeper.ask(collection.change.forget(token))
    if fate != "nothing":
        st.toast(room.not_forgotten(fate), icon=":material/error:")


def _mark(seen: Ink) -> str:
    return hashlib.sha256(seen.pixels.tobytes()).hexdigest()
