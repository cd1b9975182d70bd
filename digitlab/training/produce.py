"""From a network's name to a challenger in `models/`: train, export, evaluate, store."""

from __future__ import annotations

import os
import platform
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from digitlab.analysis import embedding_map, evaluation
from digitlab.data import drawn
from digitlab.data.mnist import Mnist
from digitlab.networks import Network, Recipe
from digitlab.serving import Answers, Classifier, rejection, softmax, store, versions
from digitlab.training import distortions, export, fit, lesson
from digitlab.training.build import for_export
from digitlab.training.progress import Observer

LEAST_PROBABILITY = 1e-9
KNOWN = 10_000  # how many training digits the rejection is fitted to, about
_ROWS = ("probabilities", "embedding", "logits", "scores")  # the fields of `Answers` with one row per image
QUICK = 6  # after a training of seconds, the rejection is fitted to one in six digits and non-digits


def produce(network: Network, recipe: Recipe, data: Mnist, observer: Observer | None = None) -> dict[str, Any]:
    """Train a network and store it as the challenger of the model of the same name; `versions.promote` comes next.

    The stored probabilities are those of the exported file, run as the app runs it.

    Returns:
        The contents of its `run.json`.

    Raises:
        InvalidValue, NothingToKeep: see `fit.train` and `lesson.read`.
        OSError: the model could not be written, for example on a full disk.
    """
    observer = observer or Observer()
    taught = lesson.read(recipe)
    told = lesson.record(recipe, taught)  # before training, since another version may be promoted meanwhile
    trained = fit.train(network, recipe, data, observer, taught)
    observer.phase("Exporting")
    model = for_export(network, trained.model, recipe)
    tflite = export.to_tflite(model)
    run: dict[str, Any] = {
        "family": network.family,
        "summary": network.summary,
        "parameters": model.count_params(),
        "recipe": recipe.as_dict(),
        "seed": recipe.seed,
        "data": {"source": data.source, "train": len(data.train), "validation": len(data.validation)} | told,
        "best_epoch": trained.best.number,
        "metrics": {},
        "temperature": 1.0,
        "duration_s": round(trained.duration_s, 1),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {package.__name__: package.__version__ for package in (tf, keras, np)},
        "ended": trained.ended,
        "history": [asdict(epoch) for epoch in trained.history],
    }
    with versions.challenging(network.name, run) as folder:
        model.save(folder / store.KERAS)
        _deflate(folder / store.KERAS)
        (folder / store.TFLITE).write_bytes(tflite)
        observer.phase("Evaluating")
        arrays = explored(store.StoredModel(network.name, run, tflite, folder), data)
        np.savez_compressed(folder / store.EVALUATION, **arrays)
    return run


def explored(stored: store.StoredModel, data: Mnist, *, thorough: bool | None = None) -> dict[str, Any]:
    """Evaluate a model on held-out digits and fill in the `temperature`, `rejection` and `metrics` of its run.

    Args:
        stored: the model.
        data: the digits, with the same splits as in the model's training.
        thorough: whether to lay the held-out digits out by t-SNE and find their nearest training digits, which takes a
            minute; None to do so after long trainings only.
    """
    run = stored.run
    if thorough is None:
        thorough = Recipe(**run["recipe"]).is_long
    model = _Pair(stored)
    splits = {"validation": data.validation} | ({"test": data.test} if data.test else {})
    answers = {name: model.answer(split.scaled()) for name, split in splits.items()}
    run["temperature"] = evaluation.fit_temperature(answers["validation"].logits, data.validation.labels)
    kept = rejection.KEPT
    if run["recipe"].get("non_digits"):
        kept = rejection.KEPT_BY_PUPIL if run["recipe"]["teacher"] else rejection.KEPT_WITH_NON_DIGITS
    run["rejection"] = _rejection(model, data, answers["validation"], 1 if thorough else QUICK, kept).as_dict()
    arrays = {}
    for name, split in splits.items():
        # Smaller probabilities are raised to this one: it changes no figure, and the file is a third of the size.
        probabilities = np.maximum(softmax(answers[name].logits / run["temperature"]), LEAST_PROBABILITY)
        arrays[f"{name}_probabilities"] = probabilities
        run["metrics"][name] = evaluation.summarise(probabilities, split.labels).as_dict()
    training = model.answer(data.train.scaled()).embedding if thorough else None
    return {**arrays, **embedding_map.lay_out({name: one.embedding for name, one in answers.items()}, training)}


class _Pair:
    """Two copies of a model, each of which answers half of the digits on a core of its own."""

    def __init__(self, stored: store.StoredModel) -> None:
        self._models = [Classifier(stored), Classifier(stored)]

    def answer(self, images: np.ndarray) -> Answers:
        halves = np.array_split(images, len(self._models))
        with ThreadPoolExecutor(len(halves)) as pool:
            found = list(pool.map(lambda model, half: model.answer(half), self._models, halves))
        joined = {name: np.concatenate([getattr(one, name) for one in found]) for name in _ROWS}
        return replace(found[0], **joined, elapsed_s=sum(one.elapsed_s for one in found))


def _rejection(model: _Pair, data: Mnist, validation: Answers, every: int, kept: float) -> rejection.Rejection:
    """Fit this model's rejection of non-digits to one in `every` of the shipped drawings; for `kept` see
    `rejection.fit`."""
    made = drawn.load()

    def outputs(images: np.ndarray) -> rejection.Outputs:
        answers = model.answer(images)
        return answers.logits, answers.embedding

    def as_drawn(images: np.ndarray) -> np.ndarray:
        return np.asarray(distortions.drawn(images, np.array([1, 1])))

    known = data.train.images[:: every * max(1, len(data.train) // KNOWN)].astype(np.float32) / 255
    small, written = (some.scaled()[::every] for some in (made.digits, made.written))
    digits = np.concatenate([as_is for some in (known, small, written) for as_is in (some, as_drawn(some))])
    plain = validation.logits[::every], validation.embedding[::every]
    bent = outputs(as_drawn(data.validation.scaled()[::every]))
    both = np.concatenate([plain[0], bent[0]]), np.concatenate([plain[1], bent[1]])
    non_digits = outputs(made.non_digits[::every].astype(np.float32) / 255)
    return rejection.fit(outputs(digits), non_digits, [plain, both], kept)


def _deflate(path: Path) -> None:
    """Compress a `.keras` file, a zip that Keras leaves uncompressed, and remove its time stamps."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
