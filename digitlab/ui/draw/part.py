"""The picture that is read: what was taken for the digit is outlined, and a part or a turn can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from digitlab import ink, serving
from digitlab.errors import DigitlabError
from digitlab.ink import Box, Ink
from digitlab.serving import Classifier, Reading
from digitlab.ui import tiles
from digitlab.ui.component import component
from digitlab.wording import pictures
from digitlab.wording.language import gettext as _
from digitlab.wording.language import pgettext

ICONS = {270: "rotate_left", 90: "rotate_right", 180: "flip_camera_android"}  # by degrees, clockwise
_component = component(__file__, "part")


@dataclass(frozen=True)
class Part:
    """What is to be read of a picture: a box in px of the picture after its turn, or all; degrees clockwise."""

    box: Box | None = None
    turn: int = 0

    def turned(self, degrees: int, size: tuple[int, int]) -> Part:
        """The same part after another turn of the picture, which now has this size."""
        box = self.box
        for _turn in range(degrees // 90):
            box = box and Box(size[1] - box.bottom, box.left, box.height, box.width)
            size = size[1], size[0]
        return Part(box, (self.turn + degrees) % 360)


def chosen(source: str) -> Part:
    """What people have chosen to read of the picture from a source, "upload" or "camera"."""
    return st.session_state.get(f"{source}_part", Part())


def forget(source: str) -> None:
    """Read all of the next picture, as it is."""
    for kept in ("part", "preview"):
        st.session_state.pop(f"{source}_{kept}", None)


def show(source: str, data: bytes, seen: Ink | None, reading: Reading | None, models: list[Classifier]) -> None:
    """Show the picture, with buttons to turn it and to choose a part of it; nothing if it cannot be decoded.

    Args:
        source: "upload" or "camera".
        data: the picture file.
        seen: what `ink` made of the part that was chosen; None if there is no ink.
        reading: what the models read.
        models: those that read it.
    """
    part = chosen(source)
    number, count = seen.page if seen else (1, 1)
    try:
        shown, size = _preview(source, data, part.turn, number)
    except DigitlabError:
        return
    helps = serving.turn_that_helps(seen, reading, models) if seen and reading else None
    boxes = [digit.box for digit in reading.digits] if reading else []

    def choose() -> None:
        value = st.session_state[f"{source}_part_view"].box
        if value is not None:
            _keep(source, part, size, value)

    with st.container(gap="small", key="part"):
        _component(
            key=f"{source}_part_view",
            data={
                "picture": shown, "size": list(size), "outlines": [list(box) for box in boxes],
                "chosen": list(part.box) if part.box else None,
                "label": pictures.outlined(len(boxes)),
            },
            on_box_change=choose,
        )  # fmt: skip
        if count > 1:
            st.caption(pictures.page(number, count))
        if helps:
            st.caption(pictures.turn_helps(helps.degrees, helps.digit, [model.name for model in models]))
        _buttons(source, part, size, helps)
        if not part.box:
            st.caption(pictures.how_to_choose(is_outlined=bool(boxes)))


def _buttons(source: str, part: Part, size: tuple[int, int], helps: serving.Turn | None) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        # The turn that would help comes first, and says what it does.
        for degrees in sorted(ICONS, key=lambda turn: helps is None or turn != helps.degrees):
            words = pictures.turn(degrees)
            is_offer = helps is not None and degrees == helps.degrees
            st.button(
                words.offer if is_offer else words.label,
                icon=f":material/{ICONS[degrees]}:", type="secondary" if is_offer else "tertiary",
                key=f"{source}_turn_{degrees}", help=None if is_offer else words.help,
                on_click=_choose, args=(source, part.turned(degrees, size)),
            )  # fmt: skip
        with st.popover(_("Part"), icon=":material/crop:", type="tertiary", help=_("Read only a part of the picture")):
            _fields(source, part, size)
        if part.box:
            st.button(
                _("All of it"), icon=":material/close:", type="tertiary", key=f"{source}_whole", on_click=_choose,
                args=(source, replace(part, box=None)), help=_("Read the whole picture again"),
            )  # fmt: skip


def _fields(source: str, part: Part, size: tuple[int, int]) -> None:
    """The box in numbers, for keyboards."""
    box = part.box or Box(0, 0, *size)
    st.caption(_("Drag a box on the picture, or type where it is, in px:"))
    key = f"{source}_part_{part.turn}_{'_'.join(map(str, (*box, *size)))}"
    limits = ((0, size[0] - 1), (0, size[1] - 1), (1, size[0]), (1, size[1]))
    fields = [f"{key}_{name}" for name in ("left", "top", "width", "height")]

    def read() -> None:
        _keep(source, part, size, [st.session_state[field] for field in fields])

    with st.form(f"{source}_part_fields", border=False):
        labels = (pgettext("edge", "Left"), pgettext("edge", "Top"), _("Width"), _("Height"))
        for field, label, (least, most), value in zip(fields, labels, limits, box, strict=True):
            st.number_input(label, least, most, value, key=field)
        st.form_submit_button(_("Read this part"), on_click=read, key=f"{source}_part_read")


def _keep(source: str, part: Part, size: tuple[int, int], values: list[Any]) -> None:
    """Choose a box, as far as it lies within the picture; a browser may send anything."""
    try:
        left, top, width, height = (int(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        return
    left, top = min(max(0, left), size[0] - 1), min(max(0, top), size[1] - 1)
    width, height = min(max(1, width), size[0] - left), min(max(1, height), size[1] - top)
    _choose(source, replace(part, box=Box(left, top, width, height)))


def _choose(source: str, part: Part) -> None:
    st.session_state[f"{source}_part"] = part


def _preview(source: str, data: bytes, turn: int, page: int) -> tuple[str, tuple[int, int]]:
    """The picture as a data URI, and its size; decoded once, as it is shown again after each click.

    Raises:
        PictureTooLarge, UnreadablePicture: it cannot be decoded.
    """
    kept = st.session_state.get(f"{source}_preview")
    if kept is None or kept[:3] != (hash(data), turn, page):
        pixels, size = ink.preview(data, turn, page)
        uri = tiles.data_uri(pixels, "JPEG", quality=80)  # of photos, a tenth of what a PNG takes
        kept = hash(data), turn, page, uri, size
        st.session_state[f"{source}_preview"] = kept
    return kept[3], kept[4]
