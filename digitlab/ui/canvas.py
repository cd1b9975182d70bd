"""The drawing canvas with undo, clear and brush, and the drawing it holds.

The drawing lives in the session, not in the widget: Streamlit forgets a widget's value when its page is left.

Session state:
    drawing: the canvas as PNG bytes, or None while it is empty.
    drawing_strokes: the canvas's own list of strokes, to draw it again and to undo.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

CANVAS_PX = 280
BRUSH_PX = 20
INK = "#111111"
PAPER = "#ffffff"


def canvas() -> bytes | None:
    """Show the canvas and its controls; the drawing as PNG bytes, None while there is none."""
    # The component registers itself with the running app, so it cannot be imported before there is one.
    from streamlit_drawable_canvas import st_canvas

    state = st.session_state
    state.setdefault("drawing", None)
    state.setdefault("drawing_strokes", [])
    state.setdefault("_canvas_number", 0)
    key = f"canvas_{state['_canvas_number']}"
    if key not in state:
        _draw_again()  # a fresh canvas: the page was opened, left and opened again, or cleared
    with st.container(key="canvas"):
        result = st_canvas(
            stroke_width=state.get("brush", BRUSH_PX),
            stroke_color=INK,
            background_color=PAPER,
            width=CANVAS_PX,
            height=CANVAS_PX,
            initial_drawing=state["_canvas_initial"],
            return_image_data=True,
            key=key,
        )
    if result.image_bytes is not None:
        strokes = (result.json_data or {}).get("objects", [])
        state["drawing_strokes"] = strokes
        state["drawing"] = result.image_bytes if strokes else None
    empty = state["drawing"] is None
    with st.container(horizontal=True, gap="small"):
        st.button("Undo", icon=":material/undo:", shortcut="Mod+Z", on_click=_undo, disabled=empty, key="undo")
        st.button("Clear", icon=":material/delete:", shortcut="Delete", on_click=_clear, disabled=empty, key="clear")
    return state["drawing"]


def brush() -> None:
    """Show the slider for the brush's width."""
    st.slider("Brush", 6, 40, BRUSH_PX, step=2, format="%d px", key="brush", persist_state="session")


def _draw_again() -> None:
    """Have the canvas show the strokes of the session; it then reports them as a new drawing."""
    state = st.session_state
    state["_canvas_revision"] = state.get("_canvas_revision", 0) + 1
    # The canvas redraws when this value changes; the revision makes it differ even if the strokes do not.
    state["_canvas_initial"] = {"objects": state["drawing_strokes"], "revision": state["_canvas_revision"]}


def _undo() -> None:
    state: Any = st.session_state
    state["drawing_strokes"] = state["drawing_strokes"][:-1]
    if state["drawing_strokes"]:
        _draw_again()
    else:
        _clear()


def _clear() -> None:
    state = st.session_state
    state["drawing"], state["drawing_strokes"] = None, []
    state["_canvas_number"] += 1
