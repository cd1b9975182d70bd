"""Copies the models that ship with an installed digitlab into the user's own models folder, where training writes."""

from __future__ import annotations

import shutil
from pathlib import Path

from digitlab import settings
from digitlab.errors import ModelsNotWritable
from digitlab.language import N_
from digitlab.models import lock, store


def bring() -> None:
    """Copy every shipped model that the user's folder lacks; a model that is there already stays as it is.

    Does nothing in a working tree or where `DIGITLAB_MODELS` names a place. Each model appears whole or not at all.

    Raises:
        ModelsNotWritable: a full disk, or a folder that this account may not write.
        ModelsBusy: as `lock.changing`.
    """
    if not settings.takes_shipped():
        return
    try:
        if _missing():
            with lock.changing():
                _copy(_missing())  # asked again, since another process may have copied some meanwhile
    except OSError as error:
        raise ModelsNotWritable(
            N_(
                "The models that come with digitlab could not be copied to {folder} ({problem}). Make room "
                "or allow this account to write there, or name another folder of models in DIGITLAB_MODELS."
            ),
            folder=store.folder(),
            problem=error.strerror or error,
        ) from error


def _missing() -> list[Path]:
    """Folders of the shipped models of which the user has neither a current nor a previous version."""
    return sorted(
        model
        for model in (settings.APP / "models").iterdir()
        if store.is_name(model.name)
        and (model / store.RUN).is_file()
        and not any(place.exists() for place in store.places(model.name)[:2])
    )


def _copy(models: list[Path]) -> None:
    work = store.folder() / ".bringing"
    shutil.rmtree(work, ignore_errors=True)  # left by a killed process: this one holds the lock
    try:
        for model in models:
            half = work / model.name
            half.mkdir(parents=True)
            for file in filter(Path.is_file, model.iterdir()):
                shutil.copyfile(file, half / file.name)  # without the mode: the installed files may be read-only
            half.rename(store.places(model.name).current)
    finally:
        shutil.rmtree(work, ignore_errors=True)
