"""The drawing canvas with undo, clear and brush, and the drawing it holds.

The drawing lives in the session, not in the widget: Streamlit forgets a widget's value when its page is left.

Session state:
    drawing: the canvas as PNG bytes, or None while it is empty.
    drawing_strokes: the canvas's own list of what is on it, to draw it again and to undo.
    _canvas_history: what was on it before it was cleared, before strokes were erased, or a digit put on it.
"""

from __future__ import annotations

import base64
import io
import json
from contextlib import suppress
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from digitlab import ink
from digitlab.analysis import held_out
from digitlab.analysis.hints import small_drawing
from digitlab.errors import DigitlabError, UnreadablePicture
from digitlab.ink import Strokes
from digitlab.ui import streamlit_inside
from digitlab.ui.draw import canvas_inside, link
from digitlab.wording import digits as of_digits
from digitlab.wording import hints, links
from digitlab.wording.language import gettext as _

INK = "#111111"
PAPER = "#ffffff"
MOST_UNDONE = 5  # changes of the whole canvas that can be taken back
_DARK = "<style>.st-key-canvas_frame > :first-child { filter: invert(1); }</style>"
# A button that a key has pressed is then disabled, and Streamlit gives the focus to the whole page.
_KEEP_FOCUS = """<script>
(() => {
  const frame = document.querySelector(".st-key-canvas_frame");
  frame.tabIndex = 0;
  frame.role = "group";
  frame.ariaLabel = LABEL;
  const pass = ({ target, relatedTarget }) => {
    if (!frame.isConnected) return removeEventListener("focusin", pass);
    const isOnItsWay = relatedTarget && relatedTarget !== frame; // by Tab
    if (target !== frame && target.contains(frame) && !isOnItsWay) frame.focus({ preventScroll: true });
  };
  addEventListener("focusin", pass);
})();
</script>"""
# Streamlit keeps a page's scroll position for the next page.
_TO_TOP = """<script>
for (let part = document.querySelector(".st-key-canvas_frame"); part; part = part.parentElement) part.scrollTop = 0;
</script>"""


def canvas() -> Strokes | bytes | None:
    """Show the canvas and its controls; return the drawing as `drawing` does, or None where `unreadable` tells why."""
    # The component registers itself with the running app, so it cannot be imported before there is one.
    from streamlit_drawable_canvas import st_canvas

    state = st.session_state
    state.setdefault("drawing", None)
    if "drawing_strokes" not in state:
        # The browser may still show strokes when its session begins, because the server of the earlier one is gone.
        state["drawing_strokes"] = []
        with suppress(UnreadablePicture):
            state["drawing_strokes"] = canvas_inside.report(streamlit_inside.unseen_state("canvas"))[0]
        if not state["drawing_strokes"] and (linked := st.query_params.get("drawing")):
            show_linked(linked)
    arrives = False
    if "canvas" not in state:
        arrives = _take_linked()
        _show_strokes()  # the page has just been opened, for the first time or again
    elif "_canvas_lacked" in state and not state["drawing_strokes"] and (arrives := _take_linked()):
        _show_strokes()  # full MNIST has been fetched
    frame = st.container(key="canvas_frame", gap=None)
    with frame:
        # Once it is shown, the component reads what the browser reports, as if that could have one form only.
        with suppress(AttributeError, KeyError, TypeError):
            st_canvas(
                stroke_width=state.get("brush", ink.BRUSH_PX),
                stroke_color=INK,
                background_color=PAPER,
                width=ink.CANVAS_PX,
                height=ink.CANVAS_PX,
                initial_drawing=state["_canvas_initial"],
                return_image_data=True,
                key="canvas",
            )
        # Only the look: what the canvas reports stays black on white, so that the answers are the same.
        dark = _DARK if st.context.theme.type == "dark" else ""
        keep_focus = _KEEP_FOCUS.replace("LABEL", json.dumps(_("Canvas")))
        scripts = canvas_inside.HIDE_TOOLBAR + keep_focus + (_TO_TOP if arrives else "")
        st.html(scripts + dark, unsafe_allow_javascript=True)
    _take_report()
    # Never disabled: people see an answer to a stroke before the canvas reports it, and may undo it at once.
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="tools"):
        st.button(_("Undo"), icon=":material/undo:", shortcut="Mod+Z", on_click=_undo, key="undo")
        st.button(_("Clear"), icon=":material/delete:", shortcut="Delete", on_click=_clear, key="clear")
        tool, icon = (_("Pen"), "edit") if erases() else (_("Eraser"), "ink_eraser")
        st.button(
            tool, icon=f":material/{icon}:", on_click=_change_tool, key="tool",
            help=_("Touch a stroke to erase it. By keyboard: arrow keys on the canvas choose one, Enter erases it"),
        )  # fmt: skip
        _samples()
    if said := origin():
        st.caption(said)
    with suppress(UnreadablePicture):
        drawn = drawing()
        if isinstance(drawn, Strokes) and (hint := small_drawing(drawn.extent(), (drawn.width, drawn.height))):
            frame.html(f'<p class="too-small">{escape(hints.said(hint))}</p>')  # over the canvas, so that nothing moves
        return drawn
    return None


