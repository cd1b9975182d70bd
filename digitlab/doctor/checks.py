"""The doctor's checks."""

from __future__ import annotations

import importlib.util
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digitlab import collection, database, serving, settings
from digitlab.access import network
from digitlab.data import mnist
from digitlab.errors import DigitlabError, MnistUnavailable
from digitlab.models import shared, store

LEAST_FREE_MB = 500  # a training writes two versions of a model, some MB each; the collection takes 4 kB per drawing
ANSWER_S = 3.0
PRESENT = "python -m digitlab present"
FETCH = "Fetch it on any exploring page, or put mnist.npz at"


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        subject: what was checked.
        state: "ok", "note" (works, but worth knowing) or "fault".
        found: the result, as a sentence.
        remedy: what to do about it; None if there is nothing to do.
    """

    subject: str
    state: str
    found: str
    remedy: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The values by name, ready for JSON."""
        return asdict(self)


def examine(port: int) -> list[Finding]:
    """Run all checks; one that fails with an error is reported as a fault.

    Args:
        port: the port on which the app listens or is to listen.
    """
    try:
        settings.load()
    except DigitlabError as error:
        return [Finding("settings", "fault", str(error), "Correct the variable or unset it.")]
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "models": _models, "store": _store, "data": _data, "disk": _disk, "database": _database,
        "port": lambda: _port(port), "network": lambda: _network(port), "training": _training,
    }  # fmt: skip
    found: list[Finding] = []
    for subject, check in checks.items():
        try:
            found += check()
        except (DigitlabError, OSError) as error:
            found.append(Finding(subject, "fault", str(error)))
    return found


def _models() -> Iterator[Finding]:
    names = store.names()
    for name in dict.fromkeys([*store.FLAGSHIPS, *names]):
        train = f"Train it anew: python -m digitlab train {name}"
        try:
            model = store.read(name)
            if model.notice:
                yield Finding("models", "fault", model.notice, train)
            elif not store.is_whole(model.place):
                yield Finding("models", "fault", f"The model {name} lacks a file or has a changed one.", train)
            elif name in store.FLAGSHIPS:
                serving.load(name)
        except DigitlabError as error:
            yield Finding("models", "fault", str(error), train)
    yield Finding("models", "ok", f"{len(names)} in {store.folder()}.")


def _store() -> Iterator[Finding]:
    if not shared.is_named():
        return
    try:
        there = shared.listing()
    except DigitlabError as error:
        yield Finding("store", "fault", str(error), "Until then, the copy on this machine answers.")
        return
    lacking = [name for name in store.FLAGSHIPS if name not in there]
    if lacking:
        remedy = "Put them there: python -m digitlab models push"
        yield Finding("store", "fault", f"{shared.where()} lacks {' and '.join(lacking)}.", remedy)
    else:
        yield Finding("store", "ok", f"{len(there)} models in {shared.where()}, copied to {store.folder()}.")


def _data() -> Iterator[Finding]:
    own = settings.load().mnist_path
    try:
        data = mnist.load(download=False)
    except MnistUnavailable as error:
        if own is not None:
            yield Finding("data", "fault", str(error), "Correct DIGITLAB_MNIST or unset it.")
            return
        digits = len(mnist.packaged())
        remedy = f"{FETCH} {mnist.cache_path()}."
        yield Finding("data", "note", f"Full MNIST is not here; {digits:,} packaged digits are.", remedy)
    except DigitlabError as error:
        yield Finding("data", "fault", str(error), f"{FETCH} {own or mnist.cache_path()}.")
    else:
        yield Finding("data", "ok", f"Full MNIST: {len(data.train):,} digits to train on.")


def _disk() -> Iterator[Finding]:
    folder = store.folder()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding(
            "disk", "fault", f"{folder} cannot be written.", "Make it, or give this account the right to write."
        )
        return
    if displaced := settings.displaced():
        yield Finding("disk", "note", displaced, "Make it writable, or name another folder in DIGITLAB_MODELS.")
    free_mb = shutil.disk_usage(folder).free / 1e6
    remedy = None if free_mb >= LEAST_FREE_MB else f"Free some space: a training needs {LEAST_FREE_MB} MB."
    yield Finding("disk", "fault" if remedy else "ok", f"{free_mb:,.0f} MB free at {folder}.", remedy)


def _database() -> Iterator[Finding]:
    try:
        address = database.address()
        path = Path(address.database or "")
        if address.get_backend_name() == "sqlite" and not path.exists():
            yield Finding("database", "ok", f"No collection yet; the first kept drawing makes {path}.")
            return
        drawings, labelled = collection.count()
    except DigitlabError as error:
        yield Finding(
            "database", "fault", str(error),
            "Start the database, correct DIGITLAB_DATABASE, or move a damaged file away: a new one is made.",
        )  # fmt: skip
        return
    where = address.render_as_string(hide_password=True)
    yield Finding("database", "ok", f"{drawings:,} drawings, {labelled:,} of them labelled, at {where}.")


def _port(port: int) -> Iterator[Finding]:
    if _answers(f"http://127.0.0.1:{port}"):
        yield Finding("port", "ok", f"The app answers at port {port}.")
    elif network.is_free(network.EVERYWHERE, port):
        yield Finding("port", "ok", f"Port {port} is free for the app.")
    else:
        remedy = f"Stop it, or present on another one: {PRESENT} --port {port + 1}"
        yield Finding("port", "fault", f"Port {port} is taken by something else.", remedy)


def _network(port: int) -> Iterator[Finding]:
    own = network.own_address()
    if own is None:
        remedy = "Connect it to the audience's network, or open a hotspot."
        yield Finding("network", "note", "This machine is not on a network: phones cannot reach it.", remedy)
    elif _answers(f"http://{own}:{port}"):
        open_to = f"The app answers at {own}:{port}."
        if settings.load().password is None:
            yield Finding("network", "note", f"{open_to} If it has no password, it is read-only.", PRESENT)
        else:
            yield Finding("network", "ok", open_to)
    else:
        yield Finding("network", "ok", f"This machine is {own}; {PRESENT} lets the room in there.")


def _training() -> Iterator[Finding]:
    if importlib.util.find_spec("tensorflow"):
        yield Finding("training", "ok", "TensorFlow is installed.")
    else:
        remedy = f"{settings.how_to_install('train')}, with Python 3.11 to 3.13"
        yield Finding("training", "note", "TensorFlow is not installed: nothing can be trained.", remedy)


def _answers(url: str) -> bool:
    """Whether a Streamlit server answers at this URL; a proxy named in the environment is not used."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_stcore/health", timeout=ANSWER_S) as reply:
            return bool(reply.read(10).strip() == b"ok")
    except (OSError, ValueError):
        return False
