"""Serving: run the stored models and combine their answers to a drawing.

Lives here: running models, refusing what is not a digit, reading a drawing.
Door: `read`, which gives a `Reading`, `turn_that_helps`, and `load` for a model's `Classifier`; for training,
`rejection`.
May import: models, ink and errors.
"""

from digitlab.serving import rejection
from digitlab.serving.classifier import Answers, Classifier, load, softmax
from digitlab.serving.reading import Digit, Reading, Verdict, in_words, per_cent, read, said
from digitlab.serving.silence import quiet
from digitlab.serving.turning import Turn, turn_that_helps

__all__ = [
    "Answers",
    "Classifier",
    "Digit",
    "Reading",
    "Turn",
    "Verdict",
    "in_words",
    "load",
    "per_cent",
    "quiet",
    "read",
    "rejection",
    "said",
    "softmax",
    "turn_that_helps",
]
