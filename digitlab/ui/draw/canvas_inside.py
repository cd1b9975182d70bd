"""What is only true of the component `streamlit_drawable_canvas` as it is built today, and of its Fabric.js.

Its state, Fabric's lists of what is on a canvas, and its page elements are no public interface.
The test `test_insides.py` says which of them an upgrade has changed.
"""

from __future__ import annotations

import base64
import re
from itertools import islice, pairwise
from typing import Any

from digitlab.errors import UnreadablePicture
from digitlab.wording.language import N_

PAPER = "canvas.upper-canvas"  # the element that the pen touches
# What a browser may report; a canvas of a person who draws for minutes has less.
MOST_OBJECTS, MOST_FIELDS, MOST_COMMANDS, LONGEST_COMMAND = 500, 50, 20_000, 7
LARGEST_URL, LONGEST_TEXT, LARGEST_NUMBER = 2_000_000, 50, 1e6
PNG_URL = "data:image/png;base64,"
UNREADABLE = N_("What is on this canvas cannot be read. Clear it and draw again.")
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


def told(state: Any) -> int | None:
    """A number for what the canvas last said, another one for each report; None while it has said nothing.

    Args:
        state: of the component.
    """
    picture = _found(state)[1]
    return None if picture is None else hash(picture)


def report(state: Any) -> tuple[list[dict[str, Any]], bytes | None]:
    """What the canvas says is on it: Fabric's objects, and the picture as PNG; None while it has said nothing.

    A browser may say anything, so what no canvas says of a stroke or a picture is left out.

    Args:
        state: of the component.

    Raises:
        UnreadablePicture: there is more than people draw.
    """
    objects, picture = _found(state)
    if picture is None:
        return [], None
    try:
        if len(objects) > MOST_OBJECTS or len(picture) > LARGEST_URL:
            raise ValueError
        plain = [_plain(found) if isinstance(found, dict) else {} for found in objects]
        if sum(len(found.get("path", ())) for found in plain) > MOST_COMMANDS:
            raise ValueError
        if sum(len(found.get("src", "")) for found in plain) > LARGEST_URL:
            raise ValueError
        return plain, base64.b64decode(picture.partition(",")[2])
    except ValueError as error:
        raise UnreadablePicture(UNREADABLE) from error


def _found(state: Any) -> tuple[list[Any], str | None]:
    try:
        drawing = state["drawing"]
        objects, picture = drawing["raw"]["objects"], drawing["data"]
    except (KeyError, TypeError):
        return [], None
    return (objects, picture) if isinstance(objects, list) and isinstance(picture, str) else ([], None)


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """One of Fabric's objects with nothing but short values, the commands of a path, and the source of a picture."""
    plain = {}
    for name, value in islice(found.items(), MOST_FIELDS):
        if name == "path":
            is_plain = isinstance(value, list) and len(value) <= MOST_COMMANDS and all(map(_is_command, value))
        elif name == "src":
            is_plain = isinstance(value, str) and value.startswith(PNG_URL)
        else:
            is_plain = value is None or _is_short(value)
        if is_plain and _is_short(name):
            plain[name] = value
    return plain


def _is_command(command: Any) -> bool:
    return isinstance(command, list) and 0 < len(command) <= LONGEST_COMMAND and all(map(_is_short, command))


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER  # also false for NaN


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


def path(points: list[list[float]], brush: float, colour: str) -> dict[str, Any]:
    """A stroke as one of Fabric's objects, of which `stroke` gives the same points and brush again."""
    curves = [["Q", *at, (at[0] + after[0]) / 2, (at[1] + after[1]) / 2] for at, after in pairwise(points[1:])]
    commands = [["M", *points[0]], *curves, ["L", *points[-1]]]
    look = {"stroke": colour, "strokeWidth": brush, "strokeLineCap": "round", "strokeLineJoin": "round", "fill": None}
    return {"type": "Path", "path": commands, **look}


def picture(source: str, side: int) -> dict[str, Any]:
    """A picture, given as a URL, that fills the whole canvas, as one of Fabric's objects."""
    place = {"left": 0, "top": 0, "width": side, "height": side, "originX": "left", "originY": "top"}
    return {"type": "image", "src": source, **place}


def is_own(png: bytes, side: int) -> bool:
    """Whether bytes begin like the picture of a canvas of this side, which is read without being decoded.

    Args:
        png: as from `report`.
        side: in px.
    """
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    is_still = b"acTL" not in png[: png.find(b"IDAT")]  # one picture, not several
    return png.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and 0 < width <= side and 0 < height <= side and is_still


def is_picture(found: dict[str, Any]) -> bool:
    """Whether one of Fabric's objects is a picture."""
    return str(found.get("type")).lower() == "image"  # Fabric.js 7: "Image"
