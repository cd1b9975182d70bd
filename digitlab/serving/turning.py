"""Whether a picture that is doubted would be read if it were turned, as many photos are that no camera has marked."""

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


def turn_that_helps(drawing: Ink, found: Reading, models: list[Classifier]) -> Turn | None:
    """The turn of a doubted picture after which all models believe in the same digit, and are surest of it; else None.

    Args:
        drawing: what was found on the picture.
        found: what the models read in it.
        models: those that read it.
    """
    if found.doubt() is None or not models:
        return None
    # MNIST's format is the same whichever way a digit lies, so its pixels can be turned instead of the picture.
    images = np.stack([np.rot90(drawing.pixels, -degrees // 90) for degrees in TURNS])
    answers = [model.answer(images) for model in models]
    surest, best = 0.0, None
    for at, degrees in enumerate(TURNS):
        digits = {int(one.probabilities[at].argmax()) for one in answers}
        sure = min(float(one.probabilities[at].max()) for one in answers)
        if len(digits) == 1 and all(one.scores[at] >= 0 for one in answers) and sure >= max(SURE, surest):
            surest, best = sure, Turn(degrees, digits.pop())
    return best
