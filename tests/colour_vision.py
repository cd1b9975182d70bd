"""Colours as people with colour-vision deficiencies see them.

Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009), with
the matrices for a complete lack of one kind of cone, which apply to linear RGB.
"""

import itertools
from collections.abc import Iterable

import numpy as np

SEEN = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# Linear sRGB to XYZ, relative to its white (IEC 61966-2-1).
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str | tuple[int, int, int]) -> np.ndarray:
    """Linear RGB in [0, 1] of "#rrggbb" or of three numbers up to 255."""
    values = tuple(bytes.fromhex(colour.lstrip("#"))) if isinstance(colour, str) else colour
    shares = np.array(values) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def lab(colour: str | tuple[int, int, int], kind: str) -> np.ndarray:
    """CIELAB of a colour as it is seen."""
    seen = np.clip(np.asarray(SEEN[kind]) @ linear(colour), 0, 1)
    shares = _XYZ @ seen / _XYZ.sum(1)
    f = np.where(shares > (6 / 29) ** 3, np.cbrt(shares), shares / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least(colours: Iterable[str | tuple[int, int, int]], kind: str) -> float:
    """The smallest distance (CIE76) between two of the colours as they are seen; 2.3 can just be told apart."""
    return min(
        float(np.linalg.norm(lab(one, kind) - lab(other, kind))) for one, other in itertools.combinations(colours, 2)
    )
