"""Paths and limits, read from the environment once per call and never changed afterwards."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from digitlab.errors import InvalidValue

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent  # the working tree, if this is one
_PACKED = PACKAGE / "_app"
IS_INSTALLED = _PACKED.is_dir()  # by pip, from a wheel
APP = _PACKED if IS_INSTALLED else REPOSITORY  # has app.py, pages/, .streamlit/ and the models that ship
WORK_IN = None if IS_INSTALLED else REPOSITORY  # where `python -m digitlab` finds digitlab; None: anywhere


@dataclass(frozen=True)
class Settings:
    """Where things are and how large a picture may be.

    Attributes:
        models_dir: folder of the models, one subfolder each (`DIGITLAB_MODELS`); this machine's copy where they are
            shared by URL (`DIGITLAB_COPY`, a folder of the user's data unless given).
        models_url: where they are shared (`DIGITLAB_MODELS`, if it is a URL that fsspec opens), or None.
        mnist_path: a local `mnist.npz` to use instead of the download (`DIGITLAB_MNIST`), or None.
        picture_bytes: largest picture file accepted, in bytes (`DIGITLAB_PICTURE_MB`, in 10**6 bytes).
        password: the presenter's (`DIGITLAB_PASSWORD`), or None.
        room_url: address that others in the room reach the app by (`DIGITLAB_ROOM_URL`, set by `python -m digitlab
            present`), without a slash at the end, or None.
        database: address of the database (`DIGITLAB_DATABASE`), or None for SQLite and files beside the models.
        train_elsewhere: whether trainings are left to other machines (`DIGITLAB_TRAIN_ELSEWHERE`, set to 1), as where
            there is no TensorFlow.
        metrics: whether `/metrics` answers everybody who can reach it (`DIGITLAB_METRICS=1`), not this machine alone.
        picture_pixels: most pixels accepted, checked before decoding (`DIGITLAB_PICTURE_MEGAPIXELS`).
    """

    models_dir: Path
    models_url: str | None = field(repr=False)
    mnist_path: Path | None
    picture_bytes: int
    picture_pixels: int
    password: str | None = field(repr=False)
    room_url: str | None
    database: str | None = field(repr=False)
    train_elsewhere: bool
    metrics: bool = False

    @property
    def slices_path(self) -> Path:
        """File of the saved selections: beside the models, which they are about."""
        return self.models_dir / ".slices.json"

    @property
    def collection_path(self) -> Path:
        """File of the kept drawings, unless a database is named: beside the models, which they were drawn for."""
        return self.models_dir / ".collection.sqlite"

    @property
    def sweeps_path(self) -> Path:
        """File of the sweeps' studies, unless a database is named: beside the models."""
        return self.models_dir / ".sweeps.sqlite"

    @property
    def job_dir(self) -> Path:
        """Folder of the running training's status: beside the models, so that whoever shares them shares it."""
        return self.models_dir / ".job"


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        InvalidValue: a limit that is not a positive number.
    """
    mnist = os.environ.get("DIGITLAB_MNIST")
    models = os.environ.get("DIGITLAB_MODELS") or str(own_models())
    models_url = models if "://" in models else None
    return Settings(
        models_dir=_copy_of(models_url) if models_url else Path(models),
        models_url=models_url,
        mnist_path=Path(mnist) if mnist else None,
        picture_bytes=_millions("DIGITLAB_PICTURE_MB", 10),
        picture_pixels=_millions("DIGITLAB_PICTURE_MEGAPIXELS", 40),
        password=os.environ.get("DIGITLAB_PASSWORD") or None,
        room_url=(os.environ.get("DIGITLAB_ROOM_URL") or "").rstrip("/") or None,
        database=os.environ.get("DIGITLAB_DATABASE") or None,
        train_elsewhere=os.environ.get("DIGITLAB_TRAIN_ELSEWHERE", "").lower() not in ("", "0", "no", "false"),
        metrics=os.environ.get("DIGITLAB_METRICS") == "1",
    )


def _copy_of(url: str) -> Path:
    given = os.environ.get("DIGITLAB_COPY")
    if given:
        return Path(given)
    mark = hashlib.sha256(url.encode()).hexdigest()[:12]
    # Not the cache: a collection may lie beside the models.
    return platformdirs.user_data_path("digitlab", appauthor=False) / f"models-{mark}"


def own_models() -> Path:
    """The folder of the models where none is named: the working tree's; once installed, one of the user's."""
    if not IS_INSTALLED:
        return REPOSITORY / "models"
    return platformdirs.user_data_path("digitlab", appauthor=False) / "models"


def takes_shipped() -> bool:
    """Whether the models that ship belong into `models_dir`: never where somebody named another place."""
    return IS_INSTALLED and not os.environ.get("DIGITLAB_MODELS")


def how_to_install(extra: str) -> str:
    """The command that adds what an installation can do without.

    Args:
        extra: "train" or "cluster".
    """
    return f"pip install 'digitlab[{extra}]'" if IS_INSTALLED else f"pip install -r requirements/{extra}.txt"


def _millions(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InvalidValue(f"{variable} must be a positive number, got {text!r}. Unset it to use {default}.")
    return round(value * 1e6)
