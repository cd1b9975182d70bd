"""Other ways to find what a model looked at, for `benchmarks.explain`; each returns a (28, 28) map for one digit."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from digitlab.explain import attribution
from digitlab.explain.attribution import INK
from digitlab.serving import Classifier

RISE_MASKS, RISE_CELL, RISE_KEPT = 200, 4, 0.7
ORDERS, SHAPLEY_CELL = 8, 4


def occlusion_mean(model: Classifier, pixels: np.ndarray, digit: int) -> np.ndarray:
    """Like digitlab's method, but with the mean over a pixel's patches instead of the patch that matters most."""
    tried = attribution.patches(pixels > INK)
    whole, *erased = _odds(model, np.concatenate([pixels[None], np.where(tried, 0, pixels)]), digit)
    falls = whole - np.array(erased)
    return np.tensordot(falls, tried.astype(float), 1) / np.maximum(tried.sum(axis=0), 1)


def single_pixels(model: Classifier, pixels: np.ndarray, digit: int) -> np.ndarray:
    """Each pixel of the ink erased by itself."""
    places = np.flatnonzero(pixels > INK)
    images = np.repeat(pixels.reshape(1, -1), len(places) + 1, axis=0)
    images[np.arange(1, len(places) + 1), places] = 0
    odds = _odds(model, images.reshape(-1, 28, 28), digit)
    digit_map = np.zeros(784)
    digit_map[places] = odds[0] - odds[1:]
    return digit_map.reshape(28, 28)


def rise(model: Classifier, pixels: np.ndarray, digit: int) -> np.ndarray:
    """Random soft masks over the whole (Petsiuk, Das and Saenko, "RISE", 2018), correlated with the answers."""
    chance, side = np.random.default_rng(0), 28 // RISE_CELL + 2
    coarse = (chance.random((RISE_MASKS, side, side)) < RISE_KEPT).astype(np.float32)
    masks = []
    for coarse_mask, (down, right) in zip(coarse, chance.integers(0, RISE_CELL, (RISE_MASKS, 2)), strict=True):
        masks.append(ndimage.zoom(coarse_mask, RISE_CELL, order=1)[down : down + 28, right : right + 28])
    kept = np.array(masks)
    odds = _odds(model, kept * pixels, digit)
    kept -= kept.mean(axis=0)
    return np.tensordot(odds - odds.mean(), kept, 1) / np.maximum((kept**2).sum(axis=0), 1e-3)


def shapley(model: Classifier, pixels: np.ndarray, digit: int) -> np.ndarray:
    """Cells of 4 x 4 px erased in random orders (Castro, Gomez and Tejada, "Polynomial calculation of the Shapley value
    based on sampling", 2009)."""
    chance, places = np.random.default_rng(0), np.arange(28) // SHAPLEY_CELL
    cells = 100 * places[:, None] + places
    inked = np.unique(cells[pixels > INK])
    images, order = [pixels], []
    for _ in range(ORDERS):
        left = pixels.copy()
        for cell in chance.permutation(inked):
            left[cells == cell] = 0
            images.append(left.copy())
            order.append(cell)
    odds = _odds(model, np.array(images), digit)
    digit_map = np.zeros((28, 28))
    for at, cell in enumerate(order):
        before = odds[0] if at % len(inked) == 0 else odds[at]
        digit_map[cells == cell] += (before - odds[at + 1]) / ORDERS
    return digit_map


def _odds(model: Classifier, images: np.ndarray, digit: int) -> np.ndarray:
    return attribution.log_odds(model.answer(images).probabilities)[:, digit]


RIVALS = {
    "mean over patches": occlusion_mean,
    "single pixels": single_pixels,
    f"RISE, {RISE_MASKS} masks": rise,
    f"Shapley, {ORDERS} orders": shapley,
}
