"""The models that ship with an installed digitlab, brought to the folder of the user's where models are trained."""

from __future__ import annotations

import shutil
from pathlib import Path

from digitlab import settings
from digitlab.errors import ModelsNotWritable
from digitlab.serving import lock, store


def bring() -> None:
    """Copy every model that ships and is not there; what is there stays, whatever it is.

    Nothing is done in a working tree, nor where `DIGITLAB_MODELS` names a place. Each model appears whole or not at
    all.

    Raises:
        ModelsNotWritable: a full disk, or a folder that this account may not write.
        ModelsBusy: as `lock.changing`.
    """
    if not settings.takes_shipped():
        return
    try:
        if _missing():
            with lock.changing():
                _copy(_missing())  # another process may have brought some meanwhile
    except OSError as error:
        raise ModelsNotWritable(
            f"The models that come with digitlab could not be copied to {store.folder()} ({error.strerror or error}). "
            "Make room or allow this account to write there, or name another folder of models in DIGITLAB_MODELS."
        ) from error


def _missing() -> list[Path]:
    """Folders of the models that ship of which the user has no version."""
    return sorted(
        model
        for model in (settings.APP / "models").iterdir()
        if not any(place.exists() for place in store.places(model.name)[:2])
    )


def _copy(models: list[Path]) -> None:
    work = store.folder() / ".bringing"
    shutil.rmtree(work, ignore_errors=True)  # left by a kill: this process alone is here
    try:
        for model in models:
            half = work / model.name
            half.mkdir(parents=True)
            for file in (*store.HASHED, store.RUN):
                shutil.copyfile(model / file, half / file)  # not its mode: the system's files may be read-only
            half.rename(store.places(model.name).current)
    finally:
        shutil.rmtree(work, ignore_errors=True)
