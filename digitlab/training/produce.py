"""From a network's name to a model in `models/`: train, export, evaluate, store."""

from __future__ import annotations

import os
import platform
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from digitlab import evaluation, store
from digitlab.classifier import Classifier
from digitlab.mnist import Mnist
from digitlab.recipe import Recipe
from digitlab.training import export, fit
from digitlab.training.architectures import Network


def produce(
    network: Network, recipe: Recipe, data: Mnist, on_epoch: Callable[[fit.Epoch], None] = lambda epoch: None
) -> dict[str, Any]:
    """Train a network and put it into `models/` under its name.

    The stored probabilities are those of the exported file, run as the app runs it.

    Returns:
        The contents of its `run.json`.

    Raises:
        InvalidValue: see `fit.train`.
    """
    trained = fit.train(network, recipe, data, on_epoch)
    tflite = export.to_tflite(trained.model)
    run: dict[str, Any] = {
        "name": network.name,
        "family": network.family,
        "summary": network.summary,
        "parameters": trained.model.count_params(),
        "recipe": recipe.as_dict(),
        "seed": recipe.seed,
        "data": {"source": data.source, "train": len(data.train), "validation": len(data.validation)},
        "best_epoch": trained.best.number,
        "metrics": {},
        "temperature": 1.0,
        "duration_s": round(trained.duration_s, 1),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {package: version(package) for package in ("tensorflow", "keras", "numpy")},
        "history": [asdict(epoch) for epoch in trained.history],
    }
    with store.replacing(network.name, run) as folder:
        trained.model.save(folder / store.KERAS)
        _deflate(folder / store.KERAS)
        (folder / store.TFLITE).write_bytes(tflite)
        classifier = Classifier(store.StoredModel(network.name, run, tflite, folder))
        arrays = {}
        for split_name in ("validation", "test"):
            split = getattr(data, split_name)
            if split is not None:
                probabilities = classifier.answer(split.scaled()).probabilities
                arrays[f"{split_name}_probabilities"] = probabilities
                run["metrics"][split_name] = evaluation.summarise(probabilities, split.labels).as_dict()
        np.savez_compressed(folder / store.EVALUATION, **arrays)
    return run


def _deflate(path: Path) -> None:
    """Compress a `.keras` file, a zip that Keras leaves uncompressed, and take the time of day out of it."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
