"""From a network's name to a challenger in `models/`: train, export, evaluate, store."""

from __future__ import annotations

import io
import os
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from msgspec import to_builtins

import digitlab
from digitlab.analysis import answers, embedding_map, evaluation, film
from digitlab.data import drawn
from digitlab.data.mnist import Mnist
from digitlab.errors import DigitlabError, InvalidValue
from digitlab.jobs.knobs import Change
from digitlab.models import store, versions
from digitlab.networks import Network, Recipe
from digitlab.pixels import to_shares
from digitlab.serving import Answers, rejection
from digitlab.training import augmentation, export, fit, graph, inside, keras_file, lesson
from digitlab.training.build import for_export
from digitlab.training.progress import Observer

KNOWN = 10_000  # how many training digits the rejection is fitted to, about
# The rejection is fitted to one in so many digits and non-digits: at first, since somebody waits to promote the
# network, and in the end after a training of seconds. After a long training, it is fitted to all of them.
FIRST, SHORT = 12, 6
PATIENCE_S = 60.0  # how long a model that others are moving is waited for: what was computed took longer
PIECE = 500  # images that are distorted at a time
SAMPLE = 5_000  # after a short training, its accuracy on training digits is that on so many of them


def produce(
    network: Network, recipe: Recipe, data: Mnist, observer: Observer | None = None, left_out: Sequence[int] = (),
    changes: Sequence[Change] = (),
) -> store.StoredModel:  # fmt: skip
    """Train a network and store it as the challenger of the model of the same name.

    It can be promoted (`versions.promote`) as soon as this returns; `complete` adds the rest, which takes longer. All
    that is stored of its answers is computed with the exported file, run as the app runs it.

    Args:
        network, recipe, data, observer, changes: see `fit.train`.
        left_out: see `lesson.read`.

    Returns:
        The challenger.

    Raises:
        InvalidValue, NothingToKeep: see `fit.train`, `lesson.read` and `answer`.
        ExportFailed: see `export.to_tflite`.
        OSError: the model could not be written, for example on a full disk.
    """
    observer = observer or Observer()
    if recipe.start:  # whose layers are kept, and the scaling of the pixels is one of them
        recipe = recipe.with_changes(scaling=store.read(recipe.start).run["recipe"].get("scaling", "unit"))
    taught = lesson.read(recipe, left_out)
    room = lesson.record(recipe, taught)  # before training, since another version may be promoted meanwhile
    with ThreadPoolExecutor(1) as pool:  # what need not wait for the end, where somebody waits to promote the network
        examples = pool.submit(_examples, data, FIRST)
        pool.submit(_answers_in_service, network.name)
        trained = fit.train(network, recipe, data, observer, taught, changes=changes, filmed=True)
    observer.phase("Exporting")
    model = for_export(network, trained.model, recipe)
    tflite = export.to_tflite(model)
    run: dict[str, Any] = {
        "family": network.family,
        "summary": network.summary,
        "parameters": model.count_params(),
        "recipe": recipe.as_dict(),
        "seed": recipe.seed,
        "data": {"source": data.source, "train": len(data.train), "validation": len(data.validation)} | room,
        "best_epoch": trained.best.number,
        "metrics": {},
        "temperature": 1.0,
        "duration_s": round(trained.duration_s, 1),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {package.__name__: package.__version__ for package in (digitlab, tf, keras, np)},
        "ended": trained.ended,
        "history": [asdict(epoch) for epoch in trained.history],
        "changes": [to_builtins(change) for change in trained.changes],
    }
    with versions.challenging(network.name, run) as folder:
        keras_file.save(model, folder / store.KERAS)
        weights = (folder / store.KERAS).read_bytes()
        run["inside"] = inside.described(model, weights)
        (folder / store.TFLITE).write_bytes(tflite)
        (folder / store.GRAPH).write_bytes(graph.split(weights, tflite))
        observer.phase("Evaluating")
        stored = store.StoredModel(network.name, run, tflite, folder)
        logits = answer(stored, data, examples.result())
        arrays: dict[str, Any] = trained.film.arrays() if trained.film else {}
        np.savez_compressed(folder / store.EVALUATION, **arrays)
    stored = replace(stored, place=store.places(network.name).challenger)
    answers.keep(stored, "validation", logits)
    return stored


def _answers_in_service(name: str) -> None:
    """Have the answers at hand that a challenger is compared with."""
    with suppress(DigitlabError):
        answers.probabilities(store.read(name), "validation")


def answer(stored: store.StoredModel, data: Mnist, examples: _Examples | None = None) -> np.ndarray:
    """Let a model answer the validation digits, and fill in what follows from that in its run: the `temperature`, the
    `rejection`, and the `metrics` of validation.

    Args:
        stored: the model.
        data: the digits, with the same splits as in the model's training.
        examples: what to fit the rejection to; None for all there is.

    Returns:
        (n, 10) float32 logits.

    Raises:
        InvalidValue: the training diverged, and answers are no finite numbers.
    """
    run, model = stored.run, answers.Pair(stored)
    answered = model.answer(data.validation.scaled())
    if not np.isfinite(answered.logits).all():
        rate = run["recipe"]["learning_rate"]
        raise InvalidValue(
            f"The network's answers are infinite, since its training diverged: learning_rate {rate:g} is too large. "
            f"Try {rate / 10:g}. Nothing was stored."
        )
    run["temperature"] = evaluation.fit_temperature(answered.logits, data.validation.labels)
    run["rejection"] = _rejection(run, model, answered, examples or _examples(data)).as_dict()
    run["metrics"]["validation"] = _summary(run, answered.logits, data.validation.labels)
    return answered.logits


