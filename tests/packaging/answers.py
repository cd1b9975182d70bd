"""The first answer of a server that has just been started; for the tests and for `benchmarks.install`."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

from tests import drawings
from tests.patience import PATIENCE_S, until

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment


def first_answer(port: int, server: subprocess.Popen) -> dict[str, Any]:
    """What the server says to a drawn 7, asked as a phone asks, again and again until it listens.

    Raises:
        AssertionError: it does not answer, or has ended.
    """
    strokes = [stroke.tolist() for stroke in drawings.strokes(7)]
    drawing = {"width": 280, "height": 280, "brush": 20, "strokes": strokes}
    body = json.dumps({"token": "a" * 32, "keep": False, **drawing}).encode()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/play/drawing", body, {"Content-Type": "application/json"}, method="POST"
    )

    def answer() -> dict[str, Any] | None:
        assert server.poll() is None, "the server has ended"
        try:
            with _DIRECT.open(asked, timeout=PATIENCE_S) as reply:
                return json.load(reply)
        except OSError:
            return None

    return until(answer, lambda: "no answer")
