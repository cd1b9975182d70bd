"""The shared store of models, if `DIGITLAB_MODELS` is a URL: a bucket, or anything else that fsspec opens.

::

    NAME.json       the ids of a model's versions (`Index`), written after the versions themselves
    NAME/ID/        a version's files; `run.json` is written last

An id is the beginning of the SHA-256 of `run.json`, which in turn holds the hashes of the other files. So a version
never changes, and two versions written at the same time never mix. `replica` keeps this machine's copy in step.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from digitlab import settings
from digitlab.errors import DamagedModel, DigitlabError, InvalidValue, ModelsUnreachable, first_line
from digitlab.language import N_
from digitlab.language import gettext as _
from digitlab.models import store

KEPT_S = 86_400.0
_ID = re.compile(r"[0-9a-f]{16}")
# A store that does not answer should be reported within seconds and then tried again; S3's own client would try for
# minutes.
_S3_OPTIONS = {"config_kwargs": {"connect_timeout": 2, "read_timeout": 10, "retries": {"max_attempts": 1}}}


class Index(NamedTuple):
    """The ids of a model's versions in the order of `store.Places`; None where there is no such version."""

    current: str | None = None
    previous: str | None = None
    challenger: str | None = None


def is_named() -> bool:
    """Whether the models are in a shared store, so that `store.folder()` is a copy."""
    return settings.load().models_url is not None


def where() -> str:
    """The store's URL without user name and password."""
    return re.sub(r"//[^@/]*@", "//", settings.load().models_url or "")


def version_id(run_json: bytes) -> str:
    """The id of the version with this `run.json`."""
    return hashlib.sha256(run_json).hexdigest()[:16]


def listing() -> dict[str, str]:
    """For each model's name, a mark that changes whenever the model's index is written.

    Raises:
        InvalidValue, ModelsUnreachable: the URL is wrong, or the store does not answer.
    """
    with _reporting():
        files, root = _open()
        try:
            entries = files.ls(root, detail=True)
        except FileNotFoundError:
            bucket = root.split("/")[0]
            if bucket and not files.exists(bucket):  # a prefix that nobody has written to yet is an empty store
                raise
            entries = []
        marks = {Path(entry["name"]): json.dumps(entry, default=str, sort_keys=True) for entry in entries}
    return {path.stem: mark for path, mark in marks.items() if path.suffix == ".json" and store.is_name(path.stem)}


def read_index(name: str) -> Index | None:
    """The index of a model in the store; None if the store does not have the model.

    Raises:
        DamagedModel: the index cannot be read.
        InvalidValue, ModelsUnreachable: as `listing`.
    """
    with _reporting():
        files, root = _open()
        try:
            content = files.cat_file(f"{root}/{name}.json")
        except FileNotFoundError:
            return None
    try:
        index = Index(**json.loads(content))
        if any(version is not None and not _ID.fullmatch(version) for version in index):
            raise ValueError("no id")
    except (ValueError, TypeError) as error:
        raise DamagedModel(
            N_("What {place} says of {name} cannot be read ({error})."), place=where(), name=name, error=error
        ) from error
    return index


def write_index(name: str, index: Index) -> None:
    """Write which versions a model has; call this once the versions themselves are in the store.

    Raises:
        InvalidValue, ModelsUnreachable: as `listing`.
    """
    with tempfile.TemporaryDirectory() as folder, _reporting():
        files, root = _open()
        path = Path(folder) / f"{name}.json"
        path.write_text(json.dumps(index._asdict()), encoding="utf-8")
        files.put_file(str(path), f"{root}/{name}.json")


def send(name: str, version: str, place: Path) -> None:
    """Upload a whole version.

    Args:
        name: of the model.
        version: its id.
        place: its folder.

    Raises:
        DamagedModel: the version is not whole.
        InvalidValue, ModelsUnreachable: as `listing`.
    """
    contents = store.contents(place, store.read_run(place)) | {store.RUN: (place / store.RUN).read_bytes()}
    with _reporting():
        files, root = _open()
        for file, content in contents.items():
            files.pipe_file(f"{root}/{name}/{version}/{file}", content)


def tidy(name: str, index: Index) -> None:
    """Remove versions that the index does not name and that are over a day old, so nobody can be about to name them."""
    with suppress(Exception):  # a version that stays costs only space, and not every account may delete
        files, root = _open()
        for place in files.ls(f"{root}/{name}", detail=False):
            written = [files.modified(path).timestamp() for path in files.find(place)]
            if Path(place).name not in index and time.time() - max(written, default=0.0) > KEPT_S:
                files.rm(place, recursive=True)


def fetch(name: str, version: str, place: Path) -> None:
    """Download a version into a new folder and verify it.

    Raises:
        DamagedModel: the version in the store is not whole.
        InvalidValue, ModelsUnreachable: as `listing`.
    """
    place.mkdir(parents=True)
    with _reporting():
        files, root = _open()
        for file in (store.GRAPH, *store.HASHED, store.RUN):
            with suppress(FileNotFoundError):  # if the version is not whole, that is reported below
                files.get_file(f"{root}/{name}/{version}/{file}", str(place / file))
    if not store.is_whole(place) or version_id((place / store.RUN).read_bytes()) != version:
        raise DamagedModel(
            N_(
                "The version {version} of {name} in {place} is damaged or incomplete and is not used. Upload "
                "it again: python -m digitlab models push {name}"
            ),
            version=version,
            name=name,
            place=where(),
        )


def _open() -> tuple[Any, str]:
    """fsspec's file system for the URL, and the path within it."""
    url = settings.load().models_url or ""
    try:
        import fsspec  # takes 0.1 s to import, so only where a URL is named

        protocol = url.split("://")[0]
        options: dict[str, Any] = {"use_listings_cache": False}
        if protocol in {"s3", "s3a"}:
            options |= _S3_OPTIONS
        if protocol in {"file", "local"}:
            options["auto_mkdir"] = True
        files, root = fsspec.url_to_fs(url, **options)
    except ImportError as error:
        raise InvalidValue(
            N_(
                "DIGITLAB_MODELS is {place}, and what opens it is not installed: {error}. {install} has what "
                "s3:// needs."
            ),
            place=where(),
            error=first_line(error),
            install=settings.how_to_install("cluster"),
        ) from error
    except ValueError as error:
        raise InvalidValue(
            N_("DIGITLAB_MODELS must be a folder or a URL such as s3://bucket/prefix, got {place}: {error}."),
            place=where(),
            error=first_line(error),
        ) from error
    root = root.rstrip("/")
    if protocol in {"s3", "s3a"} and not root:
        raise InvalidValue(
            N_("DIGITLAB_MODELS must name a bucket, such as s3://bucket/prefix, got {place}."), place=where()
        )
    return files, root


@contextmanager
def _reporting() -> Iterator[None]:
    """Turn the store's errors into `ModelsUnreachable`; every back end of fsspec raises errors of its own."""
    try:
        yield
    except DigitlabError:
        raise
    except Exception as error:
        kind, said = type(error).__name__, first_line(error)
        if "Credentials" in kind:
            said = _("no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        elif isinstance(error, PermissionError):
            refused = _("access was refused ({said}). The credentials must be right, and allow to read and write there")
            said = refused.format(said=said)
        elif isinstance(error, FileNotFoundError):
            missing = _("there is no such bucket or folder ({said}). Make it, or correct DIGITLAB_MODELS")
            said = missing.format(said=said)
        raise ModelsUnreachable(
            N_("The models' store {place} cannot be used: {said}."), place=where(), said=said
        ) from error
