"""Serving: run the stored models and combine their answers to a drawing.

Lives here: running models, refusing what is not a digit, reading a drawing.
Door: `read`, which gives a `Reading`; `readers`, for strokes that somebody draws, which other processes may read;
`verdict` of one model, `turn_that_helps`, and `load` for a model's `Classifier`; for training, `rejection`; for
surgery, the `constants` of a model's file.
May import: models, ink and errors.
"""

from digitlab.serving import readers, rejection
from digitlab.serving.classifier import Answers, Classifier, load, softmax
from digitlab.serving.constants import constants
from digitlab.serving.reading import Digit, Doubt, Reading, Verdict, first_doubt, read, verdict
from digitlab.serving.silence import quiet
from digitlab.serving.turning import Turn, turn_that_helps

__all__ = [
    "Answers",
    "Classifier",
    "Digit",
    "Doubt",
    "Reading",
    "Turn",
    "Verdict",
    "constants",
    "first_doubt",
    "load",
    "quiet",
    "read",
    "readers",
    "rejection",
    "softmax",
    "turn_that_helps",
    "verdict",
]
