"""Everything that explains one model's answer to one picture, as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab.explain import attribution, curves, nearest, sentence
from digitlab.explain.curves import Curve
from digitlab.serving import Classifier, Verdict, in_words

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
        sentence: the reason for the answer, or None.
    """

    verdict: Verdict
    digit: int
    attribution: np.ndarray
    pixels: np.ndarray
    nearest: list[nearest.Neighbour]
    curves: dict[str, Curve]
    sentence: str | None

    def as_dict(self) -> dict[str, Any]:
        """The explanation, ready for JSON; pictures are 28 rows of 28 numbers."""
        return {
            "digit": self.digit,
            "answer": self.verdict.digit,
            "is_digit": self.verdict.is_digit,
            "reason": self.verdict.reason,
            "attribution": np.round(self.attribution.astype(float), 4).tolist(),
            "pixels": np.round(self.pixels.astype(float), 4).tolist(),
            "nearest": [{"split": one.split, "index": one.index, "label": one.label} for one in self.nearest],
            "flips": {
                name: [{"value": flip.value, "from": flip.before, "to": flip.after} for flip in curve.flips]
                for name, curve in self.curves.items()
            },
            "sentence": self.sentence,
        }

    def lines(self) -> list[str]:
        """The explanation as lines of text."""
        labels = ", ".join(f"a {one.label} ({one.split} {one.index})" for one in self.nearest)
        said = in_words(self.verdict.digit, self.verdict.confidence, is_digit=self.verdict.is_digit)
        return [
            said if self.verdict.reason is None else f"{said}  {self.verdict.reason}",
            *([] if self.verdict.is_digit else ["Below is what it would say if it were one digit:"]),
            *([self.sentence] if self.sentence else []),
            *(f"most {word} {self.digit}: {place}" for word, place in self._strongest()),
            *(f"{name}: {curve.words()}" for name, curve in self.curves.items()),
            f"nearest: {labels}",
        ]

    def _strongest(self) -> list[tuple[str, str]]:
        found = []
        for word, speaks in (("for", self.attribution), ("against", -self.attribution)):
            row, column = np.unravel_index(speaks.argmax(), speaks.shape)
            if speaks[row, column] > 0:
                found.append((word, f"the ink around row {row + 1}, column {column + 1}"))
        return found


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
    found = sentence.reason(model, pixels, maps[answer]) if verdict.is_digit else None
    return Explanation(
        verdict=verdict,
        digit=answer if digit is None else digit,
        attribution=maps[answer if digit is None else digit],
        pixels=pixels,
        nearest=nearest.nearest(model, pixels, NEIGHBOURS),
        curves=curves.measure(model, pixels),
        sentence=sentence.tell([found] if found else []),
    )
