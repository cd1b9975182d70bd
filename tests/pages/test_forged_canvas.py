"""What a browser says that the canvas reports may be forged."""

import base64
import json
import struct
import time
import tracemalloc
import zlib
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import ink
from digitlab.errors import InkError, UnreadablePicture
from digitlab.ui.draw import canvas, canvas_inside
from tests import drawings
from tests.pages.test_draw import PATIENCE_S, html, paths

MOST_BYTES, MOST_S = 20_000_000, 0.5  # for a report and what is read of it; usually it takes less than 0.05 s
MOST_HELD = 4_000_000  # bytes of JSON that a session keeps


def url(png: bytes) -> str:
    return canvas_inside.PNG_URL + base64.b64encode(png).decode()


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that says how large it is, whatever it holds."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    parts = [header, *chunks, (b"IDAT", zlib.compress(bytes(10_000_000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


PICTURE = drawings.png(drawings.canvas(4))
FOUR = paths(drawings.strokes(4))
NOISE = np.random.default_rng(0).integers(0, 255, (280, 280, 4), "uint8")
LINE = {"type": "Path", "path": [["M", 70, 50], ["Q", 80, 60, 90, 70], ["L", 200, 200]], "strokeWidth": 20}


def said(objects, picture: object = url(PICTURE), **more: object) -> dict:
    return {"drawing": {"raw": {"objects": objects}, "data": picture}, **more}


def nested(depth: int) -> list:
    inside: list = []
    for _ in range(depth):
        inside = [inside]
    return inside


def with_path(*path: object) -> dict:
    return said([{**LINE, "path": list(path)}])


def with_point(value: object) -> dict:
    return with_path(["M", 70, 50], ["Q", value, 60, 90, 70], ["L", 200, 200])


