"""The drawing canvas with undo, clear and brush, and the drawing it holds.

The drawing lives in the session, not in the widget: Streamlit forgets a widget's value when its page is left.

Session state:
    drawing: the canvas as PNG bytes, or None while it is empty.
    drawing_strokes: the canvas's own list of strokes, to draw it again and to undo.
"""

from __future__ import annotations

import base64
import io
import json
import time
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.runtime.scriptrunner import get_script_run_ctx

from digitlab.ink import Strokes, curve

REPORT_S = 0.25  # a bit more than the 0.2 s after pen-up at which the canvas reports a stroke
CANVAS_PX = 280
BRUSH_PX = 20
FARTHEST_PX = 10_000  # from the canvas: no screen is as large
INK = "#111111"
PAPER = "#ffffff"
# The component's own toolbar lies over the canvas's upper right corner, invisible until the pointer rests there: a
# finger would press its buttons instead of drawing. It is in a shadow root, which no style sheet reaches.
_AT_MOUNT = """<script>
(() => {
  const frame = document.querySelector(".st-key-canvas_frame");
  const hide = () => {
    if (!frame || !frame.isConnected) return;  // the page was left meanwhile
    const host = [...frame.querySelectorAll("*")].find(element => element.shadowRoot);
    if (!host) { requestAnimationFrame(hide); return; }
    const style = document.createElement("style");
    style.textContent = ".dc-toolbar { display: none !important; }";
    host.shadowRoot.append(style);
  };
  hide();
  // A button that a key has pressed is then disabled, and Streamlit gives the focus to the whole page.
  frame.tabIndex = 0;
  frame.ariaLabel = "Canvas";
  const main = document.querySelector(".stMain");
  main.onfocus = () => frame.isConnected && frame.focus({ preventScroll: true });
})();
</script>"""


def canvas() -> Strokes | bytes | None:
    """Show the canvas and its controls; return the drawing as `drawing` does."""
    # The component registers itself with the running app, so it cannot be imported before there is one.
    from streamlit_drawable_canvas import st_canvas

    state = st.session_state
    state.setdefault("drawing", None)
    if "drawing_strokes" not in state:
        state["drawing_strokes"] = _in_browser()
    if "canvas" not in state:
        _show_strokes()  # the page has just been opened, for the first time or again
    with st.container(key="canvas_frame", gap=None):
        result = st_canvas(
            stroke_width=state.get("brush", BRUSH_PX),
            stroke_color=INK,
            background_color=PAPER,
            width=CANVAS_PX,
            height=CANVAS_PX,
            initial_drawing=state["_canvas_initial"],
            return_image_data=True,
            key="canvas",
        )
        st.html(_AT_MOUNT, unsafe_allow_javascript=True)
    # After an undo or a clear, the last report shows the old drawing until the canvas has reported the new one.
    if result.image_bytes is not None and result.image_bytes != state.get("_canvas_seen"):
        state["_canvas_seen"] = result.image_bytes
        state["drawing_strokes"] = (result.json_data or {}).get("objects", [])
        state["drawing"] = result.image_bytes if state["drawing_strokes"] else None
    _finish_undo()
    # Never disabled: people see an answer to a stroke before the canvas reports it, and may undo it at once.
    with st.container(horizontal=True, gap="small"):
        st.button("Undo", icon=":material/undo:", shortcut="Mod+Z", on_click=_undo, key="undo")
        st.button("Clear", icon=":material/delete:", shortcut="Delete", on_click=_clear, key="clear")
    return drawing()


def drawing() -> Strokes | bytes | None:
    """The drawing of the session: its strokes, or PNG bytes where a digit was put on the canvas; None while empty."""
    state = st.session_state
    if state.get("drawing") is None:
        return None
    return _strokes(state.get("drawing_strokes", [])) or state["drawing"]


def _strokes(objects: list[dict[str, Any]]) -> Strokes | None:
    """The canvas's own list of strokes in the form that `ink` reads; None where the list holds anything else."""
    try:
        lines = tuple(_line(one["path"]) for one in objects if one["type"].lower() == "path")  # Fabric.js 7: "Path"
        brushes = tuple(float(one["strokeWidth"]) for one in objects)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        return None
    if not lines or len(lines) < len(objects) or not all(0 < brush <= CANVAS_PX for brush in brushes):  # nor is NaN
        return None
    return Strokes(CANVAS_PX, CANVAS_PX, lines, brushes)


def version() -> tuple[int, int]:
    """Identifies the session's drawing: how often the canvas was told what to show, and the number of strokes."""
    return st.session_state.get("_canvas_revision", 0), len(st.session_state.get("drawing_strokes", []))


