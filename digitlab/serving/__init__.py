"""Serving: run the stored models and combine their answers to a drawing.

Lives here: the models in models/ and their versions, running them, refusing what is not a digit, reading a drawing.
Door: `read`, which gives a `Reading`, `turn_that_helps`, and `load` for a model's `Classifier`; the modules `store`,
`versions`, `shipped`, `shared` and `replica` for models shared by URL and, for training, `rejection`.
May import: ink and data, files, settings and errors.
"""

from digitlab.serving import rejection, replica, shared, shipped, store, versions
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
    "replica",
    "said",
    "shared",
    "shipped",
    "softmax",
    "store",
    "turn_that_helps",
    "versions",
]
