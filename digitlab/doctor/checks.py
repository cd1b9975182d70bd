"""The doctor's checks."""

from __future__ import annotations

import importlib.util
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitlab import collection, database, serving, settings
from digitlab.access import network, password
from digitlab.data import mnist
from digitlab.errors import DigitlabError, MnistUnavailable
from digitlab.models import shared, store

LEAST_FREE_MB = 500  # a training writes two versions of a model, some MB each; the collection takes 4 kB per drawing
ANSWER_S = 3.0


@dataclass(frozen=True)
class Finding:
    """What a check found; `wording.doctor` says it, and what to do about it.

    Attributes:
        subject: what was checked.
        state: "ok", "note" (works, but worth knowing) or "fault".
        kind: what was found; `wording.doctor` lists the kinds.
        facts: names and numbers that belong to it; `error` says what is wrong.
    """

    subject: str
    state: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def examine(port: int) -> list[Finding]:
    """Run all checks; one that fails with an error is reported as a fault.

    Args:
        port: the port on which the app listens or is to listen.
    """
    try:
        settings.load()
    except DigitlabError as error:
        return [Finding("settings", "fault", "settings", {"error": error})]
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "models": _models, "store": _store, "data": _data, "disk": _disk, "database": _database,
        "port": lambda: _port(port), "network": lambda: _network(port), "training": _training,
    }  # fmt: skip
    findings: list[Finding] = []
    for subject, check in checks.items():
        try:
            findings += check()
        except (DigitlabError, OSError) as error:
            findings.append(Finding(subject, "fault", "error", {"error": error}))
    return findings


def _models() -> Iterator[Finding]:
    names = store.names()
    for name in dict.fromkeys([*store.FLAGSHIPS, *names]):
        try:
            model = store.read(name)
            if model.notice:
                yield Finding("models", "fault", "damaged", {"error": model.notice, "model": name})
            elif not store.is_whole(model.place):
                yield Finding("models", "fault", "changed", {"model": name})
            elif name in store.FLAGSHIPS:
                serving.load(name)
        except DigitlabError as error:
            yield Finding("models", "fault", "damaged", {"error": error, "model": name})
    yield Finding("models", "ok", "models", {"count": len(names), "folder": store.folder()})


def _store() -> Iterator[Finding]:
    if not shared.is_named():
        return
    try:
        there = shared.listing()
    except DigitlabError as error:
        yield Finding("store", "fault", "unreachable", {"error": error})
        return
    lacking = [name for name in store.FLAGSHIPS if name not in there]
    if lacking:
        yield Finding("store", "fault", "lacking", {"store": shared.where(), "models": lacking})
    else:
        facts = {"store": shared.where(), "count": len(there), "folder": store.folder()}
        yield Finding("store", "ok", "copied", facts)


def _data() -> Iterator[Finding]:
    own = settings.load().mnist_path
    place = own or mnist.cache_path()
    try:
        data = mnist.load(download=False)
    except MnistUnavailable as error:
        if own is not None:
            yield Finding("data", "fault", "misnamed", {"error": error})
        else:
            yield Finding("data", "note", "packaged", {"digits": len(mnist.packaged()), "place": place})
    except DigitlabError as error:
        yield Finding("data", "fault", "not MNIST", {"error": error, "place": place})
    else:
        yield Finding("data", "ok", "full", {"digits": len(data.train)})


def _disk() -> Iterator[Finding]:
    folder = store.folder()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding("disk", "fault", "unwritable", {"folder": folder})
        return
    if displaced := settings.displaced():
        yield Finding("disk", "note", "displaced", {"error": displaced})
    free_mb = shutil.disk_usage(folder).free / 1e6
    facts = {"free_mb": free_mb, "folder": folder, "least_mb": LEAST_FREE_MB}
    if free_mb >= LEAST_FREE_MB:
        yield Finding("disk", "ok", "free", facts)
    else:
        yield Finding("disk", "fault", "too little", facts)


def _database() -> Iterator[Finding]:
    try:
        address = database.address()
        path = Path(address.database or "")
        if address.get_backend_name() == "sqlite" and not path.exists():
            yield Finding("database", "ok", "no collection", {"path": path})
            return
        drawings, labelled = collection.count()
    except DigitlabError as error:
        yield Finding("database", "fault", "unusable", {"error": error})
        return
    where = address.render_as_string(hide_password=True)
    yield Finding("database", "ok", "collection", {"drawings": drawings, "labelled": labelled, "where": where})


def _port(port: int) -> Iterator[Finding]:
    if _answers(f"http://127.0.0.1:{port}"):
        yield Finding("port", "ok", "answering", {"port": port})
    elif network.is_free(network.EVERYWHERE, port):
        yield Finding("port", "ok", "free port", {"port": port})
    else:
        yield Finding("port", "fault", "taken", {"port": port, "other": port + 1})


def _network(port: int) -> Iterator[Finding]:
    if password.is_short(settings.load().password):
        yield Finding("network", "note", "short password", {"signs": password.SHORT})
    facts = {"address": network.own_address(), "port": port}
    if facts["address"] is None:
        yield Finding("network", "note", "offline")
    elif not _answers("http://{address}:{port}".format(**facts)):
        yield Finding("network", "ok", "closed", facts)
    elif settings.load().password is None:
        yield Finding("network", "note", "open without password", facts)
    else:
        yield Finding("network", "ok", "open", facts)


def _training() -> Iterator[Finding]:
    if importlib.util.find_spec("tensorflow"):
        yield Finding("training", "ok", "TensorFlow")
    else:
        yield Finding("training", "note", "no TensorFlow", {"install": settings.how_to_install("train")})


def _answers(url: str) -> bool:
    """Whether a Streamlit server answers at this URL; a proxy named in the environment is not used."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_stcore/health", timeout=ANSWER_S) as reply:
            return bool(reply.read(10).strip() == b"ok")
    except (OSError, ValueError):
        return False
