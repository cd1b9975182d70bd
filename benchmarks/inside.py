"""Looking inside: what it costs those who only draw, and how long a drawing's layers, neighbours and surgery take.

    python -m benchmarks.inside [NAME...]
    python -m benchmarks.inside surgery [NAME...]

Answers are timed with and without the second signature in the model's file, in turns in one process; the ratio is what
counts. Neighbours are searched among all training digits if full MNIST is on this machine, and compared with the exact
ones. For surgery, units of all hidden layers are switched off in Chromium, one after the other, and timed from the
click to the frame with both figures. What else the machine does counts, too; so the processor time of the server is
printed as well, with its memory.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from digitlab import serving
from digitlab.analysis import embedding_map
from digitlab.data import drawn, mnist
from digitlab.explain import inside, nearest
from digitlab.models import store
from digitlab.serving import Classifier
from digitlab.training import export
from digitlab.ui.draw.inside import UNITS
from tests.browser import chromium, hand
from tests.browser.server import serve

ANSWERS = 4000
DRAWINGS = 100
SHOWN = 10


OPERATIONS = 20
REPAINTED = """of => new Promise((then) => {
  const began = performance.now();
  const painted = () => document.querySelector(`.surgery-figures[data-of="${of}"]`)
    ? requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now() - began)))
    : requestAnimationFrame(painted);
  document.querySelector("[data-id=surgery-off]").click();
  painted();
})"""


def main() -> None:
    if sys.argv[1:2] == ["surgery"]:
        for name in sys.argv[2:] or store.FLAGSHIPS:
            print(name)
            surgery(name)
        return
    for name in sys.argv[1:] or store.FLAGSHIPS:
        print(name)
        answers(name)
        layers(serving.load(name))
        neighbours(serving.load(name))


def answers(name: str) -> None:
    """Time an answer by the model's file, and by the same file without the signature for the layers."""
    stored = store.read(name)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(export, "_with_layers", return_value={}):
        file = Path(folder) / store.KERAS
        file.write_bytes(store.read_file(name, store.KERAS))
        plain = export.to_tflite(keras.models.load_model(file))
    models = {"without": Classifier(replace(stored, tflite=plain)), "with": Classifier(stored)}
    image = drawn.load().digits.scaled()[:1]
    times: dict[str, list[float]] = {which: [] for which in models}
    for at in range(ANSWERS):
        for which in ("without", "with") if at % 2 else ("with", "without"):
            times[which].append(_timed(lambda which=which: models[which].answer(image)))
    without, with_layers = (1000 * float(np.median(each)) for each in times.values())
    print(
        f"  one answer: {without:.3f} ms without, {with_layers:.3f} ms with the layers' signature, "
        f"ratio {with_layers / without:.3f}; the file is {len(stored.tflite) - len(plain):,} bytes larger"
    )


def layers(model: Classifier) -> None:
    """Time everything that the tab shows: the layers, and what their units look for."""

    def show(pixels: np.ndarray) -> None:
        layers_inside = inside.inside(model, pixels)
        for layer in layers_inside.layers[1:]:
            count = min(UNITS, len(layer)) if layer.kind == "units" else len(layer)
            layers_inside.looked_for(layer.name, range(count))
        layers_inside.contributions(0)

    _say("  every layer of a drawing and what its units look for", [
        _timed(lambda pixels=pixels: show(pixels)) for pixels in _drawings()[:20]
    ])  # fmt: skip


def surgery(name: str) -> None:
    """Time from the click that switches a unit off until both figures are repainted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        page, process = browser.new_page(viewport={"width": 1280, "height": 720}), psutil.Process(server.pid)
        page.set_default_timeout(hand.PATIENCE_MS)
        hand.draw_alone(page, server.url, 4)
        page.get_by_text("Why?", exact=True).click()
        page.get_by_role("tab", name="Inside").click()
        page.get_by_role("radiogroup", name="Model to look into").get_by_text(name, exact=True).click()
        page.locator(f".inside[aria-label*=' {name} ']").wait_for()
        before, largest = process.memory_info().rss, 0
        times, cpu = [], []
        layers = page.locator(".inside section:is(.maps, .units)")
        for at in range(OPERATIONS):
            unit = layers.nth(at % layers.count()).locator("button").nth(at // layers.count())
            of = _chosen(page, unit.get_attribute("data-id") or "")
            used = sum(process.cpu_times()[:2])
            times.append(page.evaluate(REPAINTED, f"{of}-0") / 1000)
            hand.settle(page)
            cpu.append(sum(process.cpu_times()[:2]) - used)
            largest = max(largest, process.memory_info().rss)
            page.locator("[data-id=surgery-all]").click()
            page.locator(".surgery-figures[data-of]").wait_for(state="detached")
        _say(f"  {OPERATIONS} units switched off, to both figures", times)
        print(
            f"  processor time of the server: median {np.median(cpu):.2f} s; memory +{(largest - before) / 1e6:.0f} MB"
        )


def _chosen(page: Page, unit: str) -> str:
    """Choose a unit, and wait until the server has nothing left to do."""
    page.locator(f".inside-units [data-id='{unit}']").click()
    page.locator(f".inside-units [data-id='{unit}'][aria-pressed=true]").wait_for()
    hand.settle(page)
    return unit


def neighbours(model: Classifier) -> None:
    """Time the search for the nearest training digits, and print how many of them are the exact ones."""
    began = time.perf_counter()
    among = nearest.prepare(model)
    print(f"  prepared or read in {time.perf_counter() - began:.1f} s")
    pixels = _drawings()
    indices, times = [], []
    for drawing in pixels:
        times.append(_timed(lambda drawing=drawing: indices.append(among.nearest(model, drawing, SHOWN))))
    _say(f"  the {SHOWN} nearest of {len(among):,} {among.split} digits", times)
    digits = mnist.load(download=False).train if among.split == "train" else mnist.packaged()
    exact = embedding_map.nearest(model.answer(pixels).embedding, model.answer(digits.scaled()).embedding, SHOWN)
    shared = np.mean([len(set(a) & set(b)) / SHOWN for a, b in zip(indices, exact, strict=True)])
    print(f"  {shared:.1%} of them are the exact ones")


def _drawings() -> np.ndarray:
    digits = drawn.load().digits.scaled()
    return digits[:: len(digits) // DRAWINGS][:DRAWINGS]


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _say(what: str, times: list[float]) -> None:
    print(f"{what}: median {1000 * np.median(times):.1f} ms, p95 {1000 * np.percentile(times, 95):.1f} ms")


if __name__ == "__main__":
    main()
