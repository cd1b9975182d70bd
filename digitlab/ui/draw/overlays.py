"""Pictures of 28 x 28 pixels with colours laid over the ink, as HTML."""

from __future__ import annotations

from html import escape

import numpy as np

from digitlab.ui.draw import cards

# Green and pink of Okabe and Ito's palette: people with any colour vision can tell them apart, and no model has them.
FOR, AGAINST = (0, 158, 115), (224, 122, 178)
_DIMMED = 0.6  # brightness of the ink, so that colours stand out from it
_SCALE = 12  # px per pixel of the digit, where single pixels are framed


def attribution(pixels: np.ndarray, digit_map: np.ndarray, alt: str) -> str:
    """The ink, green where it speaks for a digit and pink where it speaks against it; the strongest in full colour.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        digit_map: (28, 28), of any scale.
        alt: what the picture shows, for screen readers.
    """
    strength = np.abs(digit_map) / max(float(np.abs(digit_map).max()), 1e-9)
    # The map has values beside the stroke as well; there the colour is only a tint.
    opacity = (strength * (0.25 + 0.75 * np.sqrt(pixels)))[..., None]
    colour = np.where((digit_map > 0)[..., None], FOR, AGAINST)
    grey = np.repeat(255 * _DIMMED * pixels[..., None], 3, axis=2)
    return _picture(grey * (1 - opacity) + colour * opacity, alt)


def change(pixels: np.ndarray, removed: np.ndarray, added: np.ndarray, alt: str) -> str:
    """The ink after a change, with green frames around the pixels that became ink and pink ones around those that lost
    it.

    Args:
        pixels: (28, 28) float32 in [0, 1], before the change.
        removed, added: (28, 28) bool, the pixels that lost and gained ink.
        alt: what the picture shows, for screen readers.
    """
    grey = np.where(removed, 0, np.where(added, 1, pixels))
    large = np.repeat(np.repeat(255 * _DIMMED * grey, _SCALE, axis=0), _SCALE, axis=1)
    image = np.repeat(large[..., None], 3, axis=2)
    inside = np.zeros((_SCALE, _SCALE), bool)
    inside[2:-2, 2:-2] = True
    for mask, colour in ((added, FOR), (removed, AGAINST)):
        image[np.kron(mask, ~inside).astype(bool)] = colour
    return _picture(image, alt)


def _picture(image: np.ndarray, alt: str) -> str:
    source = cards.data_uri(np.round(np.clip(image, 0, 255)).astype(np.uint8))
    return f'<img class="pixels" src="{source}" alt="{escape(alt)}">'
