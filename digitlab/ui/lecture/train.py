"""The training in the lecture: how it goes, its challenger beside the model in service, and what presenters decide."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from digitlab import jobs, language, networks
from digitlab.analysis.comparison import Comparison
from digitlab.errors import DigitlabError
from digitlab.jobs import Job, Status, presets
from digitlab.models import store, versions
from digitlab.ui import boundary
from digitlab.ui.train import challenger, recipe_form
from digitlab.wording import failures
from digitlab.wording import live_training as words
from digitlab.wording.knobs import marks
from digitlab.wording.language import N_

NETWORK = "dnn"  # learns where the script names none
LOOK_S = 0.4  # for how long all windows see the same
NEWS_S = 900.0  # for how long a training that has ended is shown
_looking = threading.Lock()
_looked: dict[str, tuple[float, dict[str, Any]]] = {}  # by language
_thread = ThreadPoolExecutor(1, "comparison")
_comparison: tuple[tuple[object, ...], Future[Comparison | None]] | None = None
_decided: tuple[str, Callable[[], str]] | None = None  # the last job whose challenger was decided about, and how


def page() -> dict[str, Any]:
    """What `train.js` has to know before it asks."""
    return {**words.page(), "train_network": NETWORK, "train_seconds": f"{presets.DEMO_S:.0f}"}


def state() -> dict[str, Any]:
    """How the training goes, for the lecture.

    Returns:
        Only a `problem` in words, or: `hindrance`, why none can be started, or None; `job`, None or `active`,
        `headline`, `left` and `now` (in words), `epochs`, `curve` (points of epochs done and accuracy in [0, 1] in
        training), `validation` (the same, after each epoch), `marks` of what was changed (epochs done and label) and
        `service`, the accuracy of the model in service, or None; `challenger`, None or its `name`, `said` (sentences)
        and what promoting it would `mean`; and `previous`, None or the `name` of the
        model that has a version before it, and that version as `versions.roll_back` takes it.
    """
    with _looking:
        at, told = _looked.get(language.current(), (-LOOK_S, {}))
        if time.monotonic() - at > LOOK_S:
            try:
                told = _look()
            except boundary.EXPECTED as error:
                told = {"problem": failures.said(error)}
            _looked[language.current()] = time.monotonic(), told
        return told


def _look() -> dict[str, Any]:
    status = jobs.status()
    name = _waiting(status)
    is_news = status is not None and (status.active or name or time.time() - status.updated_at < NEWS_S)
    model = name or (status.network if status is not None else NETWORK)
    return {
        "hindrance": jobs.hindrance(),
        "job": _told(status) if status is not None and is_news else None,
        "challenger": None if name is None else {"name": name, "said": _compared(name), "means": words.meaning(name)},
        "previous": _previous(model) if name is None else None,
    }


def _previous(name: str) -> dict[str, Any] | None:
    run = challenger.run_of(store.places(name).previous)
    return None if run is None else {"name": name, **{key: run[key] for key in versions.TELL_VERSIONS}}


def _waiting(status: Status | None) -> str | None:
    """The model whose challenger is to be decided about: that of the last training, if one waits."""
    if status is not None and status.active:
        return None
    waiting = versions.challengers()
    if status is not None and status.network in waiting:
        return status.network
    return waiting[0] if waiting else None


def _told(status: Status) -> dict[str, Any]:
    now = ""
    if status.state == "training" and status.curve:
        now = words.reads_right(status.curve[-1][2], validation=False)
    elif status.history:
        now = words.reads_right(status.history[-1]["val_accuracy"], validation=True)
    decided = _decided[1]() if _decided is not None and _decided[0] == status.id else None
    return {
        "active": status.active, "headline": words.headline(status, decided), "left": words.left(status), "now": now,
        "epochs": status.recipe["epochs"],
        "curve": [[round(at, 3), round(accuracy, 4)] for at, _, accuracy in status.curve],
        "validation": [[epoch["number"], round(epoch["val_accuracy"], 4)] for epoch in status.history],
        "marks": [[round(at, 3), label] for at, label in marks(msgspec.convert(status.changes, list[jobs.Change]))],
        "service": _in_service(status.network, store.folder(), store.fingerprint(status.network)),
    }  # fmt: skip


@functools.lru_cache(maxsize=4)
def _in_service(name: str, folder: Path, fingerprint: tuple[object, ...]) -> float | None:
    try:
        return float(store.read(name).run["metrics"]["validation"]["accuracy"])
    except (DigitlabError, KeyError, TypeError):
        return None


def _compared(name: str) -> list[str]:
    """The comparison in sentences; computed in the background, since nobody can wait seconds for it here."""
    global _comparison  # noqa: PLW0603
    mark = name, store.folder(), store.fingerprint(name), store.marks(store.places(name).challenger, store.RUN)
    if _comparison is None or _comparison[0] != mark:
        _comparison = mark, _thread.submit(challenger.compare, name)
    future = _comparison[1]
    if not future.done():
        return [words.comparing(name)]
    try:
        if (comparison := future.result()) is not None:
            return words.compared(name, comparison)
        return words.unopposed(name, store.read_challenger(name).run["metrics"]["validation"]["accuracy"])
    except boundary.EXPECTED as error:
        return [failures.said(error)]


# ---- what only presenters may do


def _start(asked: Mapping[str, Any]) -> dict[str, Any]:
    network, there = networks.get(str(asked.get("network") or NETWORK)), recipe_form.digits()
    speed = recipe_form.known_speed(network, presets.demo_kind())
    jobs.start(Job("train", network.name, presets.demo(speed, there.train, everything=there.everything)))
    return _done()


def _discard(_: Mapping[str, Any]) -> dict[str, Any]:
    jobs.stop(keep=False)
    return _done()


def _promote(asked: Mapping[str, Any]) -> dict[str, Any]:
    return _decide(asked, versions.promote, words.promoted)


def _keep(asked: Mapping[str, Any]) -> dict[str, Any]:
    return _decide(asked, versions.dismiss, words.kept)


def _decide(asked: Mapping[str, Any], change: Callable[[str], None], said: Callable[[str], str]) -> dict[str, Any]:
    """Decide about the challenger that the window shows: `name`, or null where it shows none."""
    status = jobs.status()
    name = _waiting(status)
    if name is None or asked.get("name", name) != name:
        return {"problem": words.none_waits()}
    change(name)
    return _done(functools.partial(said, name), status)


def _roll_back(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Bring back the version that the window shows: `previous`, as `state` tells it."""
    previous, seen = _look()["previous"], asked.get("previous")
    if previous is None:
        return {"problem": words.nothing_before()}
    name = previous["name"]
    versions.roll_back(name, seen if isinstance(seen, dict) else {})
    return _done(functools.partial(words.rolled_back, name), jobs.status())


def _done(said: Callable[[], str] = str, decided: Status | None = None) -> dict[str, Any]:
    """What an act returns.

    Args:
        said: gives in words what it has done.
        decided: the job whose challenger was decided about.
    """
    global _decided  # noqa: PLW0603
    with _looking:
        _looked.clear()  # so that the next look shows it
        _decided = (decided.id, said) if decided is not None else _decided
    return {"said": said()}


ACTS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "train_start": (N_("retrain"), _start),
    "train_discard": (N_("discard a training"), _discard),
    "train_promote": (N_("promote a model"), _promote),
    "train_keep": (N_("dismiss a challenger"), _keep),
    "train_roll_back": (N_("roll back a model"), _roll_back),
}
