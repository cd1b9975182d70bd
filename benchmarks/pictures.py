"""Pictures of every page at four sizes, light and dark, to look at after a change to what pages show.

    python -m benchmarks.pictures FOLDER [PAGE ...]

Writes PAGE-WIDTH-light.png and PAGE-WIDTH-dark.png, each as high as a screen of that width, and one sheet of a page's
eight pictures, PAGE.png. Pages are named as in their addresses, the start page "home"; without names it takes all.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import chromium, hand
from tests.browser.every_page import PAGES, open_page
from tests.browser.server import serve

SIZES = {1920: 1080, 1280: 720, 768: 1024, 360: 740}
SHEET_PX = 640  # height of a row of a sheet


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(PAGES)
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=hand.PATIENCE_MS)
    with tempfile.TemporaryDirectory() as log, serve(Path(log) / "log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        contexts = {scheme: browser.new_context(color_scheme=scheme) for scheme in ("light", "dark")}
        for name in names:
            for scheme, context in contexts.items():
                page = context.new_page()
                page.set_default_timeout(hand.PATIENCE_MS)
                open_page(page, server.url, name)
                for width, height in SIZES.items():
                    take(page, width, height, folder / f"{name}-{width}-{scheme}.png")
                page.close()
            sheet(folder, name)


def take(page: Page, width: int, height: int, path: Path) -> None:
    page.set_viewport_size({"width": width, "height": height})
    hand.idle(page)
    hand.pause(page, 300)  # charts fit themselves a moment later
    page.screenshot(path=path)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollWidth ?? document.body.scrollWidth")
    print(path, f": {wide} px wide, so it is clipped" if wide > width else "")


def sheet(folder: Path, name: str) -> None:
    """Put the pictures of one page side by side, dark ones below light ones."""
    rows = [[Image.open(folder / f"{name}-{width}-{scheme}.png") for width in SIZES] for scheme in ("light", "dark")]
    fitted = [[one.resize((one.width * SHEET_PX // one.height, SHEET_PX)) for one in row] for row in rows]
    whole = Image.new("RGB", (sum(one.width + 8 for one in fitted[0]), 2 * (SHEET_PX + 8)), "#888")
    for y, row in enumerate(fitted):
        x = 0
        for one in row:
            whole.paste(one, (x, y * (SHEET_PX + 8)))
            x += one.width + 8
    whole.save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