def complete(stored: store.StoredModel, data: Mnist, *, thorough: bool | None = None) -> None:
    """Add to a stored model what takes long, wherever that version is by then: its figures on test and training digits,
    its embedding map, a rejection fitted to more digits, and the nearest training digits.

    Args:
        stored: a model with the results of `answer`; its run is filled in.
        data: as for `answer`.
        thorough: whether to lay the held-out digits out by t-SNE and find their nearest training digits, which takes a
            minute; None to do so after long trainings only.

    Raises:
        VersionGone, ModelsBusy: see `versions.amend`.
        OSError: the disk is full.
    """
    run, recipe = stored.run, Recipe(**stored.run["recipe"])
    thorough = recipe.is_long if thorough is None else thorough
    model = answers.Pair(stored)
    by_split = {"validation": model.answer(data.validation.scaled())}
    if data.test is not None:
        by_split["test"] = model.answer(data.test.scaled())
        run["metrics"]["test"] = _summary(run, by_split["test"].logits, data.test.labels)
        answers.keep(stored, "test", by_split["test"].logits)
    train = fit.first_examples(data.train, recipe)
    if not thorough and len(train) > SAMPLE:
        train = fit.first_examples(train, recipe.with_changes(examples=SAMPLE))
    training = model.answer(train.scaled())
    run["metrics"]["training"] = _summary(run, training.logits, train.labels)
    examples = _examples(data, 1 if thorough else SHORT)
    run["rejection"] = _rejection(run, model, by_split["validation"], examples).as_dict()
    if thorough and len(train) < len(data.train):
        training = model.answer(data.train.scaled())
    embeddings = {name: answered.embedding for name, answered in by_split.items()}
    buffer = io.BytesIO()
    arrays: dict[str, Any] = embedding_map.lay_out(embeddings, training.embedding if thorough else None)
    if taken := film.of_model(stored):
        arrays |= taken.arrays()
    np.savez_compressed(buffer, **arrays)
    versions.amend(stored.name, run, {store.EVALUATION: buffer.getvalue()}, PATIENCE_S)


def _summary(run: dict[str, Any], logits: np.ndarray, labels: np.ndarray) -> dict[str, float | int]:
    return evaluation.summarise(answers.of_logits(logits, run["temperature"]), labels).as_dict()


class _Examples(NamedTuple):
    """What a rejection is fitted to, (n, 28, 28) float32 each: digits and non-digits, plain and distorted; distorted
    validation digits, one in `every`."""

    digits: np.ndarray
    validation: np.ndarray
    non_digits: np.ndarray
    every: int


def _examples(data: Mnist, every: int = 1) -> _Examples:
    """One in `every` of the digits and of the shipped drawings that a rejection is fitted to."""
    made = drawn.load()

    def as_drawn(images: np.ndarray) -> np.ndarray:
        # In pieces of one size: TensorFlow takes half a second to prepare for each other number of images.
        padded = np.pad(images, ((0, -len(images) % PIECE), (0, 0), (0, 0)))
        pieces = enumerate(np.split(padded, len(padded) // PIECE))
        return np.concatenate([augmentation.drawn(piece, np.array([1, at])) for at, piece in pieces])[: len(images)]

    known = to_shares(data.train.images[:: every * max(1, len(data.train) // KNOWN)])
    small, written = (some.scaled()[::every] for some in (made.digits, made.written))
    others = to_shares(made.non_digits[::every])
    return _Examples(
        np.concatenate([as_is for some in (known, small, written) for as_is in (some, as_drawn(some))]),
        as_drawn(data.validation.scaled()[::every]),
        np.concatenate([others, as_drawn(others)]),  # else it would learn that what is distorted is a digit
        every,
    )


def _rejection(
    run: dict[str, Any], model: answers.Pair, validation: Answers, examples: _Examples
) -> rejection.Rejection:
    """Fit this model's rejection of non-digits, given its answers to all validation digits."""
    kept = rejection.KEPT
    if run["recipe"].get("non_digits"):
        kept = rejection.KEPT_BY_PUPIL if run["recipe"]["teacher"] else rejection.KEPT_WITH_NON_DIGITS

    def outputs(images: np.ndarray) -> rejection.Outputs:
        answered = model.answer(images)
        return answered.logits, answered.embedding

    plain = validation.logits[:: examples.every], validation.embedding[:: examples.every]
    bent = outputs(examples.validation)
    both = np.concatenate([plain[0], bent[0]]), np.concatenate([plain[1], bent[1]])
    return rejection.fit(outputs(examples.digits), outputs(examples.non_digits), [plain, both], kept)
