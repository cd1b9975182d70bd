"""Whether the models would believe in a digit if the picture were turned; not every camera notes how it was held."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitlab.ink import Ink
from digitlab.serving.classifier import Classifier
from digitlab.serving.reading import SURE, Reading

TURNS = (90, 270, 180)  # degrees, clockwise


class Turn(NamedTuple):
    """A turn after which every model would read the same digit: by how many degrees, clockwise, and which digit."""

    degrees: int
    digit: int


def turn_that_helps(drawing: Ink, reading: Reading, models: list[Classifier]) -> Turn | None:
    """The turn after which all models believe in the same digit, and are surest of it; None where there is none, or
    where they do so with the picture as it is.

    Args:
        drawing: the ink on the picture.
        reading: what the models read in it.
        models: those that read it.
    """
    if not models or _is_sure(reading):
        return None
    # MNIST's format is the same whichever way a digit lies, so its pixels can be turned instead of the picture.
    images = np.stack([np.rot90(drawing.pixels, -degrees // 90) for degrees in TURNS])
    answers = [model.answer(images) for model in models]
    surest, best = 0.0, None
    for at, degrees in enumerate(TURNS):
        probabilities = np.stack([answer.probabilities[at] for answer in answers])
        digits, sure = set(probabilities.argmax(axis=1).tolist()), float(probabilities.max(axis=1).min())
        if len(digits) == 1 and all(answer.scores[at] >= 0 for answer in answers) and sure >= max(SURE, surest):
            surest, best = sure, Turn(degrees, digits.pop())
    return best


def _is_sure(reading: Reading) -> bool:
    """Whether nothing speaks for a turn: no doubt, and either several digits or one of which all models are sure."""
    verdicts = reading.whole.values()
    is_one = len({verdict.digit for verdict in verdicts}) == 1 and all(one.confidence >= SURE for one in verdicts)
    return reading.doubt() is None and (reading.is_several or is_one)
