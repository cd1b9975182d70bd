"""Paths and limits, read from the environment at every call of `load`; the result never changes."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from digitlab import folders
from digitlab.errors import InvalidValue
from digitlab.language import N_

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent  # the working tree, unless digitlab is installed
_PACKED = PACKAGE / "_app"
IS_INSTALLED = _PACKED.is_dir()  # whether pip installed it from a wheel
APP = _PACKED if IS_INSTALLED else REPOSITORY  # the folder of app.py, pages/, .streamlit/ and the models that ship
WORK_IN = None if IS_INSTALLED else REPOSITORY  # the folder in which `python -m digitlab` works; None for any
PORT = 8501


@dataclass(frozen=True)
class Settings:
    """Where things are, how large pictures may be, and who may do what.

    Attributes:
        models_dir: folder of the models, with a subfolder for each (`DIGITLAB_MODELS`). If they are shared by URL, this
            machine's copy (`DIGITLAB_COPY`; by default in the user's data folder or where else `folders` finds place).
        models_url: the URL of the shared store (`DIGITLAB_MODELS`, if that is a URL that fsspec opens), or None.
        mnist_path: a local `mnist.npz` to use instead of the download (`DIGITLAB_MNIST`), or None.
        picture_bytes: largest picture file accepted, in bytes (`DIGITLAB_PICTURE_MB`, in 10**6 bytes).
        password: the presenter's password (`DIGITLAB_PASSWORD`), or None.
        room_url: address at which others in the room reach the app (`DIGITLAB_ROOM_URL`, set by `python -m digitlab
            present`), without a slash at the end, or None.
        database: address of the database (`DIGITLAB_DATABASE`), or None for SQLite and files beside the models.
        train_elsewhere: whether trainings are left to other machines (`DIGITLAB_TRAIN_ELSEWHERE=1`), as if TensorFlow
            were not installed.
        metrics: whether `/metrics` answers everybody who can reach it (`DIGITLAB_METRICS=1`), or only this machine.
        frames: sites that may show the app in a frame (`DIGITLAB_FRAMES`, separated by spaces), besides its own.
        lessons_dir: folder with lessons of one's own (`DIGITLAB_LESSONS`), or None.
        picture_pixels: most pixels accepted, checked before decoding (`DIGITLAB_PICTURE_MEGAPIXELS`); formats that take
            much memory to decode have lower limits of their own (`digitlab.ink.decoding`).
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
    frames: tuple[str, ...] = ()
    lessons_dir: Path | None = None

    @property
    def slices_path(self) -> Path:
        """File of the saved slices, beside the models."""
        return self.models_dir / ".slices.json"

    @property
    def script_path(self) -> Path:
        """File of the presenter's own script of a lecture, beside the models."""
        return self.models_dir / ".lecture.txt"

    @property
    def collection_path(self) -> Path:
        """File of the kept drawings unless a database is named, beside the models."""
        return self.models_dir / ".collection.sqlite"

    @property
    def sweeps_path(self) -> Path:
        """File of the sweeps' studies unless a database is named, beside the models."""
        return self.models_dir / ".sweeps.sqlite"

    @property
    def cache_dir(self) -> Path:
        """Folder of what can be made or fetched again, beside the models."""
        return self.models_dir / ".cache"

    @property
    def job_dir(self) -> Path:
        """Folder of the running training's status, beside the models, so that apps with the same models share it."""
        return self.models_dir / ".job"


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        InvalidValue: a limit is not a positive number.
    """
    mnist = os.environ.get("DIGITLAB_MNIST")
    models = os.environ.get("DIGITLAB_MODELS") or str(own_models())
    lessons = os.environ.get("DIGITLAB_LESSONS")
    models_url = models if "://" in models else None
    return Settings(
        models_dir=_copy_of(models_url) if models_url else Path(models),
        models_url=models_url,
        mnist_path=Path(mnist) if mnist else None,
        picture_bytes=_millions("DIGITLAB_PICTURE_MB", 100),
        picture_pixels=_millions("DIGITLAB_PICTURE_MEGAPIXELS", 210),
        password=os.environ.get("DIGITLAB_PASSWORD") or None,
        room_url=(os.environ.get("DIGITLAB_ROOM_URL") or "").rstrip("/") or None,
        database=os.environ.get("DIGITLAB_DATABASE") or None,
        train_elsewhere=os.environ.get("DIGITLAB_TRAIN_ELSEWHERE", "").lower() not in ("", "0", "no", "false"),
        metrics=os.environ.get("DIGITLAB_METRICS") == "1",
        frames=tuple(os.environ.get("DIGITLAB_FRAMES", "").split()),
        lessons_dir=Path(lessons) if lessons else None,
    )


def port() -> int:
    """The port to listen on unless a command names one: `PORT`, which hosts set, or 8501.

    Raises:
        InvalidValue: `PORT` is not a port.
    """
    text = os.environ.get("PORT") or str(PORT)
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise InvalidValue(
            N_("PORT must be a port from 1 to 65535, got {text!r}. Unset it to use {usual}."), text=text, usual=PORT
        )
    return int(text)


def address() -> str:
    """The address to listen on unless a command names one: `DIGITLAB_ADDRESS`, or this machine only."""
    return os.environ.get("DIGITLAB_ADDRESS") or "127.0.0.1"


def own_models() -> Path:
    """The default folder of the models, which trainings and the collection write to.

    It is the working tree's or, for an installed digitlab, one in the user's data folder. Where that cannot be written,
    as in many containers, `folders` has another one. Where nothing can be written, it is the folder of the models that
    ship: they answer, and nothing is kept.
    """
    usual = _usual_models()
    if folders.can_write(usual):
        return usual
    return next((folder / "models" for folder in folders.writable()), APP / "models")


def takes_shipped() -> bool:
    """Whether the models that ship are to be copied to `models_dir`; not if `DIGITLAB_MODELS` names another place."""
    return not os.environ.get("DIGITLAB_MODELS") and own_models() != APP / "models"


def displaced() -> str | None:
    """What to know about `own_models` if it is not the usual folder; None if it is, or is not used."""
    usual, own = _usual_models(), own_models()
    if os.environ.get("DIGITLAB_MODELS") or folders.can_write(usual):
        return None
    if not folders.can_write(own):
        return f"{usual} cannot be written, nor can any other folder: nothing is kept, and nothing can be trained."
    told = f"{usual} cannot be written, so models and drawings are kept in {own}"
    is_temporary = own.parent != folders.user_data()
    return f"{told}, which is for temporary files: they will be lost." if is_temporary else f"{told}."


def _usual_models() -> Path:
    return (folders.user_data() if IS_INSTALLED else APP) / "models"


def _copy_of(url: str) -> Path:
    given = os.environ.get("DIGITLAB_COPY")
    if given:
        return Path(given)
    mark = hashlib.sha256(url.encode()).hexdigest()[:12]
    # Not in the user's cache folder, since a collection may lie beside the models.
    return next(folders.writable(), folders.user_data()) / f"models-{mark}"


def how_to_install(extra: str) -> str:
    """The command that installs optional packages.

    Args:
        extra: "train" or "cluster".
    """
    lock = {"train": "requirements.txt", "cluster": "requirements-cluster.txt"}[extra]
    return f"pip install 'digitlab[{extra}]'" if IS_INSTALLED else f"pip install -r {lock}"


def _millions(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InvalidValue(
            N_("{variable} must be a positive number, got {text!r}. Unset it to use {default}."),
            variable=variable,
            text=text,
            default=default,
        )
    return round(value * 1e6)