def unreadable() -> str | None:
    """Why nothing can be read of what is on the canvas, or of the link that was opened; None if it can be, or if the
    canvas is empty."""
    try:
        drawing()
        number = st.session_state.get("_canvas_lacked")
        if number and held_out.named(number)[0] in (None, *held_out.splits()):  # else the page says so
            return links.no_such_digit(number)
    except DigitlabError as error:
        return str(error)
    return st.session_state.get("_canvas_refused")


def drawing() -> Strokes | bytes | None:
    """The drawing of the session: its strokes, or PNG bytes where `ink` reads none of them, such as where a digit was
    put on the canvas; None while empty.

    Raises:
        UnreadablePicture: the browser reported neither strokes nor a picture of the canvas.
    """
    picture = st.session_state.get("drawing")
    if picture is None:
        return None
    with suppress(UnreadablePicture):
        if (strokes := as_json()) is not None:
            return ink.strokes_from_json(strokes)
    if not canvas_inside.is_own(picture, ink.CANVAS_PX):
        raise UnreadablePicture(canvas_inside.UNREADABLE)
    return picture


def version() -> tuple[int, int]:
    """Identifies the session's drawing: how often the canvas was told what to show, and the number of strokes."""
    return st.session_state.get("_canvas_revision", 0), len(st.session_state.get("drawing_strokes", []))


def as_shown() -> list[dict[str, Any] | None]:
    """What the canvas was last told to show, as `canvas_inside.stroke` gives it."""
    return [canvas_inside.stroke(drawn) for drawn in st.session_state.get("_canvas_initial", {}).get("objects", [])]


def as_json(objects: list[dict[str, Any]] | None = None) -> dict[str, Any] | None:
    """The session's drawing as `ink.strokes_from_json` takes it; None where there are no strokes, or anything else.

    Args:
        objects: only these of what is on the canvas.
    """
    if objects is None:
        objects = st.session_state.get("drawing_strokes", [])
    strokes = [stroke for stroke in map(canvas_inside.stroke, objects) if stroke is not None]
    if not strokes or len(strokes) < len(objects):
        return None
    return {
        "width": ink.CANVAS_PX, "height": ink.CANVAS_PX,
        "brush": [stroke["brush"] for stroke in strokes], "strokes": [stroke["points"] for stroke in strokes],
    }  # fmt: skip


def offer(number: str, image: np.ndarray, origin: str) -> None:
    """Let a link with `digit=number` to the Draw page put this digit on the canvas; arguments as for `put`."""
    st.session_state["_canvas_offered"] = number, image, origin


def _take_linked() -> bool:
    """Put the digit on the canvas that the link names, one that was offered or any held-out digit; whether it did."""
    number = st.query_params.get("digit", "")
    st.session_state.pop("_canvas_lacked", None)
    offered = st.session_state.get("_canvas_offered", ("", None, ""))
    if number and number == offered[0]:
        put(offered[1], offered[2])
        return True
    if number:
        with suppress(DigitlabError):
            if (found := held_out.one(number)) is not None:
                put(found.images[0], of_digits.title(found, 0))
                return True
        st.session_state["_canvas_lacked"] = number
    return False


def as_link() -> str:
    """The session's drawing as `show_linked` takes it; empty where there is none, or none that a link can hold."""
    digit = st.session_state.get("_canvas_put")
    objects = st.session_state.get("drawing_strokes", [])
    is_put = [canvas_inside.is_picture(drawn) for drawn in objects[:1]] == [True] and digit is not None
    strokes = as_json(objects[is_put:])
    if len(objects) > is_put and strokes is None:
        return ""
    try:
        return link.text(digit if is_put else None, strokes)
    except (UnreadablePicture, OverflowError, ValueError):  # a browser may report strokes that nobody draws
        return ""


def show_linked(text: str) -> None:
    """Replace what is on the canvas by the drawing of a link, or note why it cannot be read."""
    state = st.session_state
    try:
        digit, strokes = link.read(text)
    except UnreadablePicture as error:
        state["_canvas_refused"] = str(error)
        return
    state["drawing_strokes"], state["drawing"] = [], None
    if digit is not None:
        put(digit)
    if strokes is not None:
        state["drawing_strokes"] += [
            canvas_inside.path(points, brush, INK)
            for points, brush in zip(strokes["strokes"], strokes["brush"], strict=True)
        ]
        state["drawing"] = state["drawing"] or b""  # until the canvas reports its picture
    _show_strokes()


def restore(text: str) -> None:
    """The same for what the browser has kept of the page before it was loaded again, which may be nothing."""
    if text:
        show_linked(text)
    else:
        _keep_strokes(0)


def erase(numbers: object) -> None:
    """Take strokes away.

    Args:
        numbers: a list of their places among all that is on the canvas; a browser may send anything.
    """
    _take_report()
    strokes = st.session_state["drawing_strokes"]
    chosen = set(filter(lambda one: type(one) is int, numbers)) if isinstance(numbers, list) else set()
    left = [drawn for at, drawn in enumerate(strokes) if at not in chosen]
    if len(left) == len(strokes):
        return
    _remember(len(left))
    st.session_state["drawing_strokes"] = left
    _keep_strokes(len(left))


