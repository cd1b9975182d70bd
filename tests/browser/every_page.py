"""All pages that people open in a browser, each by its address."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import hand

# The flagships' thousand digits take the robustness page seconds, a small model's none.
PAGES = {
    "home": "", "learn": "learn", "confusion": "confusion", "mistakes": "mistakes", "embedding-map": "embedding-map",
    "calibration": "calibration", "robustness": "robustness?models=softmax", "dataset": "dataset", "curves": "curves",
    "retrain": "retrain", "sweep": "sweep", "models": "models", "present": "present", "collection": "collection",
    "glossary": "glossary?term=epoch",
}  # fmt: skip


def open_page(page: Page, url: str, name: str) -> None:
    """Open a page and wait until everything has its place."""
    page.goto(f"{url}/{PAGES[name]}")
    wait(page)


def wait(page: Page) -> None:
    """Wait until everything on a page that is being loaded has its place."""
    page.locator("[data-testid=stHeading]").first.wait_for()
    hand.settle(page)
