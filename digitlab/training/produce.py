"""From a network's name to a challenger in `models/`: train, export, evaluate, store."""

from __future__ import annotations

import io
import os
import platform
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

import digitlab
from digitlab.analysis import answers, embedding_map, evaluation
from digitlab.data import drawn
from digitlab.data.mnist import Mnist
from digitlab.networks import Network, Recipe
from digitlab.serving import Answers, rejection, store, versions
from digitlab.training import distortions, export, fit, graph, keras_file, lesson
from digitlab.training.build import for_export
from digitlab.training.progress import Observer

KNOWN = 10_000  # how many training digits the rejection is fitted to, about
QUICK = 6  # at first, the rejection is fitted to one in six digits and non-digits, since somebody waits to promote
SAMPLE = 5_000  # after a short training, its accuracy on training digits is that on so many of them


def produce(network: Network, recipe: Recipe, data: Mnist, observer: Observer | None = None) -> store.StoredModel:
    """Train a network and store it as the challenger of the model of the same name.

    It can be promoted (`versions.promote`) as soon as this returns; `complete` adds the rest, which takes longer. All
    that is stored of its answers is computed with the exported file, run as the app runs it.

    Returns:
        The challenger.

    Raises:
        InvalidValue, NothingToKeep: see `fit.train` and `lesson.read`.
        ExportFailed: see `export.to_tflite`.
        OSError: the model could not be written, for example on a full disk.
    """
    observer = observer or Observer()
    if recipe.start:  # whose layers are kept, and the scaling of the pixels is one of them
        recipe = replace(recipe, scaling=store.read(recipe.start).run["recipe"].get("scaling", "unit"))
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
        "versions": {"digitlab": digitlab.__version__}
        | {package: version(package) for package in ("tensorflow", "keras", "numpy")},
        "ended": trained.ended,
        "history": [asdict(epoch) for epoch in trained.history],
    }
    with versions.challenging(network.name, run) as folder:
        keras_file.save(model, folder / store.KERAS)
        (folder / store.TFLITE).write_bytes(tflite)
        (folder / store.GRAPH).write_bytes(graph.split((folder / store.KERAS).read_bytes(), tflite))
        observer.phase("Evaluating")
        stored = store.StoredModel(network.name, run, tflite, folder)
        logits = answer(stored, data, QUICK)
        np.savez_compressed(folder / store.EVALUATION)
    stored = replace(stored, place=store.places(network.name).challenger)
    answers.keep(stored, "validation", logits)
    return stored


def answer(stored: store.StoredModel, data: Mnist, every: int = 1) -> np.ndarray:
    """Let a model answer the validation digits, and fill in what follows from that in its run: the `temperature`, the
    `rejection`, and the `metrics` of validation.

    Args:
        stored: the model.
        data: the digits, with the same splits as in the model's training.
        every: the rejection is fitted to one in so many of its digits and non-digits.

    Returns:
        (n, 10) float32 logits.
    """
    run, model = stored.run, answers.Pair(stored)
    found = model.answer(data.validation.scaled())
    run["temperature"] = evaluation.fit_temperature(found.logits, data.validation.labels)
    run["rejection"] = _rejection(run, model, data, found, every).as_dict()
    run["metrics"]["validation"] = _summary(run, found.logits, data.validation.labels)
    return found.logits


def complete(stored: store.StoredModel, data: Mnist, *, thorough: bool | None = None) -> None:
    """Add to a stored model what takes long, wherever that version is by then: its figures on test and training digits,
    its embedding map, a rejection fitted to all digits, and the nearest training digits.

    Args:
        stored: a model with the results of `answer`; its run is filled in.
        data: as for `answer`.
        thorough: whether to lay the held-out digits out by t-SNE and find their nearest training digits, which takes a
            minute; None to do so after long trainings only.

    Raises:
        ModelsBusy: see `versions.amend`.
        OSError: the disk is full.
    """
    run, recipe = stored.run, Recipe(**stored.run["recipe"])
    thorough = recipe.is_long if thorough is None else thorough
    model = answers.Pair(stored)
    found = {"validation": model.answer(data.validation.scaled())}
    if data.test is not None:
        found["test"] = model.answer(data.test.scaled())
        run["metrics"]["test"] = _summary(run, found["test"].logits, data.test.labels)
        answers.keep(stored, "test", found["test"].logits)
    train = fit.first_examples(data.train, recipe)
    if not thorough and len(train) > SAMPLE:
        train = fit.first_examples(train, replace(recipe, examples=SAMPLE))
    training = model.answer(train.scaled())
    run["metrics"]["training"] = _summary(run, training.logits, train.labels)
    if thorough:
        run["rejection"] = _rejection(run, model, data, found["validation"], 1).as_dict()
        if len(train) < len(data.train):
            training = model.answer(data.train.scaled())
    embeddings = {name: one.embedding for name, one in found.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **embedding_map.lay_out(embeddings, training.embedding if thorough else None))
    versions.amend(stored.name, run, {store.EVALUATION: buffer.getvalue()})


def _summary(run: dict[str, Any], logits: np.ndarray, labels: np.ndarray) -> dict[str, float | int]:
    return evaluation.summarise(answers.of_logits(logits, run["temperature"]), labels).as_dict()


def _rejection(
    run: dict[str, Any], model: answers.Pair, data: Mnist, validation: Answers, every: int
) -> rejection.Rejection:
    """Fit this model's rejection of non-digits to one in `every` of the shipped drawings."""
    kept = rejection.KEPT
    if run["recipe"].get("non_digits"):
        kept = rejection.KEPT_BY_PUPIL if run["recipe"]["teacher"] else rejection.KEPT_WITH_NON_DIGITS
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