def erases() -> bool:
    """Whether the pen on the canvas is an eraser."""
    return bool(st.session_state.get("_canvas_erases"))


def _change_tool() -> None:
    st.session_state["_canvas_erases"] = not erases()


def _samples() -> None:
    """Offer a digit of MNIST to put on the canvas, for those who cannot draw; each press brings another one."""
    with st.popover(
        _("Samples"), key="samples", help=_("Put a digit from MNIST on the canvas"), on_change="rerun"
    ) as offer:
        for row in (range(5), range(5, 10)) if offer.open else ():
            with st.container(horizontal=True, gap="small"):
                for label in row:
                    st.button(str(label), key=f"sample_{label}", on_click=_put_sample, args=(label,))


def _put_sample(label: int) -> None:
    from digitlab.data import mnist

    state = st.session_state
    state["_canvas_sample"] = state.get("_canvas_sample", -1) + 1
    digits = mnist.packaged()
    of_label = np.flatnonzero(digits.labels == label)
    put(digits.images[of_label[state["_canvas_sample"] % len(of_label)]])
    _show_strokes()


def put(image: np.ndarray, origin: str = "") -> None:
    """Replace what is on the canvas by a digit, which can then be changed with the pen.

    Args:
        image: (28, 28) uint8, white ink on black.
        origin: what it is, for people.
    """
    side = ink.CANVAS_PX
    picture = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
    state = st.session_state
    _remember(1)
    state["drawing"] = buffer.getvalue()
    state["drawing_strokes"] = [canvas_inside.picture(source, side)]
    state["_canvas_put"], state["_canvas_origin"] = image, origin
    if state.get("source", "Draw") != "Draw":  # Streamlit refuses to set what is on the page already
        state["source"] = "Draw"


def origin() -> str:
    """What digit was put on the canvas, as long as it is there; else empty."""
    strokes = st.session_state.get("drawing_strokes", [])
    return st.session_state.get("_canvas_origin", "") if any(map(canvas_inside.is_picture, strokes)) else ""


def untouched() -> np.ndarray | None:
    """The digit that was put on the canvas, (28, 28) uint8, as long as nobody has drawn on it; else None."""
    strokes = st.session_state.get("drawing_strokes", [])
    if len(strokes) == 1 and canvas_inside.is_picture(strokes[0]):
        return st.session_state.get("_canvas_put")
    return None


def brush() -> None:
    """Show the slider for the brush's width."""
    st.slider(_("Brush"), 6, 40, ink.BRUSH_PX, step=2, format="%d px", key="brush", persist_state="session")


def _show_strokes() -> None:
    """Make the canvas show the strokes of the session; it then reports them as a new drawing."""
    state = st.session_state
    state["_canvas_revision"] = state.get("_canvas_revision", 0) + 1
    # The canvas redraws when this value changes; the revision makes it differ even if the strokes do not.
    state["_canvas_initial"] = {"objects": state["drawing_strokes"], "revision": state["_canvas_revision"]}


def _take_report() -> None:
    """Note what the canvas reports. After an undo or a clear, the report noted last still shows the old drawing, until
    the canvas has reported the new one."""
    state = st.session_state
    told = canvas_inside.told(state.get("canvas"))
    if told is None or told == state.get("_canvas_seen"):
        return
    state["_canvas_seen"] = told
    try:
        objects, picture = canvas_inside.report(state["canvas"])
        state["drawing_strokes"], state["drawing"] = objects, picture if objects else None
        if objects:
            state["_canvas_refused"] = None
            state.pop("_canvas_lacked", None)
    except UnreadablePicture:
        state["drawing_strokes"], state["drawing"] = [], b""  # which `drawing` refuses


def _undo() -> None:
    _take_report()  # it may have come together with the press
    state = st.session_state
    history, count = state.get("_canvas_history", []), len(state["drawing_strokes"])
    if not history or history[-1][0] != count:
        _keep_strokes(count - 1)
        return
    state["drawing_strokes"], state["drawing"], state["_canvas_put"] = history.pop()[1:]
    _show_strokes()


def _clear() -> None:
    _take_report()
    _remember(0)
    st.session_state["_canvas_refused"] = None
    _keep_strokes(0)


def _remember(left: int) -> None:
    """Note what is on the canvas before all of it changes, so that `_undo` brings it back.

    Args:
        left: how many strokes the change leaves, by which `_undo` knows that none has been drawn since.
    """
    state = st.session_state
    if before := state.get("drawing_strokes"):
        history = state.setdefault("_canvas_history", [])
        history.append((left, before, state["drawing"], state.get("_canvas_put")))
        del history[:-MOST_UNDONE]


def _keep_strokes(count: int) -> None:
    state = st.session_state
    state["drawing_strokes"] = state["drawing_strokes"][: max(0, count)]
    if count <= 0:
        state["drawing"] = None  # at once, so that no answer outlives its drawing
    _show_strokes()
