"""Where the points of a map lie on the screen, and which one a click should find."""

from __future__ import annotations

from playwright.sync_api import Page

POINTS = """side => {
  const plot = document.querySelectorAll(".js-plotly-plot")[side];
  const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect(), points = [];
  plot._fullData.forEach(trace => {
    if (trace.type !== "scattergl") return;
    for (let at = 0; at < trace.x.length; at++) {
      const x = box.x + xaxis._offset + xaxis.d2p(trace.x[at]), y = box.y + yaxis._offset + yaxis.d2p(trace.y[at]);
      points.push([trace.customdata[at][0], x, y]);
    }
  });
  return points;
}"""


def points(page: Page, side: int = 0) -> list[list[float]]:
    """Every point of a map as [index, x, y], in px of the page's viewport."""
    return page.evaluate(POINTS, side)


def nearest(all_points: list[list[float]], x: float, y: float) -> set[int]:
    """Indices of the points that lie closest to a place; several if they are less than a pixel further."""
    distances = [((px - x) ** 2 + (py - y) ** 2) ** 0.5 for _, px, py in all_points]
    return {int(all_points[at][0]) for at, distance in enumerate(distances) if distance < min(distances) + 1}