ODD = {
    "none": None, "yes": True, "text": "20", "long text": "9" * 1_000_000, "list": [20], "nested": nested(500),
    "object": {"a": {"b": 1}}, "NaN": float("nan"), "infinite": float("inf"), "minus infinite": float("-inf"),
    "10^400": 10**400, "10^4000": 10**4000, "1e308": 1e308, "1e7": 1e7, "20000": 20_000, "negative": -20, "zero": 0,
    "nearly zero": 1e-300,
}  # fmt: skip
NO_OBJECTS = {key: ODD[key] for key in ("none", "yes", "text", "nested", "NaN", "10^400")}
FORGED: dict[str, object] = {
    **{f"state {key}": value for key, value in ODD.items()},
    **{f"drawing {key}": {"drawing": value} for key, value in ODD.items()},
    **{f"raw {key}": {"drawing": {"raw": value, "data": url(PICTURE)}} for key, value in ODD.items()},
    **{f"objects {key}": said(value) for key, value in ODD.items()},
    **{f"one object {key}": said([*FOUR, value]) for key, value in ODD.items()},
    **{f"picture {key}": said(FOUR, value) for key, value in ODD.items()},
    **{f"brush {key}": said([{**LINE, "strokeWidth": value}]) for key, value in ODD.items()},
    **{f"type {key}": said([{**LINE, "type": value}]) for key, value in ODD.items()},
    **{f"path {key}": said([{**LINE, "path": value}]) for key, value in ODD.items()},
    **{f"command {key}": with_path(["M", 1, 2], value) for key, value in ODD.items()},
    **{f"letter {key}": with_path([value, 1, 2], ["L", 3, 4]) for key, value in ODD.items()},
    **{f"coordinate {key}": with_point(value) for key, value in ODD.items()},
    **{f"source {key}": said([{"type": "image", "src": value}]) for key, value in ODD.items()},
    **{f"field {key}": said([{**LINE, "fill": value}]) for key, value in ODD.items()},
    "no command": with_path(),
    "an empty command": with_path([], []),
    "a long command": with_path(["M", *range(100_000)], ["L", 1, 2]),
    "many commands": with_path(["M", 1, 2], *[["Q", 1, 2, 3, 4]] * 100_000, ["L", 1, 2]),
    "as many points as may be": with_path(["M", 1, 2], *[["Q", 1, 2, 3, 4]] * 14_000, ["L", 1, 2]),
    "a long path": with_path(["M", 1, 2], *[["Q", 0, 0, 280, 280]] * 990, ["L", 1, 2]),
    "far points": with_path(["M", -1e6, 1e6], ["L", 1e6, -1e6]),
    "many strokes": said([LINE] * 490),
    "too many strokes": said([LINE] * 100_000),
    "dots": said([{**LINE, "path": [["M", 9, 9], ["L", 9, 9]]}] * 200),
    "many brushes": said([{**LINE, "strokeWidth": 1 + at / 9} for at in range(200)]),
    "broad brushes": said([{**LINE, "strokeWidth": 280 - at} for at in range(50)]),
    "many fields": said([{**LINE, **{f"field {at}": at for at in range(100_000)}}]),
    "long names of fields": said([{**LINE, "n" * 1_000_000: 1}]),
    "many fields of many objects": said([{f"f{at}": "x" * 50 for at in range(60)}] * 500),
    "nothing": said([]),
    "a picture from elsewhere": said([{"type": "image", "src": "https://example.org/a.png"}]),
    "pictures": said([{"type": "image", "src": url(bytes(1_000_000))}] * 400),
    "a large picture": said([{"type": "rect"}], url(bytes(60_000_000))),
    "no base64": said([{"type": "rect"}], "data:image/png;base64,A"),
    "other signs": said([{"type": "rect"}], "data:image/png;base64,\u00e4\U0001f600\ud800"),
    "no picture": said([{"type": "rect"}], "data:,"),
    "a short picture": said([{"type": "rect"}], url(PICTURE[:20])),
    "half a picture": said([{"type": "rect"}], url(PICTURE[: len(PICTURE) // 2])),
    "a JPEG": said([{"type": "rect"}], url(drawings.png(drawings.canvas(4)[..., :3], "JPEG"))),
    "a GIF": said([{"type": "rect"}], url(drawings.png(drawings.canvas(4)[..., 0], "GIF"))),
    "20,000 px a side": said([{"type": "rect"}], url(png_of(20_000, 20_000))),
    "one px high": said([{"type": "rect"}], url(png_of(39_999_999, 1))),
    "no px": said([{"type": "rect"}], url(png_of(0, 0))),
    "a PNG that moves": said([{"type": "rect"}], url(png_of(280, 280, (b"acTL", struct.pack(">II", 10_000, 0))))),
    "a PNG with a long note": said(
        [{"type": "rect"}], url(png_of(280, 280, (b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))))
    ),
    "noise": said([{"type": "rect"}], url(drawings.png(NOISE))),
}  # fmt: skip


def take(monkeypatch, state: object) -> dict:
    """What the session holds after a run of the script with this report, and after the drawing was read."""
    session: dict = {"drawing": None, "drawing_strokes": [], "canvas": state}
    monkeypatch.setattr(canvas, "st", SimpleNamespace(session_state=session))
    canvas._take_report()
    canvas._show_strokes()
    with suppress(InkError):
        drawn = canvas.drawing()
        if drawn is not None:
            ink.read(drawn)
    canvas.untouched(), canvas.as_shown(), canvas.version()
    return session


def test_there_are_many_kinds():
    assert len(FORGED) >= 60


def test_no_forged_report_is_dear_or_kept_whole(monkeypatch, own_garbage):
    take(monkeypatch, said([{"type": "rect"}]))  # loads what reads pictures
    for kind, state in FORGED.items():
        for _ in range(3):  # at best, as everywhere where time is bounded
            began = time.thread_time()
            session = take(monkeypatch, state)
            took = time.thread_time() - began
            if took < MOST_S:
                break
        assert took < MOST_S, kind
        held = {name: value for name, value in session.items() if name not in ("canvas", "drawing")}
        assert len(json.dumps(held, allow_nan=False)) < MOST_HELD, kind
        assert len(session["drawing"] or b"") < MOST_HELD, kind
        canvas._undo()
        canvas._clear()
        assert canvas.drawing() is None, kind


@pytest.mark.attack
def test_no_forged_report_takes_more_than_20_mb(monkeypatch):
    take(monkeypatch, said([{"type": "rect"}]))
    for kind, state in FORGED.items():
        tracemalloc.start()
        take(monkeypatch, state)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= MOST_BYTES, (kind, peak)


@pytest.mark.parametrize("kind", ["brush 20000", "coordinate 1e7", "many strokes", "no px", "20,000 px a side"])
def test_the_dearest_reports_take_little_memory(monkeypatch, kind):
    take(monkeypatch, said([{"type": "rect"}]))
    tracemalloc.start()
    take(monkeypatch, FORGED[kind])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= MOST_BYTES


def test_an_honest_report_is_kept_as_it_is(monkeypatch):
    fabric = {**LINE, "stroke": "#111111", "fill": None, "left": 60.5, "strokeLineCap": "round", "visible": True}
    put = canvas_inside.picture(url(PICTURE), 280)
    session = take(monkeypatch, said([put, fabric]))
    assert session["drawing_strokes"] == [put, fabric]
    assert session["drawing"] == PICTURE


def test_more_strokes_than_are_read_are_read_from_the_canvas(monkeypatch):
    take(monkeypatch, said([*FOUR, *[LINE] * 200]))
    assert canvas.drawing() == PICTURE


@pytest.mark.parametrize(
    "kind", ["20,000 px a side", "one px high", "no base64", "too many strokes", "a GIF", "pictures"]
)
def test_what_cannot_be_read_is_told(monkeypatch, kind):
    take(monkeypatch, FORGED[kind])
    with pytest.raises(UnreadablePicture, match="Clear it and draw again"):
        canvas.drawing()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["M", "Q", "L"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from([*LINE, "src"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(anything, st.sampled_from(["state", "raw", "objects", "object", "path", "command", "strokeWidth", "data"]))
def test_any_report_is_read_or_refused(value, where):
    state = {
        "state": value, "raw": {"drawing": {"raw": value, "data": url(PICTURE)}}, "objects": said(value),
        "object": said([value]), "path": said([{**LINE, "path": value}]), "command": with_path(["M", 1, 2], value),
        "strokeWidth": said([{**LINE, "strokeWidth": value}]), "data": said(FOUR, value),
    }[where]  # fmt: skip
    with pytest.MonkeyPatch.context() as monkeypatch:
        take(monkeypatch, state)


@pytest.mark.parametrize(
    "state",
    [
        FORGED["drawing list"],
        said(FOUR, backgroundFit={"naturalWidth": 1}),
        said(FOUR, backgroundFit=5),
        FORGED["20,000 px a side"],
        FORGED["field NaN"],
    ],
)
def test_the_page_survives(state):
    from streamlit.testing.v1 import AppTest

    from digitlab import settings as places

    app = AppTest.from_file(str(places.REPOSITORY / "app.py"), default_timeout=PATIENCE_S).run()
    app.session_state["canvas"] = state
    app.run()
    assert not app.exception
    unreadable = state is FORGED["20,000 px a side"]
    assert [canvas_inside.UNREADABLE in warning.value for warning in app.warning] == [True] * unreadable
    assert "answers" in html(app)
