"""Makes the pictures in the README: the real app in a real Chromium, with drawings made by the mouse.

    python -m benchmarks.screenshot [FOLDER]

Writes draw.png (1280 x 720, light), draw-dark.png and draw-phone.png (360 x 740) into the folder, docs/ by default.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium, hand
from tests.browser.server import serve

SHOTS = (
    ("draw", {"width": 1280, "height": 720}, "light", 4),
    ("draw-dark", {"width": 1280, "height": 720}, "dark", 2),
    ("draw-phone", {"width": 360, "height": 740}, "light", 5),
)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    with tempfile.TemporaryDirectory() as log, serve(Path(log) / "log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for name, viewport, scheme, digit in SHOTS:
            page = browser.new_page(viewport=viewport, color_scheme=scheme)
            hand.draw_alone(page, server.url, digit)
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png")


if __name__ == "__main__":
    main()
