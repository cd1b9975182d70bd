"""The parts of the Collection page: choosing drawings, showing one large, and what a presenter may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from digitlab import collection
from digitlab.collection import Drawing
from digitlab.pixels import to_shares
from digitlab.ui import presenter
from digitlab.ui.draw import cards
from digitlab.ui.explore.gallery import gallery
from digitlab.wording import answers, room

GROUPS = ("all", "without a label", "read wrong")
UNKNOWN = "nobody can tell"


def select(group: str, digit: int | None) -> list[Drawing]:
    """The drawings of a group, newest first.

    Args:
        group: one of `GROUPS`.
        digit: only drawings with this label; None for all.
    """
    drawings = collection.search()[::-1]
    if group == GROUPS[1]:
        drawings = [drawing for drawing in drawings if drawing.label is None]
    elif group == GROUPS[2]:
        drawings = [drawing for drawing in drawings if is_wrong(drawing)]
    return [drawing for drawing in drawings if digit is None or drawing.label == digit]


def is_wrong(drawing: Drawing) -> bool:
    """Whether a model read a labelled drawing wrong."""
    return drawing.label is not None and any(answer["digit"] != drawing.label for answer in drawing.answers.values())


def keeping() -> None:
    """Show the presenter's switch for whether drawings are kept at all."""
    st.session_state.setdefault("keeping", collection.is_keeping())
    st.toggle(
        "Keep drawings", key="keeping", on_change=_switch,
        help="Off: the wall still shows what is drawn, but nothing is stored. Authors can also decide for themselves",
    )  # fmt: skip


def exports(drawings: Sequence[Drawing]) -> None:
    """Show download buttons for these drawings."""
    labelled = sum(drawing.label is not None for drawing in drawings)
    st.download_button(
        "PNG and CSV", lambda: collection.export.pictures(drawings), file_name="drawings.zip",
        mime="application/zip", icon=":material/download:", help="Picture and strokes of every drawing, and a table",
    )  # fmt: skip
    st.download_button(
        f"{labelled:,} labelled as .npz", lambda: collection.export.arrays(drawings), file_name="room.npz",
        icon=":material/download:", help="Arrays x and y, as in MNIST", disabled=not labelled,
    )  # fmt: skip


def show(drawings: Sequence[Drawing]) -> None:
    """Show a gallery of drawings; the URL keeps which one is open."""
    gallery(
        np.array([drawing.pixels for drawing in drawings], np.uint8).reshape(-1, 28, 28),
        [drawing.id for drawing in drawings], [*map(_caption, drawings)], [*map(_sentence, drawings)],
        ["" if drawing.label is None else "wrong" if is_wrong(drawing) else "right" for drawing in drawings],
        _open, "collection",
    )  # fmt: skip
    asked = st.query_params.get("drawing", "")
    opened = next((drawing for drawing in drawings if str(drawing.id) == asked), None)
    if opened is not None:
        st.dialog(f"Drawing {opened.id}", on_dismiss=_close)(_body)(opened)


def _body(drawing: Drawing) -> None:
    picture, words = st.columns(2)
    picture.html(cards.seen(to_shares(drawing.pixels)))
    with words:
        st.markdown(_sentence(drawing))
        st.caption(f"Drawn {drawing.drawn_at:%Y-%m-%d %H:%M} UTC")
        options = [*range(10), UNKNOWN]
        at = options.index(UNKNOWN if drawing.label is None else drawing.label)
        chosen = st.selectbox("It is a", options, index=at, key=f"relabel_{drawing.id}")
        label = None if chosen == UNKNOWN else int(chosen)
        st.button(
            "Save label", on_click=_change, key="save_label", disabled=label == drawing.label,
            args=("relabel a drawing", lambda: collection.label(drawing.id, label)),
        )  # fmt: skip
        st.button(
            "Delete", icon=":material/delete:", on_click=_change, key="delete_drawing",
            args=("delete a drawing", lambda: collection.delete([drawing.id])),
        )  # fmt: skip


def _change(action: str, change: Callable[[], object]) -> None:
    problem = presenter.attempt(action, change)
    if problem:
        st.toast(problem, icon=":material/error:")
    else:
        _close()


def _switch() -> None:
    wanted = st.session_state["keeping"]
    problem = presenter.attempt("switch keeping on or off", lambda: collection.set_keeping(wanted))
    if problem:
        st.session_state["keeping"] = not wanted
        st.toast(problem, icon=":material/error:")


def _open(number: int) -> None:
    st.query_params["drawing"] = str(number)


def _close() -> None:
    st.query_params.pop("drawing", None)


def _caption(drawing: Drawing) -> str:
    said = " ".join(answers.short(given["digit"], is_digit=given["is_digit"]) for given in drawing.answers.values())
    return f"{'?' if drawing.label is None else drawing.label}: {said}"


def _sentence(drawing: Drawing) -> str:
    return room.in_the_collection(drawing.id, drawing.answers, drawing.label)
