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
from digitlab.wording.language import N_, NP_
from digitlab.wording.language import gettext as _

_GROUPS: dict[str, dict[str, bool]] = {
    NP_("drawings", "all"): {}, NP_("drawings", "without a label"): {"labelled": False},
    NP_("drawings", "read wrong"): {"wrong": True},
}  # fmt: skip
GROUPS = tuple(_GROUPS)
LABELS = (*range(10), collection.NOT_A_DIGIT)
FORMERLY = {"not a digit": str(collection.NOT_A_DIGIT)}
PAGE = 200  # drawings


def select(group: str, digit: int | None) -> list[int]:
    """The numbers of a group's drawings, newest first.

    Args:
        group: one of `GROUPS`.
        digit: only drawings with this label, one of `LABELS`; None for all.
    """
    return collection.find(**_GROUPS[group], digit=digit)


def is_wrong(drawing: Drawing) -> bool:
    """Whether a model read a labelled drawing wrong, or took it for a digit although it is none."""
    label = drawing.label
    return label is not None and not all(collection.is_right(answer, label) for answer in drawing.answers.values())


def keeping() -> None:
    """Show the presenter's switch for whether drawings are kept at all."""
    st.session_state.setdefault("keeping", collection.is_keeping())
    st.toggle(
        _("Keep drawings"), key="keeping", on_change=_switch,
        help=_("Off: the wall still shows what is drawn, but nothing is stored. Authors can also decide for "
               "themselves"),
    )  # fmt: skip


def exports(numbers: Sequence[int]) -> None:
    """Show download buttons for these drawings, which only presenters can press."""
    with_label = set(collection.find(labelled=True)) - set(collection.find(digit=collection.NOT_A_DIGIT))
    labelled = [number for number in numbers if number in with_label]
    is_presenter, check = presenter.is_presenter(), presenter.later(N_("download the collection"))

    def pictures() -> bytes:
        check()
        return collection.export.pictures(collection.each(numbers))

    def arrays() -> bytes:
        check()
        return collection.export.arrays(collection.each(labelled, strokes=False))

    st.download_button(
        _("PNG and CSV"), pictures, file_name="drawings.zip", mime="application/zip", icon=":material/download:",
        help=_("Picture and strokes of every drawing, and a table"), disabled=not is_presenter,
    )  # fmt: skip
    st.download_button(
        _("{count:,} labelled as .npz").format(count=len(labelled)), arrays, file_name="room.npz",
        help=_("Arrays x and y, as in MNIST, of the drawings that are digits"), icon=":material/download:",
        disabled=not (labelled and is_presenter),
    )  # fmt: skip
    if not is_presenter:
        st.caption(_("Only the presenter may download them."))


def show(numbers: Sequence[int]) -> None:
    """Show a page of a gallery of drawings; the URL keeps which page and which drawing is open."""
    pages = -(-len(numbers) // PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    drawings = list(collection.each(numbers[(page - 1) * PAGE : page * PAGE], strokes=False))
    gallery(
        np.array([drawing.pixels for drawing in drawings], np.uint8).reshape(-1, 28, 28),
        [drawing.id for drawing in drawings], [*map(_caption, drawings)], [*map(_sentence, drawings)],
        ["" if drawing.label is None else "wrong" if is_wrong(drawing) else "right" for drawing in drawings],
        _open, "collection",
    )  # fmt: skip
    asked = st.query_params.get("drawing", "")
    for opened in collection.each([number for number in numbers if str(number) == asked], strokes=False):
        st.dialog(_("Drawing {number}").format(number=opened.id), on_dismiss=_close)(_body)(opened)


def _body(drawing: Drawing) -> None:
    picture, words = st.columns(2)
    picture.html(cards.seen(to_shares(drawing.pixels)))
    with words:
        st.markdown(_sentence(drawing))
        st.caption(_("Drawn {when} UTC").format(when=f"{drawing.drawn_at:%Y-%m-%d %H:%M}"))
        labels = [*LABELS, None]
        label = st.selectbox(
            _("It is"), labels, index=labels.index(drawing.label), key=f"relabel_{drawing.id}", format_func=_label
        )
        st.button(
            _("Save label"), on_click=_change, key="save_label", disabled=label == drawing.label,
            args=(N_("relabel a drawing"), lambda: collection.label(drawing.id, label)),
        )  # fmt: skip
        st.button(
            _("Delete"), icon=":material/delete:", on_click=_change, key="delete_drawing",
            args=(N_("delete a drawing"), lambda: collection.delete([drawing.id])),
        )  # fmt: skip


def _label(of: int | None) -> str:
    return _("nobody can tell") if of is None else room.label(of)


def _change(action: str, change: Callable[[], object]) -> None:
    problem = presenter.attempt(action, change)
    if problem:
        st.toast(problem, icon=":material/error:")
    else:
        _close()


def _switch() -> None:
    wanted = st.session_state["keeping"]
    problem = presenter.attempt(N_("switch keeping on or off"), lambda: collection.set_keeping(wanted))
    if problem:
        st.session_state["keeping"] = not wanted
        st.toast(problem, icon=":material/error:")


def _open(number: int) -> None:
    st.query_params["drawing"] = str(number)


def _close() -> None:
    st.query_params.pop("drawing", None)


def _caption(drawing: Drawing) -> str:
    said = " ".join(answers.short(given["digit"], is_digit=given["is_digit"]) for given in drawing.answers.values())
    label = {None: "?", collection.NOT_A_DIGIT: "–"}.get(drawing.label, drawing.label)
    return f"{label}: {said}"


def _sentence(drawing: Drawing) -> str:
    return room.in_the_collection(drawing.id, drawing.answers, drawing.label)
