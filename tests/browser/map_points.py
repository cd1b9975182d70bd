"""Where the points of a map lie on the screen, and which one a click should find."""

from __future__ import annotations

from playwright.sync_api import Page


def points(page: Page, side: int = 0) -> list[list[float]]:
    """Every point of a map as [index, x, y], in px of the page's viewport."""
    return page.evaluate("side => document.querySelectorAll('.map-frame')[side]._map.screen()", side)


def nearest(all_points: list[list[float]], x: float, y: float) -> set[int]:
    """Indices of the points that lie closest to a place; several if they are less than a pixel further."""
    distances = [((px - x) ** 2 + (py - y) ** 2) ** 0.5 for _, px, py in all_points]
    return {int(all_points[at][0]) for at, distance in enumerate(distances) if distance < min(distances) + 1}
