"""How long the pages that explore errors take, in real Chromium on a warm server: `python -m benchmarks.exploring`."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium, map_points
from tests.browser.server import serve

OPENINGS, CLICKS, POINTS = 5, 40, 100
DRAWN = {
    "confusion": ".matrix button",
    "mistakes": "button.tile",
    "calibration": ".js-plotly-plot .main-svg",
    "dataset": ".js-plotly-plot .main-svg",
    "curves": ".js-plotly-plot .main-svg",
    "embedding-map": ".map-frame canvas",
}


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page = _page(browser)
        for path, drawn in DRAWN.items():
            opened(_page(browser), f"{server.url}/{path}", drawn)  # warms the server
            first = [opened(_page(browser), f"{server.url}/{path}", drawn) for _ in range(OPENINGS)]
            opened(page, f"{server.url}/{path}", drawn)
            again = [opened(page, f"{server.url}/{path}", drawn) for _ in range(OPENINGS)]
            print(
                f"open {path}: median {np.median(again):.2f} s, worst {max(again):.2f} s of {OPENINGS}; "
                f"in a browser that was never here {np.median(first):.2f} s"
            )
        cells(_page(browser), server.url)
        gallery(_page(browser), server.url)
        points(_page(browser), server.url)


def _page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 720}).new_page()


def opened(page: Page, url: str, drawn: str) -> float:
    """Seconds from requesting the address until the main part of the page is there."""
    began = time.perf_counter()
    page.goto(url)
    page.locator(drawn).first.wait_for()
    return time.perf_counter() - began


def cells(page: Page, url: str) -> None:
    """Time from a click on a cell of the matrix until it shows as many pictures as the cell says."""
    page.goto(f"{url}/confusion")
    buttons = page.locator(".matrix").first.locator("button")
    buttons.first.wait_for()
    counts = [int(text.replace(",", "").replace("·", "0")) for text in buttons.all_inner_texts()]
    chance, times, wrong = random.Random(0), [], 0
    full = [at for at, count in enumerate(counts) if count and at % 11]
    shown = None
    for _ in range(CLICKS):
        at = chance.choice([cell for cell in full if cell != shown])
        shown = at
        times.append(_clicked(page, lambda at=at: buttons.nth(at).click(), counts[at]))
        wrong += page.locator("button.tile").count() != counts[at]
    _say(f"cell to its pictures, {CLICKS} clicks, {wrong} with another number of pictures", times)


def _clicked(page: Page, click: Callable[[], None], count: int) -> float:
    headings = "[...document.querySelectorAll('h2, h3')].map(one => one.innerText).join()"
    before = page.evaluate(headings)
    began = time.perf_counter()
    click()
    page.wait_for_function(
        f"([before, count]) => {headings} !== before && document.querySelectorAll('button.tile').length === count",
        arg=[before, count],
    )
    return time.perf_counter() - began


def gallery(page: Page, url: str) -> None:
    """300 tiles: a link opened from scratch, and the requests that a change of filter causes."""
    page.goto(f"{url}/mistakes")
    page.locator("button.tile").first.wait_for()
    times = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        page.goto(f"{url}/mistakes?group=all")
        page.locator("button.tile").nth(299).wait_for()
        times.append(time.perf_counter() - began)
    requests: list[str] = []
    page.goto(f"{url}/mistakes?group=both+wrong")
    page.locator("button.tile").first.wait_for()
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("radio", name="all", exact=True).click()
    page.locator("button.tile").nth(299).wait_for()
    sent = len([url for url in requests if not url.startswith("data:")])
    _say(f"gallery of 300 tiles by link ({sent} requests for it on an open page)", times)


def points(page: Page, url: str) -> None:
    """From a click on a point of the map, after a filter and a zoom, to its picture."""
    page.goto(f"{url}/embedding-map?only=3&only=5&only=8")
    page.locator(".map-frame canvas").first.wait_for()
    page.wait_for_timeout(1000)
    box = page.locator(".map-frame canvas").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(500)
    everything = map_points.points(page)
    left, right, top = box["x"] + 20, box["x"] + box["width"] - 20, box["y"] + 40
    inside = [point for point in everything if left < point[1] < right and top < point[2] < 700]
    times, right_ones = [], 0
    before = ""
    for _, x, y in random.Random(0).sample(inside, POINTS):
        page.mouse.move(x, y, steps=3)
        page.wait_for_timeout(80)  # a hand rests before it clicks
        expected = map_points.nearest(everything, x, y)
        began = time.perf_counter()
        page.mouse.click(x, y)
        page.wait_for_function(
            """before => { const tiles = document.querySelectorAll("button.tile");
                 return tiles.length === 1 && tiles[0].dataset.id !== before; }""",
            arg=before if before and int(before) not in expected else "",
        )  # fmt: skip
        times.append(time.perf_counter() - began)
        before = page.locator("button.tile").first.get_attribute("data-id") or ""
        right_ones += int(before) in expected
    _say(f"point on the map to its picture, {right_ones} of {POINTS} right", times)


def _say(what: str, times: list[float]) -> None:
    print(f"{what}: median {np.median(times):.2f} s, p95 {np.percentile(times, 95):.2f} s")


if __name__ == "__main__":
    main()
