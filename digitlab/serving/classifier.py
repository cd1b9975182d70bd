"""LiteRT inference: from images to probabilities and embeddings in one call.

Interpreters are not safe for concurrent use, and a call takes far less than a millisecond, so each classifier
serves one caller at a time behind a lock.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np

from digitlab.errors import DamagedModel, InvalidValue, UnknownModel
from digitlab.language import N_
from digitlab.models import store
from digitlab.serving import rejection

REMEMBERED = 16  # the latest images whose answers `Classifier.answer_one` remembers
LARGEST_BATCH = 500  # images per invocation: bounds the memory an interpreter keeps


@dataclass(frozen=True)
class Answers:
    """What a model says of n images.

    Attributes:
        probabilities: (n, 10) float32, rows sum to 1.
        embedding: (n, d) float32, the last hidden layer.
        elapsed_s: seconds the network took for all n.
        logits: (n, 10) float32, before the temperature.
        scores: (n,) float32, 0 or more where the image looks like a digit to this model (see `rejection`); all 0
            for a model that was stored without a rejection.
    """

    probabilities: np.ndarray
    embedding: np.ndarray
    elapsed_s: float
    logits: np.ndarray
    scores: np.ndarray


class Classifier:
    """One model, ready to answer; safe to share between threads.

    Attributes:
        name: of the model.
        run: its `run.json`.
        notice: None, or why a version other than the current one answers.
    """

    def __init__(self, stored: store.StoredModel) -> None:
        """Load a model.

        Raises:
            DamagedModel: LiteRT cannot load the file.
        """
        self.name, self.run, self.notice = stored.name, stored.run, stored.notice
        self._temperature = float(stored.run.get("temperature", 1.0))
        self._lock = threading.Lock()
        self._remembered: dict[bytes, Answers] = {}
        from digitlab.serving.interpreter import Interpreter  # takes 50 ms to import, so only where a model answers

        try:
            self._rejection = rejection.from_run(stored.run)
            self._interpreter = Interpreter(model_content=stored.tflite, num_threads=1)
            signature = self._interpreter.get_signature_runner(store.ANSWER)
            self._input = signature.get_input_details()["images"]["index"]
            outputs = signature.get_output_details()
            self._logits, self._embedding = outputs["logits"]["index"], outputs["embedding"]["index"]
            # A signature runner holds on to the interpreter's memory, which then could not be resized.
            del signature
            self._batch = 0
            answers = self.answer(np.zeros((1, 28, 28), np.float32))  # the first call allocates; nobody should wait
            numbers = (answers.logits, answers.embedding, answers.scores)
            if answers.logits.shape != (1, 10) or not all(np.isfinite(found).all() for found in numbers):
                raise ValueError("its answers are not ten numbers")
        except (ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
            raise DamagedModel(N_("The model {name} cannot be run: {error}"), name=self.name, error=error) from error

    def answer(self, images: np.ndarray) -> Answers:
        """Classify images.

        Args:
            images: (n, 28, 28) float32 in [0, 1], white ink on black.

        Raises:
            InvalidValue: the images have another shape.
        """
        images = np.asarray(images, dtype=np.float32)
        if images.ndim != 3 or images.shape[1:] != (28, 28) or len(images) == 0:
            raise InvalidValue(
                N_("A classifier takes (n, 28, 28) images, got an array of shape {shape}."), shape=images.shape
            )
        with self._lock:
            began = time.perf_counter()
            parts = [self._invoke(images[at : at + LARGEST_BATCH]) for at in range(0, len(images), LARGEST_BATCH)]
            elapsed_s = time.perf_counter() - began
        logits, embedding = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        scores = np.zeros(len(images), np.float32)
        if self._rejection is not None:
            scores = self._rejection.score(logits, embedding)
        return Answers(softmax(logits / self._temperature), embedding, elapsed_s, logits, scores)

    def answer_one(self, image: np.ndarray) -> Answers:
        """Classify one image, without computing anything where it is one of the last few.

        A page asks the same several times about a drawing: when the pen is lifted, in the script run and for the end
        of the timeline.

        Args:
            image: (28, 28) float32 in [0, 1].
        """
        key = image.tobytes()
        answers = self._remembered.get(key)
        if answers is None:
            answers = self.answer(image[None])
            with self._lock:
                self._remembered[key] = answers
                while len(self._remembered) > REMEMBERED:
                    del self._remembered[next(iter(self._remembered))]
        return answers

    def activations(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """What the network computes on its way to an answer: the inputs and outputs of its non-linear layers.

        Args:
            image: (28, 28) float32 in [0, 1].

        Returns:
            By the layer's name in `model.keras`, (d,) or (h, w, channels) float32. Where the network answers with the
            mean over three views, they belong to the unshifted view. Empty where the model was stored without them.
        """
        images = np.asarray(image, dtype=np.float32).reshape(1, 28, 28)
        with self._lock:
            if store.LAYERS not in self._interpreter.get_signature_list():
                return {}
            # The runner is not kept: it would hold on to the interpreter's memory (see `__init__`).
            outputs = self._interpreter.get_signature_runner(store.LAYERS)(images=images)
        return {name: output[0] for name, output in outputs.items()}

    def _invoke(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if len(images) != self._batch:
            self._interpreter.resize_tensor_input(self._input, images.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(images)
        self._interpreter.set_tensor(self._input, np.ascontiguousarray(images))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._logits), self._interpreter.get_tensor(self._embedding)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from (n, classes) logits; rows sum to 1, and no finite logits overflow."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


_loaded: dict[str, tuple[tuple[object, ...], Classifier]] = {}
_loading: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()  # one for each model that is being loaded
_finding = threading.Lock()  # of a lock in `_loading`


def load(name: str) -> Classifier:
    """The classifier for a model in `models/`, loaded once, and again whenever the model's files change.

    Whoever asks for a model that is being loaded waits for it; other models load at the same time.
    If the files on disk are gone or damaged beyond the kept previous version, the copy in memory goes on answering
    and its `notice` says so.

    Raises:
        UnknownModel: there is no such model.
        DamagedModel: no version of it can answer.
    """
    mark = store.fingerprint(name)
    with _finding:
        loading = _loading.setdefault(name, threading.Lock())
    with loading:
        known = _loaded.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        try:
            loaded = Classifier(store.read(name))
        except (DamagedModel, UnknownModel) as damage:
            if known is None or known[0][0] != mark[0]:
                raise
            loaded = known[1]
            loaded.notice = DamagedModel(N_("{damage} The copy in memory answers in its place."), damage=damage)
        _loaded[name] = (mark, loaded)
        return loaded
