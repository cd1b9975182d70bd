"""What is only true of the component `streamlit_drawable_canvas` as it is built today, and of its Fabric.js.

Its state, Fabric's lists of what is on a canvas, and its page elements are no public interface.
The test `test_insides.py` says which of them an upgrade has changed.
"""

from __future__ import annotations

import base64
import re
from typing import Any

PAPER = "canvas.upper-canvas"  # the element that the pen touches
# The component's own toolbar lies over the canvas's upper right corner, invisible until the pointer rests there: a
# finger would press its buttons instead of drawing. It is in a shadow root, which no style sheet reaches.
HIDE_TOOLBAR = """<script>
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
})();
</script>"""


def report(state: Any) -> tuple[list[dict[str, Any]], bytes | None]:
    """What the canvas says is on it: Fabric's objects, and the picture as PNG; None while it has said nothing.

    Args:
        state: of the component.
    """
    try:
        drawing = state["drawing"]
        objects, picture = drawing["raw"]["objects"], drawing["data"]
    except (KeyError, TypeError):
        return [], None
    if not isinstance(objects, list) or not isinstance(picture, str):
        return [], None
    return objects, base64.b64decode(picture.partition(",")[2])


def stroke(found: dict[str, Any]) -> dict[str, Any] | None:
    """One of Fabric's objects as a stroke: the width of its `brush`, and the `points` that the pen passed, both in px;
    None for anything else.

    Fabric draws along curves through the midpoints between these points, as `ink.smooth` does: M and L go to a point,
    Q goes past one to a midpoint.
    """
    try:
        commands = "".join(command for command, *_ in found["path"])
        if found["type"].lower() != "path" or not re.fullmatch("M([LQ]*L)?", commands):  # Fabric.js 7: "Path"
            return None
        return {"brush": found["strokeWidth"], "points": [[round(x, 2), round(y, 2)] for _, x, y, *_ in found["path"]]}
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def picture(source: str, side: int) -> dict[str, Any]:
    """A picture, given as a URL, that fills the whole canvas, as one of Fabric's objects."""
    place = {"left": 0, "top": 0, "width": side, "height": side, "originX": "left", "originY": "top"}
    return {"type": "image", "src": source, **place}


def is_picture(found: dict[str, Any]) -> bool:
    """Whether one of Fabric's objects is a picture."""
    return str(found.get("type")).lower() == "image"  # Fabric.js 7: "Image"
