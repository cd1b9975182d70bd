"""Drawing with the mouse and reading what the page then says."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from digitlab.ink import CANVAS_PX
from tests import drawings, patience

PATIENCE_MS = 1000 * patience.PATIENCE_S


@contextmanager
def window(browser: Browser, **options: object) -> Iterator[Page]:
    """A page of a session of its own; `options` are those of `Browser.new_context`."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def frame(page: Page) -> None:
    """Wait for the page's next frame."""
    page.evaluate("() => new Promise((then) => requestAnimationFrame(() => then()))")


def pause(page: Page, ms: int) -> None:
    """Wait for a timer of the page; all shorter ones that were set before run out first, on a busy machine too."""
    page.evaluate("ms => new Promise((then) => setTimeout(then, ms))", ms)


def idle(page: Page) -> None:
    """Wait until the page has done all that it had to do; beside a busy machine's other work it may never rest."""
    page.evaluate("() => new Promise((then) => requestIdleCallback(() => then(), { timeout: 20000 }))")


def until(page: Page, condition: Callable[[], object]) -> None:
    """As `patience.until`, while what the page does is heard."""

    def look() -> object:
        frame(page)
        return condition()

    patience.until(look)


def settle(page: Page) -> None:
    """Wait until no script runs, so that everything has its place."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def box(where: Locator) -> FloatRect:
    """Where an element is, once it does not move any more."""
    where.element_handle().wait_for_element_state("stable")
    found = where.bounding_box()
    assert found is not None
    return found


def canvas(page: Page) -> Locator:
    return page.locator("canvas.upper-canvas")


def open_page(page: Page, url: str) -> None:
    """Open the Draw page and wait until a person could draw."""
    page.goto(url)
    canvas(page).wait_for()
    expect_prompt(page)
    settle(page)


def draw(page: Page, digit: int, **where: float) -> None:
    """Draw a digit with the mouse, stroke by stroke."""
    strokes(page, drawings.strokes(digit, **where))


def strokes(page: Page, lines: drawings.Drawing, on: Locator | None = None) -> None:
    """Draw strokes with the mouse on the Draw page's canvas, or on another one, in its own pixels, however large it
    stands on the page."""
    paper = box(on or canvas(page))
    for stroke in (np.float64(line) * paper["width"] / CANVAS_PX for line in lines):
        x, y = stroke[0]
        page.mouse.move(paper["x"] + x, paper["y"] + y)
        page.mouse.down()
        for x, y in visited(stroke)[1:]:
            page.mouse.move(paper["x"] + x, paper["y"] + y)
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


def expect_reported(page: Page, strokes: int, revision: int | None = None) -> None:
    """Wait until the script run has written its answers to so many strokes, after `revision` times (if given) that it
    has told the canvas what to show."""
    told = f".told[data-count='{strokes}']"
    expect(page.locator(told if revision is None else f"{told}[data-revision='{revision}']")).to_have_count(4)


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
