"""The parts of the Wall page: the QR code, the score, the drawings, and one of them large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from digitlab import audience, collection, serving, settings
from digitlab.access import PLAY, invitation
from digitlab.audience import Entry
from digitlab.errors import DigitlabError
from digitlab.models import store
from digitlab.pixels import to_shares
from digitlab.serving import Doubt, Verdict
from digitlab.ui import presenter
from digitlab.ui.draw import canvas, cards, looked_at, why
from digitlab.ui.explore.gallery import gallery
from digitlab.wording import answers, failures, room

FEW = 60  # drawings that fit on a screen in their usual size
TICK_S = 0.7  # between two looks at the wall; a drawing then appears within 1.5 s of pen-up, the network included


def show() -> None:
    """The whole page below its title."""
    _buttons()
    _live()
    _stage()


@st.fragment(run_every=TICK_S)
def _live() -> None:
    wall = audience.wall()
    entries = wall.entries()
    if wall.problem:
        st.warning(wall.problem, icon=":material/cloud_off:")
    with st.container(key="wall_head"):
        st.html(_invitation() + _score(entries) + _histogram(entries))
    shown = entries[: audience.SHOWN]
    if not shown:
        st.html('<p class="lead">Nothing hangs here yet. Scan the code and draw.</p>')
        return
    with st.container(key="wall" if len(shown) <= FEW else "wall_of_many"):
        gallery(
            np.stack([entry.pixels for entry in shown]), [entry.number for entry in shown],
            [*map(_caption, shown)], [*map(_sentence, shown)], [*map(_mark, shown)], _put_on_stage, "wall_gallery",
        )  # fmt: skip
    if st.session_state.pop("_wall_opened", False):
        st.rerun()  # the opened drawing is shown outside this fragment


def _buttons() -> None:
    wall = audience.wall()
    with st.container(horizontal=True):
        st.button(
            "Go on" if wall.is_frozen else "Freeze", icon=":material/ac_unit:", key="freeze", on_click=_do,
            args=("freeze the wall", lambda: wall.freeze(not wall.is_frozen)),
        )  # fmt: skip
        st.button(
            "Clear the wall", icon=":material/delete_sweep:", key="clear_wall", on_click=_do,
            args=("clear the wall", wall.clear), help="The collection keeps what it has",
        )  # fmt: skip


def _stage() -> None:
    number = st.session_state.get("_wall_stage")
    entry = next((entry for entry in audience.wall().entries() if entry.number == number), None)
    if entry is not None:
        st.dialog(f"Drawing {entry.number}", width="large", on_dismiss=_off_stage)(_body)(entry)


def _body(entry: Entry) -> None:
    pixels = to_shares(entry.pixels)
    picture, *columns = st.columns([1, *[1] * len(entry.answers)])
    with picture:
        st.html(cards.seen(pixels))
        if entry.label is not None:
            st.markdown(f"Its author says: **{room.label(entry.label)}**")
        if st.button("Open in Draw", icon=":material/draw:", help="To be changed with the pen"):
            canvas.put(entry.pixels)
            _off_stage()
            st.switch_page("pages/draw/draw.py", query_params={})
        st.button(
            "Hide it", icon=":material/visibility_off:", key="hide", on_click=_do,
            args=("hide a drawing", lambda: audience.wall().hide(entry.number)),
        )  # fmt: skip
    models = []
    for column, (name, said) in zip(columns, entry.answers.items(), strict=True):
        shares = np.array(said.get("shares", np.eye(10)[said["digit"]]), np.float32)
        doubt = None if said["is_digit"] else Doubt("unlike", models=(name,))
        try:
            models.append(serving.load(name))
            column.html(cards.answer(models[-1], Verdict(said["digit"], shares, doubt, 0.0), timed=False))
        except DigitlabError as error:
            column.warning(failures.said(error))
    st.html(why.reason(pixels, models))
    st.html(looked_at.figures(pixels, models))


def _do(action: str, change: Callable[[], None]) -> None:
    problem = presenter.attempt(action, change)
    if problem:
        st.toast(problem, icon=":material/lock:")


def _put_on_stage(number: int) -> None:
    st.session_state.update(_wall_stage=number, _wall_opened=True)


def _off_stage() -> None:
    st.session_state.pop("_wall_stage", None)


def _invitation() -> str:
    address = (settings.load().room_url or (st.context.url or "").partition("/wall")[0].rstrip("/")) + PLAY
    # Without <wbr>, a long address would not wrap; it may wrap only before /play.
    words = escape(address.partition("://")[2] or address).replace(PLAY, f"<wbr>{PLAY}")
    code = f'<img src="{invitation.image(address)}" alt="QR code">'
    return f'<figure class="invitation">{code}<figcaption>{words}</figcaption></figure>'


def _score(entries: Sequence[Entry]) -> str:
    parts = []
    labelled = [entry for entry in entries if entry.label is not None]
    for name in store.FLAGSHIPS:
        right = sum(entry.is_right(name) is True for entry in labelled)
        parts.append(f'<div class="{name}"><b>{right}</b><span>{name.upper()}</span></div>')
    said = room.score(len(labelled), len(entries))
    return f'<section class="score" aria-label="Score">{"".join(parts)}<p>{said}</p></section>'


def _histogram(entries: Sequence[Entry]) -> str:
    """How often each digit was drawn, by label; a drawing without one counts as what the last model that takes it for a
    digit reads, usually the CNN."""
    digits = [_digit(entry) for entry in entries]
    counts = np.bincount([digit for digit in digits if digit is not None], minlength=10)
    top = max(int(counts.max()), 1)
    bars = "".join(
        f'<li style="--share:{count / top:.3f}" aria-label="{room.drawn(count, digit)}"><i></i>{digit}</li>'
        for digit, count in enumerate(counts)
    )
    return f'<ol class="histogram" aria-label="How often each digit was drawn">{bars}</ol>'


def _digit(entry: Entry) -> int | None:
    if entry.label is not None:
        return None if entry.label == collection.NOT_A_DIGIT else entry.label
    return next((given["digit"] for given in reversed(list(entry.answers.values())) if given["is_digit"]), None)


def _caption(entry: Entry) -> str:
    """The answers in a few characters, such as "9✗ 4✓"; "4 4" before its author has confirmed."""
    signs = {None: "", True: "✓", False: "✗"}
    return " ".join(
        f"{answers.short(one['digit'], is_digit=one['is_digit'])}{signs[entry.is_right(name)]}"
        for name, one in entry.answers.items()
    )


def _mark(entry: Entry) -> str:
    if entry.label is None:
        return ""
    return "right" if all(entry.is_right(name) for name in entry.answers) else "wrong"


def _sentence(entry: Entry) -> str:
    return room.on_the_wall(entry.number, entry.answers, entry.label)
