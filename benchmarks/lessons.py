"""Walks all lessons in Chromium as a reader would, and says which step was not noticed when it was done.

    python -m benchmarks.lessons FOLDER [LESSON ...] [--width 1280] [--dark] [--language en]

Writes a picture of every step before and after it is done, LESSON-STEP-todo.png and LESSON-STEP-done.png. It trains and
collects with models of its own, a copy. Exit status 1 if a step was not noticed or something is clipped.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Error, Page, expect, sync_playwright

from benchmarks.strokes import Drawing
from digitlab import language, settings
from digitlab.networks import HYPERPARAMETERS
from digitlab.ui.learn import library
from digitlab.wording import room
from digitlab.wording.language import gettext as _
from tests import drawings
from tests.browser import chromium, hand
from tests.browser.server import serve

NOTICE_MS, TRAINING_MS = 30_000, 240_000
HEIGHTS = {1280: 720, 360: 740}
M = [np.array([[60.0, 220], [60, 60], [140, 160], [220, 60], [220, 220]])]
HOUSE = [np.array([[60.0, 220], [60, 120], [140, 50], [220, 120], [220, 220], [60, 220], [220, 120]])]
Do = Callable[["Reader"], None]


class Reader:
    """Somebody who follows a lesson on a page."""

    def __init__(self, page: Page, lesson: str) -> None:
        self.page, self.lesson = page, lesson

    def clear(self) -> None:
        self.page.locator(".st-key-clear button").click()
        expect(self.page.locator(".card ol")).to_have_count(0)

    def draws(self, lines: Drawing) -> None:
        if self.page.locator(".card ol").count():
            self.clear()
            hand.settle(self.page)
        # Below the bar at the top of the page, which Playwright takes for no cover.
        hand.canvas(self.page).evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
        hand.strokes(self.page, lines)
        hand.pause(self.page, 1500)
        hand.settle(self.page)

    def tries(self, several: Iterator[Drawing]) -> None:
        """Draw until the step is done."""
        for lines in several:
            self.draws(lines)
            if self.is_noticed():
                return

    def is_noticed(self) -> bool:
        return self.page.locator(".lesson-noticed").count() > 0

    def trains(self, **recipe: float) -> None:
        start = self.page.locator(".st-key-start button")
        start.wait_for()
        if recipe:
            self.page.locator("[data-testid=stExpander] summary").filter(has_text=_("Hyperparameters")).click()
        for name, value in recipe.items():
            field = self.page.get_by_label(_(HYPERPARAMETERS[name].title), exact=True)
            field.fill(language.numeral(value, "" if isinstance(value, int) else "f"))
            field.press("Enter")
            hand.settle(self.page)
        start.click()

    def moves(self, slider: str, steps: int) -> None:
        handle = self.page.get_by_role("slider", name=slider).first
        handle.focus()
        for _step in range(steps):
            handle.press("ArrowRight")

    def keeps(self, count: int) -> None:
        page, switch = self.page, self.page.locator(".st-key-keep_mine label").first
        for number in range(count):
            if number:
                self.draws(drawings.strokes(number % 10, size=130 + 4 * number))
            if number == 0:
                switch.click()
            page.locator(".st-key-kept_was button").first.click()
            page.locator(f".st-key-kept_{number % 10} button").click()
            expect(page.locator(".st-key-kept_line [data-testid=stCaptionContainer]")).to_contain_text(
                room.kept(number % 10, "kept")
            )


def nothing(_: Reader) -> None:
    """The link is all it takes."""


def digit(number: int, **where: float) -> Do:
    return lambda reader: reader.draws(drawings.strokes(number, **where))


def shape(lines: Drawing) -> Do:
    return lambda reader: reader.draws(lines)


def between_4_and_9(reader: Reader) -> None:
    def narrower() -> Iterator[Drawing]:
        for gap in (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
            left = [[0.3 + gap, 0.0], [0.12, 0.35], [0.3, 0.55], [0.7, 0.5]]
            yield [np.array(line) * 170 + [70, 50] for line in (left, [[0.72, 0.05], [0.66, 1.0]])]
        for number in (4, 9, 7, 1):
            yield [line * [0.4, 1] for line in drawings.strokes(number)]

    reader.tries(narrower())


def two_digits(reader: Reader) -> None:
    reader.draws([*drawings.strokes(4, 30, 90, 90), *drawings.strokes(2, 165, 90, 90)])


def opens_cell(reader: Reader) -> None:
    cells = reader.page.locator(".matrix button:not(.right):not(.chosen)")
    cells.first.wait_for()
    cells.filter(has_text=re.compile("[1-9]")).first.click()


def opens_digit(reader: Reader) -> None:
    reader.page.locator("button.tile").first.click()
    hand.pause(reader.page, 1500)
    reader.page.get_by_role("dialog").get_by_label(_("Close"), exact=True).click()


def opens_steps(reader: Reader) -> None:
    reader.page.locator("[data-testid=stExpander] summary").last.click()


def less_often(reader: Reader) -> None:
    reader.moves(_("Answer only if at least this sure, %"), 3)


def teaches(reader: Reader) -> None:
    page = reader.page
    page.locator(".st-key-teach button").click()
    disputed = page.locator(".st-key-teach_decided button")
    disputed.or_(page.locator(".st-key-discard button")).first.wait_for()
    if disputed.count():
        disputed.click()


def collects(reader: Reader) -> None:
    reader.page.goto(reader.page.url.rsplit("/", 1)[0] + "/draw")
    hand.canvas(reader.page).wait_for()
    hand.settle(reader.page)
    reader.draws(drawings.strokes(0))
    reader.keeps(22)
    reader.page.goto(reader.page.url.rsplit("/", 1)[0] + "/collection")


def keeps_one(reader: Reader) -> None:
    reader.keeps(1)


# What a reader does in each step that waits for something, in order.
ACTS: dict[str, list[Do]] = {
    "see": [
        digit(3), opens_steps,
        digit(3, left=15, top=15, size=80), nothing, shape(M), two_digits,
    ],
    "two-ways": [digit(4), nothing, nothing, nothing, between_4_and_9, nothing],
    "learning": [
        lambda reader: reader.trains(), lambda reader: reader.trains(learning_rate=1.0),
        lambda reader: reader.trains(learning_rate=0.000001),
        lambda reader: reader.trains(learning_rate=0.002, examples=500, epochs=40), nothing,
    ],
    "good": [nothing, opens_cell, opens_digit, nothing, nothing, between_4_and_9],
    "sure": [digit(3), between_4_and_9, nothing, less_often, opens_digit, shape(HOUSE)],
    "fool": [between_4_and_9, keeps_one, collects, teaches, nothing, digit(4)],
}  # fmt: skip


def walk(page: Page, url: str, name: str, folder: Path, tag: str) -> list[str]:
    """Walk a lesson; return what went wrong."""
    acts = iter(ACTS[name])
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"{name}: {error}"))
    page.on("crash", lambda _: problems.append(f"{name}: the page crashed"))
    page.goto(f"{url}/learn?lesson={name}" + ("" if tag == "en" else f"&lang={tag}"))
    page.locator(".st-key-lesson").wait_for()
    hand.settle(page)
    lesson = library.read(name, tag)
    assert lesson is not None
    for number, step in enumerate(lesson.steps, 1):
        reader = Reader(page, name)
        expect(page.locator(".lesson-step")).to_contain_text(step.title)
        unfold(page)
        problems += look(page, folder / f"{name}-{number}-todo.png")
        if step.page:
            page.locator(".st-key-lesson [data-testid=stPageLink-NavLink]").click()
            hand.pause(page, 1000)
            hand.settle(page)
        if step.done is not None:
            fold(page)
            limit = TRAINING_MS if step.done.kind == "training" else NOTICE_MS
            try:
                next(acts)(reader)
                page.locator(".lesson-noticed").wait_for(state="attached", timeout=limit)
            except (Error, AssertionError) as error:
                problems.append(f"{name}, step {number} ({step.title}) was not noticed: {str(error).splitlines()[0]}")
                print(problems[-1], flush=True)
        unfold(page)
        if step.choices:
            right = next(at for at, choice in enumerate(step.choices) if choice.is_right)
            page.locator(f".st-key-lesson_choice_{right} button").click()
            page.locator(".lesson-noticed").wait_for()
        problems += look(page, folder / f"{name}-{number}-done.png")
        print(f"{name} {number}: {page.locator('.st-key-lesson').inner_text()[-300:]!r}", flush=True)
        if page.locator(".st-key-lesson_skip button").count():
            page.locator(".st-key-lesson_skip button").click()
        if step.skipped or not page.locator(".st-key-lesson_skip button").count():
            page.locator(".st-key-lesson_next button").click()
        hand.settle(page)
    page.locator(".st-key-lesson_again").wait_for(state="attached")
    page.locator(".st-key-lesson_close button").click()
    page.locator(".st-key-lesson").wait_for(state="detached")
    return problems


def unfold(page: Page) -> None:
    if is_narrow(page) and page.locator(".st-key-lesson_folded").count():
        page.locator(".st-key-lesson_bar button").click()
        page.locator(".st-key-lesson_shown").wait_for()


def fold(page: Page) -> None:
    if is_narrow(page) and page.locator(".st-key-lesson_shown").count():
        page.locator(".st-key-lesson_bar button").click()
        page.locator(".st-key-lesson_folded").wait_for(state="attached")


def is_narrow(page: Page) -> bool:
    """Whether the lesson is a bar that unfolds; on a page that has just been loaded, buttons may come after texts."""
    hand.settle(page)
    bar = page.locator(".st-key-lesson_bar button")
    bar.wait_for(state="attached")
    return bar.is_visible()


def look(page: Page, path: Path) -> list[str]:
    """Take a picture; say what is wider than its place."""
    hand.pause(page, 300)
    page.screenshot(path=path)
    wide = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain], .st-key-lesson')]"
        ".some((one) => one.scrollWidth > one.clientWidth + 1)"
    )
    return [f"{path.stem}: clipped"] if wide else []


def main() -> int:
    """Walk the lessons that the command line names, or all."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("lessons", nargs="*", default=library.SHIPPED)
    asked.add_argument("--width", type=int, default=1280, choices=HEIGHTS)
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--language", default="en")
    given = asked.parse_args()
    language.speak(given.language)
    given.folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=hand.PATIENCE_MS)
    problems = []
    with tempfile.TemporaryDirectory() as own, sync_playwright() as playwright:
        models = Path(own) / "models"
        shutil.copytree(settings.REPOSITORY / "models", models, ignore=shutil.ignore_patterns(".*"))
        with serve(Path(own) / "log", environment={"DIGITLAB_MODELS": str(models)}) as server:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            size = {"width": given.width, "height": HEIGHTS[given.width]}
            for name in given.lessons:
                scheme = "dark" if given.dark else "light"
                with hand.window(browser, viewport=size, color_scheme=scheme) as page:
                    problems += walk(page, server.url, name, given.folder, given.language)
            if "Traceback" in server.log.read_text():
                problems.append(server.log.read_text()[-3000:])
    print(*(problems or ["Every step was noticed, and nothing was clipped."]), sep="\n")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