def as_shown() -> list[dict[str, Any]] | None:
    """The strokes that the canvas was last told to show, each with the width of its `brush` and the `points` that the
    pen passed, both in px; None where the canvas shows anything else."""
    objects = st.session_state.get("_canvas_initial", {}).get("objects", [])
    if objects and _strokes(objects) is None:
        return None
    return [{"brush": one["strokeWidth"], "points": _points(one)} for one in objects]


def as_json() -> dict[str, Any]:
    """The session's drawing, which must consist of strokes only, in the form that `ink.strokes_from_json` reads."""
    objects = st.session_state["drawing_strokes"]
    return {
        "width": CANVAS_PX, "height": CANVAS_PX,
        "brush": [float(one["strokeWidth"]) for one in objects], "strokes": [_points(one) for one in objects],
    }  # fmt: skip


def _points(stroke: dict[str, Any]) -> list[list[float]]:
    """The points that the pen passed: the first two numbers of each command. The canvas draws its curves through the
    midpoints between them."""
    return [[round(x, 2), round(y, 2)] for _, x, y, *_ in stroke["path"]]


def _line(path: list[list[Any]]) -> np.ndarray:
    """(n, 2): points along a path of the SVG commands M and L (to a point) and Q (a curve to a point)."""
    points: list[np.ndarray] = []
    for command, *numbers in path:
        ends = np.array(numbers, dtype=float).reshape(-1, 2)
        if command not in {"M", "L", "Q"} or len(ends) != (2 if command == "Q" else 1):
            raise ValueError(f"not a stroke of the pen: {command}")
        points += [*curve(points[-1], *ends)[1:]] if command == "Q" else [*ends]
    line = np.array(points)
    if not len(line) or not (np.abs(line) <= FARTHEST_PX).all():  # nor is NaN
        raise ValueError("not a stroke of the pen: it is nowhere, or too far away")
    return line


def put(image: np.ndarray) -> None:
    """Replace what is on the canvas by a digit, which can then be changed with the pen.

    Args:
        image: (28, 28) uint8, white ink on black.
    """
    side = CANVAS_PX
    picture = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
    place = {"left": 0, "top": 0, "width": side, "height": side, "originX": "left", "originY": "top"}
    state = st.session_state
    state["drawing"] = buffer.getvalue()
    state["drawing_strokes"] = [{"type": "image", "src": source, **place}]
    state["_canvas_put"] = image
    if state.get("source") is not None:
        state["source"] = "Draw"


def untouched() -> np.ndarray | None:
    """The digit that was put on the canvas, (28, 28) uint8, as long as nobody has drawn on it; else None."""
    strokes = st.session_state.get("drawing_strokes", [])
    if len(strokes) == 1 and strokes[0].get("type", "").lower() == "image":  # Fabric.js 7: "Image"
        return st.session_state.get("_canvas_put")
    return None


def brush() -> None:
    """Show the slider for the brush's width."""
    st.slider("Brush", 6, 40, BRUSH_PX, step=2, format="%d px", key="brush", persist_state="session")


def _show_strokes() -> None:
    """Make the canvas show the strokes of the session; it then reports them as a new drawing."""
    state = st.session_state
    state["_canvas_revision"] = state.get("_canvas_revision", 0) + 1
    # The canvas redraws when this value changes; the revision makes it differ even if the strokes do not.
    state["_canvas_initial"] = {"objects": state["drawing_strokes"], "revision": state["_canvas_revision"]}


def _in_browser() -> list[dict[str, Any]]:
    """The strokes that the browser still shows when its session begins, because the server of the earlier one is gone.

    Streamlit sends the state of all widgets with the first run, but returns each state only when its widget is shown,
    and showing the canvas requires saying what is on it. So the state is read from Streamlit's own store.
    """
    run = get_script_run_ctx()
    for widget in run.session_state.get_widget_states() if run else []:
        if widget.id.endswith("-canvas") and widget.WhichOneof("value") == "json_value":
            try:
                objects = json.loads(widget.json_value)["drawing"]["raw"]["objects"]
            except (KeyError, TypeError, ValueError):
                return []
            return objects if isinstance(objects, list) else []
    return []


def _undo() -> None:
    state = st.session_state
    state["_undo"] = "asked"
    state["_undo_count"] = state.get("_undo_count", 0) + 1


def _finish_undo() -> None:
    """Take back as many strokes as were asked for, after waiting for the report of the last one, which may be due."""
    state = st.session_state
    match state.pop("_undo", None):
        case "asked":
            time.sleep(REPORT_S)
            state["_undo"] = "due"
            st.rerun()
        case "due":
            _keep_strokes(len(state["drawing_strokes"]) - state.pop("_undo_count"))
            st.rerun()


def _clear() -> None:
    _keep_strokes(0)


def _keep_strokes(count: int) -> None:
    state = st.session_state
    state["drawing_strokes"] = state["drawing_strokes"][: max(0, count)]
    if count <= 0:
        state["drawing"] = None  # at once, so that no answer outlives its drawing
    _show_strokes()
