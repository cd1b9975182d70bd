"""Everything that explains one model's answer to one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitlab.explain import attribution, curves, nearest, reasons
from digitlab.explain.curves import Curve
from digitlab.explain.reasons import Reason
from digitlab.serving import Classifier, Verdict

NEIGHBOURS = 5


@dataclass(frozen=True)
class Explanation:
    """Why a model answers as it does.

    Attributes:
        verdict: what the model answers, and whether that should be believed.
        digit: the digit that `attribution` is about: the answer, unless another digit was asked for.
        attribution: (28, 28) float32 in nats: what speaks for the digit (above 0) and against it.
        pixels: (28, 28) float32 in [0, 1], what the model sees.
        nearest: the digits nearest to the picture in the model's last hidden layer.
        curves: by distortion, what would change the answer.
        reason: the part of the ink that the answer is because of, or None.
    """

    verdict: Verdict
    digit: int
    attribution: np.ndarray
    pixels: np.ndarray
    nearest: list[nearest.Neighbour]
    curves: dict[str, Curve]
    reason: Reason | None


def explain(model: Classifier, pixels: np.ndarray, verdict: Verdict, digit: int | None = None) -> Explanation:
    """Why a model answers as it does.

    Args:
        model: the model to ask.
        pixels: (28, 28) float32 in [0, 1].
        verdict: what the model says of them.
        digit: the digit that the attribution should be about; None for the model's answer.

    Raises:
        MnistUnavailable, MnistDamaged: as `nearest.nearest`.
    """
    answer = verdict.digit
    maps = attribution.maps(model, pixels)
    return Explanation(
        verdict=verdict,
        digit=answer if digit is None else digit,
        attribution=maps[answer if digit is None else digit],
        pixels=pixels,
        nearest=nearest.nearest(model, pixels, NEIGHBOURS),
        curves=curves.measure(model, pixels),
        reason=reasons.find(model, pixels, maps[answer]) if verdict.is_digit else None,
    )
