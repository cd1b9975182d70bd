"""Drawing with the mouse and reading what the page then says."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from digitlab.ui.draw.canvas import CANVAS_PX
from tests import drawings


def canvas(page: Page) -> Locator:
    return page.locator("canvas.upper-canvas")


def open_page(page: Page, url: str) -> None:
    """Open the Draw page and wait until a person could draw."""
    page.goto(url)
    canvas(page).wait_for()
    expect_prompt(page)


def draw(page: Page, digit: int, **where: float) -> None:
    """Draw a digit with the mouse, stroke by stroke."""
    strokes(page, drawings.strokes(digit, **where))


def strokes(page: Page, lines: drawings.Drawing) -> None:
    """Draw strokes with the mouse, in the canvas's own pixels, however large it stands on the page."""
    box = canvas(page).bounding_box()
    assert box is not None
    for stroke in (np.float64(line) * box["width"] / CANVAS_PX for line in lines):
        x, y = stroke[0]
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for x, y in visited(stroke)[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.up()


def visited(stroke: np.ndarray) -> np.ndarray:
    """Where the pointer is seen on its way along a stroke: (n, 2) points to (2n - 1, 2)."""
    middles = (stroke[:-1] + stroke[1:]) / 2
    return np.concatenate([np.stack([stroke[:-1], middles], axis=1).reshape(-1, 2), stroke[-1:]])


def draw_alone(page: Page, url: str, digit: int) -> None:
    """Open the Draw page, draw one digit and wait until both models say it and the script run has written so."""
    open_page(page, url)
    draw(page, digit)
    expect_answers(page, digit)
    expect_reported(page, len(drawings.strokes(digit)))


def expect_answers(page: Page, digit: int) -> None:
    """Wait until both models say `digit`."""
    expect(page.locator(".st-key-agreement")).to_contain_text(f"Both say {digit}")
    for side in ("answer_left", "answer_right"):
        expect(page.locator(f".st-key-{side} .digit")).to_have_text(str(digit))
        expect(page.locator(f".st-key-{side} .confidence")).to_contain_text("%")


def expect_reported(page: Page, strokes: int) -> None:
    """Wait until the script run has written its answers to so many strokes."""
    expect(page.locator(f".told[data-count='{strokes}']")).to_have_count(4)


def expect_prompt(page: Page) -> None:
    """Wait until the page asks for a drawing."""
    expect(page.locator(".st-key-agreement")).to_contain_text("Draw a digit")
    expect(page.locator(".card ol")).to_have_count(0)


def pixels(page: Page) -> np.ndarray:
    """What the models are shown to see, (28, 28) in [0, 255]; script run and live differ by less than 1 on average."""
    source = page.locator(".seen img").get_attribute("src")
    assert source is not None
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))), dtype=float)


def no_traceback(page: Page) -> None:
    assert page.locator(".stException").count() == 0
    assert not re.search(r"Traceback|Error:", page.inner_text("body"))
